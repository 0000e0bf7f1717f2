package httpapi

import (
	"context"
	"io"
	"net/http"
	"strings"
)

// HealthOnly answers for a process that does not sell: /livez, /startupz, /readyz, which
// tells operators what is missing, and /metrics, for them too; everything else is 503. Of c it
// needs Auth, Ready, Started, Metrics, and what slows those who guess.
func HealthOnly(ctx context.Context, c Config) http.Handler {
	a := &API{Config: c, waiting: ctx, brake: newBrake(c.Elapsed)}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, p *Problem) {
		if p != nil {
			p.write(w)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"status":"ok"}`) // who does not read the answer has gone
	}
	operator := func(w http.ResponseWriter, r *http.Request, operation string) *Problem {
		_, p := a.operator(r.Context(), a.shown(senderOf(r, w), operation), operation)
		return p
	}
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { answer(w, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		var lacks *Problem
		if c := a.Ready(r.Context()); len(c.Missing) > 0 {
			lacks = c.problem(operator(w, r, readyID) == nil)
		}
		answer(w, lacks)
	})
	mux.HandleFunc("GET /startupz", func(w http.ResponseWriter, _ *http.Request) {
		if !a.Started() {
			answer(w, notStarted())
			return
		}
		answer(w, nil)
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if p := operator(w, r, metricsID); p != nil {
			answer(w, p)
			return
		}
		a.Metrics.ServeHTTP(w, r)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { answer(w, problem(unavailable)) })
	return mux
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
