package purchase_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// instant is a log that has everything at once, so that what is measured is the
// desk and its gate.
type instant struct{ offset atomic.Int64 }

func (l *instant) Append(_ context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	return sale.Position{Partition: partition, Offset: l.offset.Add(int64(len(records))) - 1}, nil
}

func (l *instant) Partition(string) int32 { return 0 }

// newStall is a desk over memory alone, with a gate that has so many units, and
// so many buyers from before.
func newStall(b *testing.B, units int64, buyers int) *purchase.Desk {
	g := memgate.New(memgate.Options{})
	in, _, err := g.Shut(b.Context(), product, 1)
	const chunk = 1000
	for from := 0; from < buyers && err == nil; from += chunk {
		holdings := make([]gate.Holding, min(chunk, buyers-from))
		for i := range holdings {
			holdings[i] = gate.Holding{User: fmt.Sprint("buyer-", from+i), Order: id(from + i + 1)}
		}
		err = g.Load(b.Context(), product, 1, in, holdings)
	}
	if err == nil {
		err = g.Open(b.Context(), product, 1, in, gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: units})
	}
	if err != nil {
		b.Fatal(err)
	}
	now := time.Now()
	return purchase.New(b.Context(), purchase.Parts{
		Gate: g, Log: &instant{}, Catalog: catalog{product: nil}, Confirm: purchase.AfterAppend{},
		Allow: func(context.Context, int) error { return nil },
		Now:   func() time.Time { return now }, Spawn: func(work func()) { go work() }, Await: await, Linger: linger, Pause: pause,
	})
}

// BenchmarkRefuse is losers, each another one, of a sale that had so many buyers.
func BenchmarkRefuse(b *testing.B) {
	for _, buyers := range []int{1_000, 10_000, 100_000, 1_000_000, 10_000_000} {
		b.Run(fmt.Sprint(buyers), func(b *testing.B) {
			d := newStall(b, 0, buyers)
			p, user := []byte(product), []byte("loser-12345678")
			for told := false; !told; _, told = d.Refuse(p, user) {
				if _, err := d.Buy(b.Context(), b.Context(), product, purchase.Request{User: "first"}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for n := uint64(0); b.Loop(); n++ {
				binary.BigEndian.PutUint64(user[6:], n)
				if _, told := d.Refuse(p, user); !told {
					b.Fatal("not refused")
				}
			}
		})
	}
}

// BenchmarkBuy is placed orders, each by a user of its own, from so many buyers
// at a time.
func BenchmarkBuy(b *testing.B) {
	for _, at := range []int{256, 1000} {
		b.Run(fmt.Sprint(at), func(b *testing.B) {
			d := newStall(b, sale.MaxQuantity*100, 0)
			b.ReportAllocs()
			b.ResetTimer()
			var next atomic.Int64
			var all sync.WaitGroup
			for range at {
				all.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						order := id(int(n))
						binary.BigEndian.PutUint64(order[:], uint64(n)*0x9e3779b97f4a7c15) // random, as ids are
						a, err := d.Buy(b.Context(), b.Context(), product, purchase.Request{User: fmt.Sprint("user-", n), Order: order})
						if err != nil || a.Result != purchase.Placed {
							b.Errorf("told %+v, %v", a, err)
							return
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
		})
	}
}
