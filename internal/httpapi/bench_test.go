package httpapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"seckill/internal/metrics"
	"seckill/internal/trace"
)

// BenchmarkSoldOut tells what an answer costs by itself, as it is counted in what is shipped, and with one in a hundred followed,
// the sending included.
func BenchmarkSoldOut(b *testing.B) {
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer sink.Close()
	for _, c := range []struct {
		name  string
		meter Meter
		ratio float64
	}{{"bare", nil, 0}, {"counted", metrics.New(), 0}, {"followed", metrics.New(), .01}} {
		b.Run(c.name, func(b *testing.B) {
			a, ctx := soldOutRequest(b)
			if a.Meter = c.meter; c.ratio > 0 {
				a.Traces = must(trace.New(trace.Config{Collector: sink.URL, Ratio: c.ratio, Log: a.Log}))
				defer a.Traces.Close()
			}
			a.countAnswers()
			handle := a.Handler()
			b.ReportAllocs()
			for b.Loop() {
				ctx.Response.Reset()
				ctx.ResetUserValues() // as between two requests of a connection
				handle(ctx)
			}
		})
	}
}
