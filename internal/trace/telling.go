package trace

import (
	"context"
	"log/slog"
	"sync/atomic"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// telling says when the collector begins to fail, and when it takes traces again.
type telling struct {
	sdk.SpanExporter
	log     *slog.Logger
	failing atomic.Bool
}

func (e *telling) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	e.told(e.SpanExporter.ExportSpans(ctx, spans))
	return nil // it has been told
}

// told is told what came of a try.
func (e *telling) told(err error) {
	switch {
	case e.failing.Swap(err != nil) == (err != nil): // as before
	case err != nil:
		e.log.Warn("traces are lost: the collector does not take them", "error", err)
	default:
		e.log.Info("traces are taken again")
	}
}
