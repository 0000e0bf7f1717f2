package sqlitestore

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"seckill/internal/orderstore/storetest"
	"seckill/internal/sale"
)

// batchOf is what a busy projector folds at once.
const batchOf = 2000

// payersOf is how many payments a turn of them has at 256 connections.
const payersOf = 100

func newSeller(b *testing.B, terms sale.Terms) *storetest.Seller {
	terms.Quantity = sale.MaxQuantity
	return storetest.NewSeller(b, open(b, filepath.Join(b.TempDir(), "orders.db"), time.Now), terms)
}

// BenchmarkApply tells what one order costs, in batches, in a table that has so many.
func BenchmarkApply(b *testing.B) {
	for _, rows := range []int{0, 1_000_000} {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) {
			s := newSeller(b, sale.Terms{}).Sell(rows, 50_000)
			b.ReportAllocs()
			b.ResetTimer()
			before := processorTime(b)
			for done := 0; done < b.N; {
				n := min(batchOf, b.N-done)
				b.StopTimer()
				records := s.Orders(n)
				b.StartTimer()
				s.Apply(records...)
				done += n
			}
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "orders/s")
		})
	}
}

// BenchmarkPay tells what one payment costs, in batches of those who pay at the same time.
func BenchmarkPay(b *testing.B) {
	s := newSeller(b, sale.Terms{PaymentWindow: time.Hour, Price: storetest.Price})
	orders := s.Orders(b.N)
	for batch := range slices.Chunk(orders, batchOf) {
		s.Apply(batch...)
	}
	payments := s.Payments(orders)
	b.ReportAllocs()
	b.ResetTimer()
	before := processorTime(b)
	for batch := range slices.Chunk(payments, payersOf) {
		s.Apply(batch...)
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
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
	s := newSeller(b, sale.Terms{}).Sell(1_000_000, 50_000)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		_, err := s.Keeper.Snapshot(b.Context(), "1", func(orders []sale.Order) error { n += len(orders); return nil })
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

func BenchmarkSearch(b *testing.B) {
	newSeller(b, sale.Terms{}).Sell(1_000_000, 50_000).BenchmarkSearch(b)
}
