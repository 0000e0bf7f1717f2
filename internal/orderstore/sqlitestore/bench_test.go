package sqlitestore

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// batchOf is what a busy projector folds at once.
const batchOf = 2000

// A seller applies batches of orders to one product, for users drawn at random,
// as growing ones would flatter every index.
type seller struct {
	testing.TB
	*Store
	mark orderstore.Mark
	rand *rand.Rand
}

func newSeller(b testing.TB, orders int) *seller {
	s := &seller{TB: b, rand: newRand()}
	s.Store = open(b, filepath.Join(b.TempDir(), "orders.db"), time.Now)
	s.apply(sale.Record{Kind: sale.KindOpening, ProductID: "1", Epoch: 1, Nonce: "n", Terms: sale.Terms{Quantity: sale.MaxQuantity, LimitPerUser: 1}})
	for n := 0; n < orders; n += 50_000 {
		s.apply(s.orders(min(50_000, orders-n))...)
	}
	return s
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func (s *seller) orders(n int) []sale.Record {
	records := make([]sale.Record, n)
	for i := range records {
		var random [10]byte
		binary.NativeEndian.PutUint64(random[:], s.rand.Uint64())
		now := time.Now()
		records[i] = sale.Record{
			Kind: sale.KindOrder, ProductID: "1", Epoch: 1, At: now, OrderID: sale.NewOrderID(now, random),
			UserID: fmt.Sprintf("u%016x", s.rand.Uint64()), Seq: s.mark.Next + int64(i),
		}
	}
	return records
}

func (s *seller) apply(records ...sale.Record) {
	s.Helper()
	c := orderstore.Concern{Product: "1"}
	for _, r := range records {
		if r.Kind == sale.KindOrder {
			c.Orders, c.Users = append(c.Orders, r.OrderID), append(c.Users, r.UserID)
		}
	}
	b := orderstore.Batch{From: s.mark, To: orderstore.Mark{Next: s.mark.Next + int64(len(records))}, Concerns: []orderstore.Concern{c}}
	err := s.Apply(s.Context(), b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		for i, r := range records {
			if o := sale.Fold(states[0], r, sale.Position{Offset: s.mark.Next + int64(i)}, now); o != sale.Applied {
				s.Fatalf("order %d: %s", i, o)
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
	s.mark = b.To
}

// BenchmarkApply tells what one order costs, in batches, in a table that has so many.
func BenchmarkApply(b *testing.B) {
	for _, rows := range []int{0, 1_000_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			s := newSeller(b, rows)
			b.ReportAllocs()
			b.ResetTimer()
			before := processorTime(b)
			for done := 0; done < b.N; {
				n := min(batchOf, b.N-done)
				b.StopTimer()
				records := s.orders(n)
				b.StartTimer()
				s.apply(records...)
				done += n
			}
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
		})
	}
}

// processorTime is what the process used so far; on a shared machine it says more
// than the clock.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSnapshot tells what a restart waits for.
func BenchmarkSnapshot(b *testing.B) {
	s := newSeller(b, 1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		_, err := s.Snapshot(b.Context(), "1", func(orders []sale.Order) error { n += len(orders); return nil })
		if err != nil || n != 1_000_000 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(resident(b), "resident-MB")
}

func resident(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0 // not Linux
	}
	var kB float64
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	if _, err := fmt.Sscan(after, &kB); err != nil {
		b.Fatal(err)
	}
	return kB / 1024
}

// BenchmarkSearch tells what a page of 100 costs an operator, and the count with it, of a million orders.
func BenchmarkSearch(b *testing.B) {
	s := newSeller(b, 0)
	for range 1_000_000 / batchOf {
		s.apply(s.orders(batchOf)...)
	}
	some, err := s.Search(b.Context(), sale.Search{Limit: 1})
	if err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]sale.Search{"all": {}, "none": {Status: sale.Expired}, "user": {User: some[0].UserID}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				q.Limit = 100
				if _, err := s.Search(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/count", func(b *testing.B) {
			for b.Loop() {
				q.Limit = 100_000
				if _, err := s.Count(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
