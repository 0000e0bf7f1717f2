package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// HealthOnly answers for a process that does not sell: /livez, /startupz, /readyz, which
// tells operators what is missing, and /metrics, for them too, if it has any; everything else is 503. Of c it
// needs Auth, Ready, Started, Metrics, and what slows those who guess.
func HealthOnly(ctx context.Context, c Config) http.Handler {
	a := &API{Config: c, waiting: ctx, tokens: newBrake(c.elapsed)}
	mux := http.NewServeMux()
	operator := func(w http.ResponseWriter, r *http.Request, operation string) *Problem {
		_, p := a.operator(r.Context(), a.shown(senderOf(r, w), operation), operation)
		return p
	}
	a.probes(mux, func(w http.ResponseWriter, r *http.Request) (h Health, not *Problem) {
		if c := a.Ready(r.Context()); len(c.Missing) > 0 {
			return h, c.problem(operator(w, r, readyID) == nil)
		}
		return Health{Status: "ok"}, nil
	})
	if a.Metrics != nil {
		mux.HandleFunc("GET "+metricsPath, func(w http.ResponseWriter, r *http.Request) {
			if p := operator(w, r, metricsID); p != nil {
				p.write(w)
				return
			}
			a.Metrics.ServeHTTP(w, r)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { problem(unavailable).write(w) })
	return guarding(mux)
}

// probes adds /livez, /startupz and /readyz to a mux that has no API.
func (a *API) probes(mux *http.ServeMux, ready func(http.ResponseWriter, *http.Request) (Health, *Problem)) {
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, Health{Status: "ok"}) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		h, not := ready(w, r)
		if not != nil {
			not.write(w)
			return
		}
		writeJSON(w, h)
	})
	mux.HandleFunc("GET /startupz", func(w http.ResponseWriter, _ *http.Request) {
		if !a.Started() {
			notStarted().write(w)
			return
		}
		writeJSON(w, Health{Status: "ok"})
	})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // who does not read the answer has gone
}

// problem is that of a process which lacks something. What that is may name what is behind
// it, which is for operators.
func (c *Condition) problem(operates bool) *Problem {
	p := problem(unavailable)
	p.Detail = "Operators are told what is missing, and the log is"
	if operates {
		p.Detail = "Missing: " + strings.Join(c.Missing, ", ")
	}
	return p
}

// notStarted is the problem of a process that has not been ready once.
func notStarted() *Problem {
	p := problem(unavailable)
	p.Detail = "Missing: the end of its start"
	return p
}
