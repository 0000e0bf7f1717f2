package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthSaysWhatIsMissing(t *testing.T) {
	missing := []string{"Redis", "Kafka"}
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("seckill_figures 1")) })
	started := false
	l := HealthOnly(func(context.Context) []string { return missing }, func() bool { return started }, newShop().operators("the operators' token"), metrics)
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/livez":                 {200, `"ok"`},
		"/readyz":                {503, "Missing: Redis, Kafka"},
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
	asked := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	asked.Header.Set("Authorization", "Bearer the operators' token")
	told := httptest.NewRecorder()
	if l.ServeHTTP(told, asked); told.Code != 200 || told.Body.String() != "seckill_figures 1" {
		t.Errorf("GET /metrics of an operator: %d %s", told.Code, told.Body)
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
