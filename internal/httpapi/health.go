package httpapi

import (
	"context"
	"io"
	"net/http"
	"strings"

	"seckill/internal/auth"
)

// HealthOnly answers for a process that does not sell: /livez, /readyz, which names what
// is missing, and /metrics, for operators; everything else is 503.
func HealthOnly(missing func(context.Context) []string, operators *auth.Authenticator, metrics http.Handler) http.Handler {
	mux := http.NewServeMux()
	well := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"ok"}`) // who does not read the answer has gone
	}
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { well(w) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if names := missing(r.Context()); len(names) > 0 {
			lacking(names).write(w)
			return
		}
		well(w)
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if !operators.Allows(r.Header.Get("Authorization"), "") {
			problem(unauthorized).write(w)
			return
		}
		metrics.ServeHTTP(w, r)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { problem(unavailable).write(w) })
	return mux
}

// lacking is the problem of a process that is not ready.
func lacking(names []string) *Problem {
	p := problem(unavailable)
	p.Detail = "Missing: " + strings.Join(names, ", ")
	return p
}
