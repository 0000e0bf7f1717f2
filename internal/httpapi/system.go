package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"seckill/internal/auth"
)

const metricsPath = "/metrics"

// Health is the answer of a process that is well.
type Health struct {
	Status   string    `json:"status" enum:"ok"`
	Degraded []string  `json:"degraded,omitempty,omitzero" nullable:"false" doc:"Servers that are away, or nodes of Redis, while buyers are answered as promised: queued, until these are back. Also the challenge, while its provider cannot be asked"`
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
		_, operates := ctx.Value(operatorKey{}).(auth.Operator)
		switch {
		case len(c.Missing) > 0:
			return nil, c.problem(operates)
		case !operates:
			return &healthOutput{Health{Status: "ok"}}, nil
		}
		return &healthOutput{a.health(&c)}, nil
	})
	huma.Register(api, startedOperation(), func(context.Context, *struct{}) (*healthOutput, error) {
		if !a.Started() {
			return nil, notStarted()
		}
		return &healthOutput{Health{Status: "ok"}}, nil
	})
	huma.Register(api, documentOperation(), func(context.Context, *struct{}) (*huma.StreamResponse, error) {
		return &huma.StreamResponse{Body: func(c huma.Context) {
			r, w := humago.Unwrap(c)
			w.Header().Set("Content-Type", "application/json")
			sendKept(r, a.document())
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

// health is what is told of a process that is ready to those who run it.
func (a *API) health(c *Condition) Health {
	h := Health{Status: "ok", Degraded: c.Degraded, Unavailable: c.Unavailable}
	if a.Openings != nil {
		h.Openings = a.Openings()
	}
	return h
}

// nativeRoutes puts the routes that match answers into the document, and into the
// mux, where they only serve to tell which methods there are.
func (a *API) nativeRoutes(api huma.API, mux *http.ServeMux) {
	for _, op := range nativeOperations(api) {
		api.OpenAPI().AddOperation(op)
		mux.HandleFunc(op.Method+" "+op.Path, func(w http.ResponseWriter, _ *http.Request) { problem(notFound).write(w) })
	}
}

// writeDocument makes the OpenAPI document, which is written when somebody first asks for it: most
// processes never are. What cannot be written is a mistake in the code, which the first test meets.
func (a *API) writeDocument(api huma.API) {
	documentBodies(api)
	if a.Buyers == nil {
		api.OpenAPI().Components.Schemas.Map()["Buyer"].Required = []string{"user_id"}
	}
	a.document = sync.OnceValue(func() []byte { return must(json.Marshal(api.OpenAPI())) })
}
