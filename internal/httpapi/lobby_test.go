package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestALobbySaysWhatIsMissing(t *testing.T) {
	missing := []string{"Redis", "Kafka"}
	l := Lobby(func(context.Context) []string { return missing }, http.NotFoundHandler())
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/livez":                 {200, `"ok"`},
		"/readyz":                {503, "Missing: Redis, Kafka"},
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
	missing = nil
	w := httptest.NewRecorder()
	l.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if w.Code != 200 {
		t.Errorf("GET /readyz when all is there: %d %s", w.Code, w.Body)
	}
}
