package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
)

// Figures are what one process measured in its last window.
type Figures struct {
	Process     string             `json:"process" doc:"Whose they are; another start is another process"`
	At          string             `json:"at,omitempty,omitzero" format:"date-time" doc:"The end of the window"`
	WindowS     float64            `json:"window_s"`
	AnswersPerS map[string]float64 `json:"answers_per_s" doc:"Answers to buys: placed, queued, again, or the name of a problem"`
	Latency     WindowLatency      `json:"latency" doc:"Of those answers"`
	Records     *int64             `json:"records,omitempty,omitzero" doc:"The log's end: records ever appended, by all processes. Absent where it cannot be told"`
	Folded      *int64             `json:"folded,omitempty,omitzero" doc:"Of records, those that the store has applied"`
}

// WindowLatency is a distribution of times in milliseconds, to 6 %.
type WindowLatency struct {
	Count int64   `json:"count"`
	P50MS float64 `json:"p50_ms,omitempty,omitzero"`
	P90MS float64 `json:"p90_ms,omitempty,omitzero"`
	P99MS float64 `json:"p99_ms,omitempty,omitzero"`
	MaxMS float64 `json:"max_ms,omitempty,omitzero"`
}

type figuresOutput struct{ Body Figures }

func (a *API) figureRoutes(api huma.API) {
	huma.Register(api, figuresOperation(), func(ctx context.Context, _ *struct{}) (*figuresOutput, error) {
		ctx, cancel := ask(ctx)
		defer cancel()
		return &figuresOutput{a.Figures(ctx)}, nil
	})
}

func figuresOperation() huma.Operation {
	return operation("GET", "/api/figures", "figures", "What this process measured in about the last second")
}
