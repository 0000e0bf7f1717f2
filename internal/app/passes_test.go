package app_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seckill/internal/app"
	"seckill/internal/identity"
	"seckill/internal/orderlog/sqlitelog"
)

// buyAs is the status of a buy by this pass.
func (p *program) buyAs(pass string) int {
	p.t.Helper()
	r, err := http.NewRequest("POST", p.url+"/api/products/1/orders", strings.NewReader("{}"))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+pass)
	a, err := p.send(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return a.Status
}

// Whoever reads the log makes nobody's pass: what signs them is in the tables alone, so
// that passes end with the tables that they were made by.
func TestTheLogMakesNoPass(t *testing.T) {
	cfg := config(t.TempDir())
	cfg.Insecure = true // nobody is an operator here
	cfg.Buyers, cfg.TrustedProxies = app.BuyerConfig{Auth: app.BuyersByHeader, Header: "X-User", PassLife: time.Hour}, []string{"10.0.0.1"}
	until := time.Now().Add(time.Hour)
	pass := func(user string) string {
		t.Helper()
		mint, err := app.Passes(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		pass, err := mint(user, nil, until)
		if err != nil {
			t.Fatal(err)
		}
		return pass
	}
	p := startWith(t, cfg)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":9}`)
	if got := p.buyAs(pass("ann")); got != 201 {
		t.Errorf("by a pass of the server's: %d", got)
	}
	p.end()

	log, err := sqlitelog.Open(t.Context(), filepath.Join(cfg.Data, "orders.log"))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := log.Read(t.Context(), 0, 0, 1)
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	secret, err := hex.DecodeString(lines[0].Record.Secret)
	if err != nil || len(secret) != 32 {
		t.Fatalf("the opening's secret: %x, %v", secret, err)
	}
	derived := hmac.New(sha256.New, secret)
	derived.Write([]byte("pass"))
	stopped := pass("bob")
	p = startWith(t, cfg)
	for name, key := range map[string][]byte{"the log's secret": secret, "a key that is derived from it": derived.Sum(nil)} {
		forged, err := identity.NewPasses(key, time.Now).Mint(identity.Buyer{User: "eve", Until: until})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.buyAs(forged); got != 401 {
			t.Errorf("by %s: %d", name, got)
		}
	}
	if got := p.buyAs(stopped); got != 201 {
		t.Errorf("by a pass that was made while nothing ran: %d", got)
	}
	p.end()

	if err := os.Remove(filepath.Join(cfg.Data, "store.db")); err != nil {
		t.Fatal(err)
	}
	p = startWith(t, cfg)
	if got := p.buyAs(pass("cid")); got != 201 {
		t.Errorf("by a pass of the new tables: %d", got)
	}
	if got := p.buyAs(stopped); got != 401 {
		t.Errorf("by one of the tables that are gone: %d", got)
	}
}
