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

func TestHealthSaysWhatIsMissing(t *testing.T) {
	missing := []string{"Redis", "Kafka"}
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("seckill_figures 1")) })
	started := false
	var pauses []time.Duration
	l := HealthOnly(t.Context(), Config{
		Ready: func(context.Context) Condition { return Condition{Missing: missing} }, Started: func() bool { return started },
		Auth: newShop().operators("the operators' token"), Metrics: metrics, Log: slog.New(slog.DiscardHandler),
		Since: func(time.Time) time.Duration { return 0 },
		Pause: func(_ context.Context, d time.Duration) error {
			pauses = append(pauses, d)
			return nil
		},
	})
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/livez":                 {200, `"ok"`},
		"/readyz":                {503, "Operators are told"},
		"/startupz":              {503, "Missing: the end of its start"},
		"/metrics":               {401, "/problems/unauthorized"},
		"/api/products/1/orders": {503, "/problems/unavailable"},
	} {
		w := httptest.NewRecorder()
		l.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.says) {
			t.Errorf("GET %s: %d %s", path, w.Code, w.Body)
		}
		if w.Code == 503 && w.Header().Get("Retry-After") == "" {
			t.Errorf("GET %s does not say when to ask again", path)
		}
	}
	ask := func(path, token string) *httptest.ResponseRecorder {
		asked, told := httptest.NewRequest(http.MethodGet, path, nil), httptest.NewRecorder()
		asked.Header.Set("Authorization", "Bearer "+token)
		l.ServeHTTP(told, asked)
		return told
	}
	if told := ask("/metrics", "the operators' token"); told.Code != 200 || told.Body.String() != "seckill_figures 1" {
		t.Errorf("GET /metrics of an operator: %d %s", told.Code, told.Body)
	}
	if told := ask("/readyz", "the operators' token"); told.Code != 503 || !strings.Contains(told.Body.String(), "Missing: Redis, Kafka") {
		t.Errorf("GET /readyz of an operator: %d %s", told.Code, told.Body)
	}
	for range freeFailures {
		ask("/metrics", "guess")
	}
	if told := ask("/readyz", "guess"); told.Code != 503 || len(pauses) != 1 {
		t.Errorf("after %d guesses: %d, paused %v", freeFailures+1, told.Code, pauses)
	}
	missing, started = nil, true
	for _, path := range []string{"/readyz", "/startupz"} {
		w := httptest.NewRecorder()
		l.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != 200 {
			t.Errorf("GET %s when all is there: %d %s", path, w.Code, w.Body)
		}
	}
}
