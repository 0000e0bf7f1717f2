package pgstore

import (
	"fmt"
	"testing"

	"seckill/internal/orderstore/storetest"
	"seckill/internal/sale"
)

// batchOf is what a projector folds at once in the middle of a rush.
const batchOf = 1000

func newSeller(b *testing.B, orders int) *storetest.Seller {
	return storetest.NewSeller(b, opened(b, schema(b)), sale.Terms{Quantity: sale.MaxQuantity}).Sell(orders, 20_000)
}

// BenchmarkApply tells how many orders a second one connection takes, in batches,
// into a table that has so many.
func BenchmarkApply(b *testing.B) {
	for _, rows := range []int{0, 1_000_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			s := newSeller(b, rows)
			b.ReportAllocs()
			b.ResetTimer()
			for done := 0; done < b.N; {
				n := min(batchOf, b.N-done)
				b.StopTimer()
				records := s.Orders(n)
				b.StartTimer()
				s.Apply(records...)
				done += n
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
		})
	}
}

// BenchmarkSnapshot tells what an opening waits for.
func BenchmarkSnapshot(b *testing.B) {
	s := newSeller(b, 1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		_, err := s.Keeper.Snapshot(b.Context(), "1", func(orders []sale.Order) error { n += len(orders); return nil })
		if err != nil || n != 1_000_000 {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkSearch(b *testing.B) { newSeller(b, 1_000_000).BenchmarkSearch(b) }
