package trace

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"seckill/internal/sale"
)

// What a hundred refusals, and a hundred buys of which each is a batch by itself, cost
// where one in a hundred is followed, the sending included.
func BenchmarkHundred(b *testing.B) {
	sink := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	defer sink.Close()
	b.Run("refusals", func(b *testing.B) {
		tr := tracer(b, sink.URL, 0.01, silent)
		defer tr.Close()
		for b.Loop() {
			for range 100 {
				if is := tr.Buy(sale.OrderID{}, time.Now(), nil); is != nil {
					is.End(placed)
				}
			}
		}
	})
	b.Run("orders", func(b *testing.B) {
		tr := tracer(b, sink.URL, 0.01, silent)
		defer tr.Close()
		for b.Loop() {
			for range 100 {
				id := sale.OrderID(newTraceID())
				one := slices.Values([]sale.OrderID{id})
				is := tr.Buy(id, time.Now(), nil)
				ctx, end := tr.Batch(b.Context(), "1", 1, one)
				for _, name := range []string{"gate.Admit", "log.Append"} {
					_, ended := tr.Begin(ctx, Call{Name: name})
					ended("")
				}
				_, ended := tr.Begin(b.Context(), Call{Name: "store.Apply", Orders: one, Elsewhere: true})
				ended("")
				end()
				if is != nil {
					is.End(placed)
				}
			}
		}
	})
}
