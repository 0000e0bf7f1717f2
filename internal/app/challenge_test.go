package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"seckill/internal/app"
)

// A provider that goes away makes the process a degraded one, and comes back; each challenge is counted.
func TestTheProviderOfAChallengeIsSeen(t *testing.T) {
	var status atomic.Int64
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(status.Load()))
		_, _ = w.Write([]byte(`{"success":true,"hostname":"sale.shop.example"}`))
	}))
	t.Cleanup(provider.Close)
	cfg := config(t.TempDir())
	cfg.Insecure = true
	cfg.Buyers, cfg.TrustedProxies = app.BuyerConfig{Auth: app.BuyersByHeader, Header: "X-User", PassLife: time.Hour}, []string{"127.0.0.1"}
	cfg.Challenge = app.ChallengeConfig{Provider: provider.URL, Secret: "s", Hosts: []string{"sale.shop.example"}, Outage: "closed"}
	p := startWith(t, cfg)
	ask := func(answer int) {
		t.Helper()
		r, err := http.NewRequest("POST", p.url+"/api/pass", strings.NewReader(`{"challenge":"t"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-User", "ann")
		if a, err := p.send(r); err != nil || a.Status != answer {
			t.Fatal(a, err)
		}
	}
	sees := func(path string, text string, there bool) {
		t.Helper()
		r, err := p.client.Get(p.url + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if body, err := io.ReadAll(r.Body); err != nil || strings.Contains(string(body), text) != there {
			t.Errorf("%s: %s, %v", path, body, err)
		}
	}
	status.Store(500)
	ask(503)
	sees("/readyz", `"degraded":["the challenge"]`, true)
	status.Store(200)
	ask(200)
	sees("/readyz", "challenge", false)
	sees("/metrics", `seckill_challenges_total{result="passed"} 1`, true)
	sees("/metrics", `seckill_challenges_total{result="unknown"} 1`, true)
}
