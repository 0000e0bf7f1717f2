package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seckill/internal/rush"
)

// shopOf sells quantity units of product 1, and answers 500 to whoever comes
// after failing.
func shopOf(t *testing.T, quantity, failing int) (url string) {
	turns := make(chan int, 1)
	turns <- 0
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/products/1", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /api/products/1/orders", func(w http.ResponseWriter, _ *http.Request) {
		n := <-turns
		turns <- n + 1
		switch {
		case n < quantity:
			w.WriteHeader(http.StatusCreated)
		case n < failing:
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, `{"type":"/problems/sold_out"}`)
		default:
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func rushWith(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(ctx, append([]string{"rush", "--over=50ms", "--buyers=100", "--product=1"}, args...), &out, &err)
	return code, out.String(), err.String()
}

func TestRush(t *testing.T) {
	folder := t.TempDir()
	page, document := filepath.Join(folder, "r.html"), filepath.Join(folder, "r.json")
	if err := os.WriteFile(document, bytes.Repeat([]byte("x"), 1<<20), 0o600); err != nil { // an older, longer one
		t.Fatal(err)
	}
	code, stdout, stderr := rushWith(t.Context(), "--url", shopOf(t, 10, 1000), "--seed=7", "--json", document, "--html", page)
	if code != 0 || !strings.Contains(stdout, "seed 7") || !strings.Contains(stdout, "sold out") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	raw, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	var report rush.Report
	if !strings.Contains(stderr, "The report is in "+page+".") {
		t.Error(stderr)
	}
	if err := json.Unmarshal(raw, &report); err != nil || report.Count(rush.Placed) != 10 || report.Count(rush.SoldOut) != 90 {
		t.Errorf("%v in %.200s", err, raw)
	}
	if html, err := os.ReadFile(page); err != nil || !bytes.HasSuffix(bytes.TrimSpace(html), []byte("</html>")) {
		t.Errorf("page: %v", err)
	}
}

func TestRushToStandardOutput(t *testing.T) {
	code, stdout, stderr := rushWith(t.Context(), "--url", shopOf(t, 10, 1000), "--json=-")
	if code != 0 || !json.Valid([]byte(stdout)) || !strings.Contains(stderr, "sold out") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestRushWithErrors(t *testing.T) {
	code, stdout, stderr := rushWith(t.Context(), "--url", shopOf(t, 10, 60))
	if code != 1 || !strings.Contains(stdout, "40 × unexpected: 500") || !strings.Contains(stderr, "40 of 100 buyers got no right answer") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestRushThatCannotStart(t *testing.T) {
	url, folder := shopOf(t, 1, 1), t.TempDir()
	document := filepath.Join(folder, "r.json")
	for want, args := range map[string][]string{
		"no such product":      {"--url", url, "--product=2", "--json", document},
		"cannot be reached":    {"--url=http://127.0.0.1:1"},
		"want a price":         {"--url", url, "--payments", "--json", document},
		"no report can be":     {"--url", url, "--json", filepath.Join(folder, "none", "r.json")},
		"no report can be wri": {"--url", url, "--html", folder},
	} {
		if code, _, stderr := rushWith(t.Context(), args...); code != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit %d, %s", args, code, stderr)
		}
	}
	if left, _ := os.ReadDir(folder); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if code, _, stderr := rushWith(stopped, "--url", url); code != 130 {
		t.Errorf("interrupted: exit %d, %s", code, stderr)
	}
}

func TestRushUsage(t *testing.T) {
	for want, args := range map[string][]string{
		"--buyers must be 1 to 1,000,000":    {"--buyers=0"},
		"--buyers must be a whole number":    {"--buyers=many"},
		"--over must be 0s to 1h":            {"--over=2h"},
		"--connections must be 1 to 25,000":  {"--connections=0"},
		"--connections must be 1 to 25,000,": {"--connections=25001"},
		"--url must be like":                 {"--url=localhost:3000"},
		"--product must be 1 to 64":          {"--product=a b"},
		"--json and --html":                  {"--json=-", "--html=-"},
		"--seed":                             {"--seed=-1"},
		"--payment-secret must be whsec_":    {"--payment-secret=open sesame"},
	} {
		if code, _, stderr := rushWith(t.Context(), args...); code != 64 || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit %d, %s", args, code, stderr)
		}
	}
	var out, err bytes.Buffer
	if code := run(t.Context(), []string{"rush"}, &out, &err); code != 64 || !strings.Contains(err.String(), "--product") {
		t.Errorf("no product: exit %d, %s", code, err.String())
	}
	t.Setenv("SECKILL_BUYERS", "-5")
	if code := run(t.Context(), []string{"rush", "--product=1"}, &out, &err); code != 64 || !strings.Contains(err.String(), "--buyers must be") {
		t.Errorf("by environment: exit %d, %s", code, err.String())
	}
}
