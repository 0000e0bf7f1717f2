package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"seckill/internal/auth"
)

const metricsPath = "/metrics"

// Health is the answer of a process that is well.
type Health struct {
	Status   string    `json:"status" enum:"ok"`
	Degraded []string  `json:"degraded,omitempty,omitzero" nullable:"false" doc:"Servers that are away, or nodes of Redis, while buyers are answered as promised: queued, until these are back"`
	Openings []Opening `json:"openings,omitempty" doc:"Gates that this process opens just now, for products with orders"`

	Unavailable *Unavailable `json:"unavailable,omitempty" doc:"Products that cannot be sold, as their gates did not answer when this process last looked, or were not open; all others are sold"`
}

// Unavailable are products of which the first are named.
type Unavailable struct {
	Products int      `json:"products" doc:"How many"`
	First    []string `json:"first" nullable:"false" doc:"The first twenty of them, by their ids"`
}

// An Opening is how far the opening of a gate is.
type Opening struct {
	ProductID string `json:"product_id"`
	Loaded    int64  `json:"loaded" doc:"Orders that the gate knows already"`
	Orders    int64  `json:"orders" doc:"That it has to know before it opens"`
}

// A Condition is what a process lacks.
type Condition struct {
	Missing  []string // without these it cannot serve
	Degraded []string // without these it serves on

	Unavailable *Unavailable // and these it does not serve meanwhile
}

type healthOutput struct{ Body Health }

func (a *API) systemRoutes(api huma.API) {
	huma.Register(api, liveOperation(), func(context.Context, *struct{}) (*healthOutput, error) {
		return &healthOutput{Health{Status: "ok"}}, nil
	})
	huma.Register(api, readyOperation(), func(ctx context.Context, _ *struct{}) (*healthOutput, error) {
		c := a.Ready(ctx)
		if len(c.Missing) > 0 {
			return nil, lacking(c.Missing)
		}
		ready := Health{Status: "ok", Degraded: c.Degraded, Unavailable: c.Unavailable}
		if a.Openings != nil {
			ready.Openings = a.Openings()
		}
		return &healthOutput{ready}, nil
	})
	huma.Register(api, startedOperation(), func(context.Context, *struct{}) (*healthOutput, error) {
		if !a.Started() {
			return nil, lacking([]string{notStarted})
		}
		return &healthOutput{Health{Status: "ok"}}, nil
	})
	huma.Register(api, documentOperation(), func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(c huma.Context) {
			c.SetHeader("Content-Type", "application/json")
			_, _ = c.BodyWriter().Write(a.document) // who does not read the answer has gone
		}}, nil
	})
	huma.Register(api, metricsOperation(), func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(c huma.Context) {
			r, w := humago.Unwrap(c)
			if a.Metrics == nil {
				problem(notFound).write(w)
				return
			}
			a.Metrics.ServeHTTP(w, r)
		}}, nil
	})
}

// nativeRoutes puts the routes that match answers into the document, and into the
// mux, where they only serve to tell which methods there are.
func (a *API) nativeRoutes(api huma.API, mux *http.ServeMux) {
	for _, op := range nativeOperations(api) {
		api.OpenAPI().AddOperation(op)
		mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, _ *http.Request) { problem(notFound).write(w) })
	}
}

// writeDocument keeps the OpenAPI document in both its forms. What cannot be
// written is a mistake in the code, which the first test meets.
func (a *API) writeDocument(api huma.API) {
	documentBodies(api)
	if a.Buyers == nil {
		api.OpenAPI().Components.Schemas.Map()["Buyer"].Required = []string{"user_id"}
	}
	a.document = must(json.Marshal(api.OpenAPI()))
	a.yaml = must(api.OpenAPI().YAML())
}

// notStarted is what a process lacks until it has been ready once.
const notStarted = "the end of its start"

// HealthOnly answers for a process that does not sell: /livez, /startupz, /readyz, which
// names what is missing, and /metrics, for operators; everything else is 503.
func HealthOnly(missing func(context.Context) []string, started func() bool, operators *auth.Authenticator, metrics http.Handler) http.Handler {
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
	mux.HandleFunc("GET /startupz", func(w http.ResponseWriter, _ *http.Request) {
		if !started() {
			lacking([]string{notStarted}).write(w)
			return
		}
		well(w)
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		switch who, err := operators.Who(r.Context(), r.Header.Get("Authorization"), ""); {
		case errors.Is(err, auth.ErrUnknown):
			problem(unavailable).write(w)
			return
		case err != nil:
			problem(unauthorized).write(w)
			return
		case !may(who.Role, metricsID):
			problem(wrongRole).write(w)
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
