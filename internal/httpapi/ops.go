package httpapi

import (
	"context"
	"net/http"
	"net/http/pprof"
)

// profiling is an operation of the admin token alone: a heap has secrets.
const profiling = "profile"

// Ops answers at an address for those who run a process. Whoever reaches it, and calls it by an address, a
// name without a dot or one of Hosts, may see the probes, with all that they tell, and the metrics. Of c it needs what HealthOnly does, and
// Audit and Openings, if there are any yet.
func Ops(ctx context.Context, c Config) http.Handler {
	a := &API{Config: c, waiting: ctx, tokens: newBrake(c.elapsed)}
	mux := http.NewServeMux()
	a.probes(mux, func(_ http.ResponseWriter, r *http.Request) (h Health, not *Problem) {
		c := a.Ready(r.Context())
		if len(c.Missing) > 0 {
			return h, c.problem(true)
		}
		return a.health(&c), nil
	})
	mux.Handle("GET "+metricsPath, a.Metrics)
	may := func(operation string, h http.HandlerFunc) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if _, p := a.operator(r.Context(), a.shown(senderOf(r, w), operation), operation); p != nil {
				p.write(w)
				return
			}
			h(w, r)
		})
	}
	mux.Handle("POST /verify", http.NewCrossOriginProtection().Handler(may("verify", a.judge)))
	for path, profile := range map[string]http.HandlerFunc{
		"": pprof.Index, "cmdline": pprof.Cmdline, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace,
	} {
		mux.Handle("GET /debug/pprof/"+path, may(profiling, profile))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { problem(notFound).write(w) })
	return guarding(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := []byte(r.Host); !nearName(host) && !a.isNamed(host) {
			problem(crossOrigin).write(w)
			return
		}
		mux.ServeHTTP(w, r)
	}))
}

func (a *API) judge(w http.ResponseWriter, r *http.Request) {
	if a.Audit == nil {
		notStarted().write(w)
		return
	}
	report, err := a.Audit(r.Context())
	if err != nil {
		p := problem(notJudged)
		p.Detail = err.Error()
		p.write(w)
		return
	}
	writeJSON(w, report)
}
