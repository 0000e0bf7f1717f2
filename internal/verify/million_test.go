package verify_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"seckill/internal/sale"
	"seckill/internal/verify"
)

// BenchmarkMillion judges 1,000,000 orders on one product, each of a user of its
// own, with random ids: run it with -benchtime 1x. peak-MB is the most heap that
// was in use, the garbage of the run included.
func BenchmarkMillion(b *testing.B) {
	const orders, batch = 1_000_000, 2000
	s := newShop(b)
	s.put("a", sale.Terms{Quantity: orders, LimitPerUser: 1})
	random := rand.New(rand.NewPCG(1, 2))
	for seq := int64(1); seq <= orders; {
		records := make([]sale.Record, batch)
		for i := range records {
			var id [10]byte
			for j := range id {
				id[j] = byte(random.Uint32())
			}
			records[i] = sale.Record{
				Kind: sale.KindOrder, ProductID: "a", Epoch: 1, Seq: seq, At: time.Now(),
				OrderID: sale.NewOrderID(time.Now(), id), UserID: fmt.Sprintf("%016x", random.Uint64()),
			}
			seq++
		}
		if _, err := s.log.Append(b.Context(), 0, records); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.settle.CatchUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	s.close()
	s.reopen(context.Background())
	defer s.shutFiles()
	runtime.GC()
	for b.Loop() {
		stop, peak := make(chan struct{}), make(chan uint64)
		go watchHeap(stop, peak)
		r, err := verify.Stopped(b.Context(), verify.Parts{Log: s.log, Store: s.store})
		if err != nil {
			b.Fatal(err)
		}
		close(stop)
		b.ReportMetric(float64(<-peak)/1e6, "peak-MB")
		if !r.Clean() || r.Orders != orders {
			b.Fatalf("%d orders:\n%s", r.Orders, printed(r))
		}
	}
}

// watchHeap tells the most heap in use that it met until stop is closed.
func watchHeap(stop <-chan struct{}, peak chan<- uint64) {
	var most uint64
	for look := time.NewTicker(20 * time.Millisecond); ; {
		select {
		case <-look.C:
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		case <-stop:
			look.Stop()
			peak <- most
			return
		}
	}
}
