package httpapi

import (
	"net/http"

	"github.com/valyala/fasthttp"
)

// guards are headers of all answers: nobody keeps one that is somebody's own, or takes it for
// another type than it says. Pages, which are everybody's, say themselves how long they are kept.
var guards = [...][2]string{{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}}

// rawGuards are the same, as a native route writes them.
var rawGuards = func() (raw [len(guards)][2][]byte) {
	for i, g := range guards {
		raw[i] = [2][]byte{[]byte(g[0]), []byte(g[1])}
	}
	return raw
}()

// stayTLS has a browser ask the name that it was told under over TLS only, for a year. It is told with pages
// and whatever else net/http answers, before a browser has what to buy with. localhost is not: whatever else
// listens there would be meant, too.
const stayTLS = "max-age=31536000"

// guarding is h with guards.
func guarding(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, g := range guards {
			w.Header().Set(g[0], g[1])
		}
		if r.TLS != nil && !nearName([]byte(r.Host)) {
			w.Header().Set("Strict-Transport-Security", stayTLS)
		}
		h.ServeHTTP(w, r)
	})
}

// guard writes them on a native route.
func guard(ctx *fasthttp.RequestCtx) {
	for i := range rawGuards {
		ctx.Response.Header.SetCanonical(rawGuards[i][0], rawGuards[i][1])
	}
}
