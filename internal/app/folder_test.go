package app_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seckill/internal/app"
)

func TestTheFolderIsItsOwnersAlone(t *testing.T) {
	data := filepath.Join(t.TempDir(), "deep", "data")
	p := start(t, data)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":10}`)
	wantMode(t, data, fs.ModeDir|0o700)
	files, err := os.ReadDir(data)
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		wantMode(t, filepath.Join(data, f.Name()), 0o600)
	}
}

// A folder that others may look into is theirs no more, unless it holds what is not of a sale.
func TestAFolderOpenToOthers(t *testing.T) {
	data := t.TempDir()
	for _, mode := range []fs.FileMode{0o755, 0o711, 0o770} {
		if err := os.Chmod(data, mode); err != nil {
			t.Fatal(err)
		}
		p, err := app.Open(config(data))
		if err != nil {
			t.Fatal(err)
		}
		wantMode(t, data, fs.ModeDir|0o700)
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := errors.Join(os.Chmod(data, 0o755), os.WriteFile(filepath.Join(data, "holiday.jpg"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Open(config(data)); err == nil || !strings.Contains(err.Error(), data) || !strings.Contains(err.Error(), "holiday.jpg") {
		t.Errorf("a folder with pictures: %v", err)
	}
	wantMode(t, data, fs.ModeDir|0o755)
}

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != want {
		t.Errorf("%s has mode %v, not %v", path, info.Mode(), want)
	}
}

// serve.json has the mode that a file with a key needs, also if one was left
// behind that anybody could read, and goes with the program.
func TestTheEndpointFile(t *testing.T) {
	data := t.TempDir()
	endpoint := filepath.Join(data, "serve.json")
	if err := os.WriteFile(endpoint, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := start(t, data)
	wantMode(t, endpoint, 0o600)
	raw, err := os.ReadFile(endpoint)
	var lit struct{ Address, Key string }
	if err != nil || json.Unmarshal(raw, &lit) != nil || "http://"+lit.Address != p.url || len(lit.Key) < 20 {
		t.Errorf("%s %v", raw, err)
	}
	for _, key := range []string{"", "wrong", lit.Key + "x"} {
		r, _ := http.NewRequest("POST", p.url+"/internal/verify", nil)
		r.Header.Set("Authorization", "Bearer "+key)
		resp, err := p.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Body.Close(); resp.StatusCode != http.StatusForbidden {
			t.Errorf("verify with the key %q: %d", key, resp.StatusCode)
		}
	}
	p.end()
	if _, err := os.Stat(endpoint); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after Close: %v", err)
	}
}

func TestOneProcessAFolder(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	if _, err := app.Open(config(data)); !errors.Is(err, app.ErrInUse) || !strings.Contains(err.Error(), data) {
		t.Errorf("a second one: %v", err)
	}
	// The one that was refused has taken nothing away with it.
	if _, live, err := app.Verify(t.Context(), data); !live || err != nil {
		t.Errorf("verify, live %v: %v", live, err)
	}
	p.ask(201, "PUT", "/api/products/1", `{"quantity":10}`)
	p.end()
	start(t, data)
}

func TestAFolderOfAnotherVersion(t *testing.T) {
	data := t.TempDir()
	start(t, data).end()
	if err := os.WriteFile(filepath.Join(data, "version"), []byte("2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first refusal must have let go of the lock
		_, err := app.Open(config(data))
		if err == nil || errors.Is(err, app.ErrInUse) || !strings.Contains(err.Error(), data) || !strings.Contains(err.Error(), `version "2"`) {
			t.Errorf("open: %v", err)
		}
	}
	if _, _, err := app.Verify(t.Context(), data); err == nil || !strings.Contains(err.Error(), `version "2"`) {
		t.Errorf("verify: %v", err)
	}
}

// A power cut emptied the version of folders that were made by programs before this
// one, and what lies beside it tells what they are.
func TestAVersionThatWasLost(t *testing.T) {
	for name, lose := range map[string]func(path string) error{
		"empty":   func(path string) error { return os.Truncate(path, 0) },
		"blank":   func(path string) error { return os.WriteFile(path, []byte{0, 0}, 0o600) },
		"missing": os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			for _, again := range []func(data string){
				func(data string) { start(t, data).buy(409, "a") },
				func(data string) {
					if report, _, err := app.Verify(t.Context(), data); err != nil || len(report.Findings) > 0 {
						t.Errorf("verify: %v, %v", report.Findings, err)
					}
				},
			} {
				data := t.TempDir()
				sold(t, data)
				if err := lose(filepath.Join(data, "version")); err != nil {
					t.Fatal(err)
				}
				again(data)
				if v, err := os.ReadFile(filepath.Join(data, "version")); string(v) != "1\n" {
					t.Errorf("version %q, %v", v, err)
				}
			}
		})
	}
}

// To judge a sale that is not there must not make one.
func TestVerifyMakesNoFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	if _, _, err := app.Verify(t.Context(), data); !errors.Is(err, app.ErrNoSale) {
		t.Errorf("verify: %v", err)
	}
	if _, err := os.Stat(data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder: %v", err)
	}
}

func TestABusyPortLeavesTheFolderAlone(t *testing.T) {
	p := start(t, t.TempDir())
	cfg := config(filepath.Join(t.TempDir(), "data"))
	cfg.Listen = p.Addr().String()
	if _, err := app.Open(cfg); err == nil || !strings.Contains(err.Error(), "--listen "+cfg.Listen) {
		t.Errorf("open: %v", err)
	}
	if _, err := os.Stat(cfg.Data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder: %v", err)
	}
}

func TestConfigCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*app.Config)
		flag   string // empty: it is right
	}{
		"as it comes":          {func(*app.Config) {}, ""},
		"by name":              {func(c *app.Config) { c.Listen = "localhost:3000" }, ""},
		"IPv6":                 {func(c *app.Config) { c.Listen = "[::1]:3000" }, ""},
		"all addresses":        {func(c *app.Config) { c.Listen = ":3000" }, "listen"},
		"all addresses, spelt": {func(c *app.Config) { c.Listen = "0.0.0.0:3000" }, "listen"},
		"a name":               {func(c *app.Config) { c.Listen = "localhost.example:3000" }, "listen"},
		"no port":              {func(c *app.Config) { c.Listen = "localhost" }, "listen"},
		"beyond, with a token": {func(c *app.Config) { c.Listen, c.AdminToken = ":3000", strings.Repeat("t", 16) }, "listen"},
		"beyond, with buyers": {func(c *app.Config) {
			c.Listen, c.AdminToken = ":3000", strings.Repeat("t", 16)
			c.Buyers, c.TrustedProxies = app.BuyerConfig{Auth: app.BuyersByHeader, Header: "X-User", PassLife: time.Hour}, []string{"::1"}
		}, ""},
		"buyers are known, and nobody is an operator": {func(c *app.Config) {
			c.Buyers, c.TrustedProxies = app.BuyerConfig{Auth: app.BuyersByHeader, Header: "X-User", PassLife: time.Hour}, []string{"::1"}
		}, "buyer-auth"},
		"beyond, on purpose": {func(c *app.Config) { c.Listen, c.Insecure = ":3000", true }, ""},
		"who only projects": {func(c *app.Config) {
			c.Listen, c.AdminToken, c.Roles, c.Wait = ":3000", strings.Repeat("t", 16), []string{app.RoleProjector}, time.Second
			c.Redis, c.Kafka, c.Postgres = "redis://r:6379", "k:9092", "postgres://p/d"
		}, ""},
		"buyers are believed":     {func(c *app.Config) { c.Listen, c.AdminToken, c.Insecure = ":3000", strings.Repeat("t", 16), true }, ""},
		"no folder":               {func(c *app.Config) { c.Data = "" }, "data"},
		"nothing may wait":        {func(c *app.Config) { c.MaxUnrelayed = 0 }, "max-unrelayed"},
		"profiles for everybody":  {func(c *app.Config) { c.OpsListen = "0.0.0.0:3001" }, "ops-listen"},
		"profiles here":           {func(c *app.Config) { c.OpsListen = "localhost:3001" }, ""},
		"profiles by token":       {func(c *app.Config) { c.OpsListen, c.AdminToken = "0.0.0.0:3001", "t" }, ""},
		"a rate below nothing":    {func(c *app.Config) { c.Rates.User = -1 }, "rate"},
		"a drain below nothing":   {func(c *app.Config) { c.Drain = -1 }, "drain"},
		"one connection":          {func(c *app.Config) { c.MaxConnections = 1 }, "max-connections"},
		"more than there can be":  {func(c *app.Config) { c.MaxConnections = 1 << 30 }, "max-connections"},
		"a rate below one":        {func(c *app.Config) { c.Rates.User = 0.1 }, ""},
		"one role":                {func(c *app.Config) { c.Roles = []string{app.RoleProjector} }, "roles"},
		"no such role":            {func(c *app.Config) { c.Roles = []string{app.RoleAPI, "other"} }, "roles"},
		"a token on this machine": {func(c *app.Config) { c.AdminToken = "t" }, ""},
	} {
		cfg := config("data")
		c.change(&cfg)
		var usage app.UsageError
		if errors.As(cfg.Check(), &usage); usage.Flag != c.flag {
			t.Errorf("%s: %v", name, cfg.Check())
		}
	}
}
