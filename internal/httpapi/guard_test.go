package httpapi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"seckill/internal/sale"
)

// Whatever is answered, and by whom: nobody keeps it, and it is what it says.
func TestEveryAnswerIsGuarded(t *testing.T) {
	s := known(t, func(_ *shop, c *Config) {
		c.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		c.Pages = fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}, "assets/a.js": {Data: []byte("1")}}
	})
	s.put(t, "1", sale.Terms{Quantity: 1})
	check := func(what string, r *http.Response) {
		t.Helper()
		if r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Cache-Control") != "no-store" || len(r.Header.Values("Cache-Control")) > 1 {
			t.Errorf("%s: %d %v", what, r.StatusCode, r.Header)
		}
	}
	placed := s.do(t, "POST", buy1, `{}`, s.as(t, "a")...).want(t, 201)
	check("placed", placed.Response)
	for _, header := range [][]string{nil, s.as(t, "a"), s.as(t, "b")} {
		check("a buy", s.do(t, "POST", buy1, `{}`, header...).Response)
	}
	check("a buy of no form", s.do(t, "POST", buy1, `[]`).Response)
	at := placed.header("Location")
	for _, header := range [][]string{nil, s.as(t, "a"), operator} {
		for _, path := range []string{at, "/api/products/1/orders", "/api/products/1", "/api/session", "/metrics", "/readyz", "/livez", "/nothing", "/openapi.json"} {
			check(path, s.do(t, "GET", path, "", header...).Response)
		}
		for _, path := range []string{strings.Replace(at, "?", "/events?", 1), "/api/products/1/events", "/api/rehearsals/1/events"} {
			check(path, s.do(t, "HEAD", path, "", header...).Response)
		}
		check("a pass", s.do(t, "POST", "/api/pass", "", header...).Response)
	}
	check("another's host", s.do(t, "GET", "/livez", "", "Host", "evil.example").Response)
	for _, bad := range []string{"GET / HTTP/1.1\r\nHost: x\nY: z\r\n\r\n", "GET\r\n\r\n"} {
		check(bad, s.raw(t, bad)[0].Response)
	}
	for name, h := range map[string]http.Handler{"ops": Ops(t.Context(), s.api.Config), "health": HealthOnly(t.Context(), s.api.Config)} {
		for _, path := range []string{"/livez", "/readyz", "/metrics", "/debug/pprof/", "/nothing"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			check(name+" "+path, w.Result())
		}
	}
	for path, kept := range map[string]string{"/": "no-cache", "/assets/a.js": "public, max-age=31536000, immutable"} {
		if h := s.do(t, "GET", path, "").want(t, 200).Header; h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cache-Control") != kept {
			t.Errorf("%s: %v", path, h)
		}
	}
}
