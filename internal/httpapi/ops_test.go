package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// What names servers, products and findings is told at the operators' address to whoever
// reaches it; what is more than to look at asks for a token there, too.
func TestOperationsHaveTheirOwnAddress(t *testing.T) {
	s, lacks := newShop(), Condition{Missing: []string{"Redis (10.0.0.7:6379 does not answer)"}, Degraded: []string{"Kafka"}, Unavailable: &Unavailable{1, []string{"secret-product"}}}
	c := Config{
		Ready: func(context.Context) Condition { return lacks }, Started: func() bool { return true },
		Openings: func() []Opening { return []Opening{{ProductID: "secret-product"}} },
		Audit:    func(context.Context) (AuditReport, error) { return AuditReport{Orders: 7}, nil },
		Metrics:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("seckill_figures 1")) }),
		Auth:     s.operators("the operators' token"), Log: slog.New(slog.DiscardHandler), Since: s.since, Pause: func(context.Context, time.Duration) error { return nil },
	}
	ops := Ops(t.Context(), c)
	c.Metrics = nil
	public := HealthOnly(t.Context(), c)
	ask := func(h http.Handler, token, method, path string) (int, string) {
		r, w := httptest.NewRequest(method, path, nil), httptest.NewRecorder()
		r.Host = "localhost:3001"
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	const admin = "the operators' token"
	for _, c := range []struct {
		method, path, token string
		status              int
		says                string
	}{
		{"GET", "/readyz", "", 503, "10.0.0.7"},
		{"GET", "/livez", "", 200, `"ok"`},
		{"GET", "/metrics", "", 200, "seckill_figures 1"},
		{"POST", "/verify", "", 401, "unauthorized"},
		{"POST", "/verify", admin, 200, `"orders":7`},
		{"GET", "/debug/pprof/cmdline", "", 401, "unauthorized"},
		{"GET", "/debug/pprof/cmdline", admin, 200, ""},
		{"GET", "/debug/pprof/goroutine", admin, 200, ""},
		{"GET", "/api/products", admin, 404, "not_found"},
	} {
		if status, body := ask(ops, c.token, c.method, c.path); status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s %s with %q: %d %s", c.method, c.path, c.token, status, body)
		}
	}
	for _, path := range []string{"/readyz", "/metrics", "/debug/pprof/"} {
		if status, body := ask(public, "", "GET", path); status != 503 || strings.Contains(body, "Redis") {
			t.Errorf("GET %s for everybody: %d %s", path, status, body)
		}
	}
	lacks.Missing = nil
	if status, body := ask(public, "", "GET", "/readyz"); status != 200 || strings.TrimSpace(body) != `{"status":"ok"}` {
		t.Errorf("to everybody: %d %s", status, body)
	}
	if status, body := ask(ops, "", "GET", "/readyz"); status != 200 || !strings.Contains(body, "Kafka") || !strings.Contains(body, "secret-product") {
		t.Errorf("to operators: %d %s", status, body)
	}
}

// A page whose name was made to resolve to here is told nothing, though its reader reaches this address.
func TestOperationsAreOfTheirOwnHost(t *testing.T) {
	metrics := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	ops := Ops(t.Context(), Config{Metrics: metrics, Auth: newShop().operators(""), Hosts: []string{"ops.example.com"}, Since: func(time.Time) time.Duration { return 0 }})
	for host, status := range map[string]int{
		"evil.example": 403, "evil.example:3001": 403, "localhost:3001": 200, "10.1.2.3:3001": 200, "[::1]:3001": 200, "api-1:3001": 200, "ops.example.com:3001": 200,
	} {
		r, w := httptest.NewRequest("GET", "/metrics", nil), httptest.NewRecorder()
		r.Host = host
		if ops.ServeHTTP(w, r); w.Code != status {
			t.Errorf("%s: %d %s", host, w.Code, w.Body)
		}
	}
}
