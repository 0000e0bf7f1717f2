package memgate

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// requests are n buyers with random ids, as increasing ones would flatter the table.
func requests(n int) []gate.Request {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]gate.Request, n)
	for i := range out {
		out[i].User = fmt.Sprintf("u%011x", r.Uint64()>>20)
		var random [10]byte
		for j := range random {
			random[j] = byte(r.Uint32())
		}
		out[i].Order = sale.NewOrderID(time.UnixMilli(1_800_000_000_000+int64(i)), random)
	}
	return out
}

func selling(units int64) gate.Start {
	return gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: units}
}

var batches = []int{1, 64, 1024}

// BenchmarkAdmit admits every request, with the outbox forgotten as it would be.
// An op is one request; the gate is begun anew with every million of them.
func BenchmarkAdmit(b *testing.B) {
	buyers := requests(1 << 20)
	for _, size := range batches {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			var g *Gate
			for n := 0; n < b.N; n += size {
				at := n % len(buyers)
				if at == 0 {
					b.StopTimer()
					g = opened(b, Options{}, selling(1<<20))
					b.StartTimer()
				}
				a, err := g.Admit(b.Context(), "p", gate.Try{}, buyers[at:at+size])
				if err != nil || a.Decisions[size-1].Verdict != gate.Admitted {
					b.Fatal(a, err)
				}
				if err := g.Forget(b.Context(), "p", []gate.EntryID{a.Entry}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSoldOut refuses strangers at a gate with a million buyers.
func BenchmarkSoldOut(b *testing.B) {
	g := million(b)
	strangers := requests(1 << 21)[1<<20:]
	for _, size := range batches {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			b.ReportAllocs()
			for n := 0; n < b.N; n += size {
				at := n % len(strangers)
				a, err := g.Admit(b.Context(), "p", gate.Try{}, strangers[at:at+size])
				if err != nil || a.Decisions[0].Verdict != gate.SoldOut {
					b.Fatal(a, err)
				}
			}
		})
	}
}

// million is a gate that has sold 2^20 units to as many buyers.
func million(t testing.TB) *Gate {
	g := opened(t, Options{}, selling(1<<20))
	fill(t, g, requests(1<<20), 1024)
	return g
}

func BenchmarkView(b *testing.B) {
	g := million(b)
	b.ReportAllocs()
	for b.Loop() {
		if v, err := g.View(b.Context(), "p"); err != nil || v.Remaining != 0 {
			b.Fatal(v, err)
		}
	}
}

// BenchmarkUsers is one walk over 2^20 users.
func BenchmarkUsers(b *testing.B) {
	g := million(b)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if err := g.Users(b.Context(), "p", 1, 0, func(string) { n++ }); err != nil || n != 1<<20 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkMemory says what a million buyers of 12 bytes take, on the heap.
func BenchmarkMemory(b *testing.B) {
	buyers := requests(1_000_000)
	for b.Loop() {
		before := heap()
		g := opened(b, Options{}, selling(1_000_000))
		fill(b, g, buyers, 1000)
		b.ReportMetric(float64(heap()-before)/float64(len(buyers)), "B/buyer")
		runtime.KeepAlive(g)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// fill has all buyers admitted, and none waiting for the log.
func fill(t testing.TB, g *Gate, buyers []gate.Request, size int) {
	for chunk := range slices.Chunk(buyers, size) {
		a, err := g.Admit(t.Context(), "p", gate.Try{}, chunk)
		if err != nil || a.Decisions[0].Verdict != gate.Admitted {
			t.Fatal(a, err)
		}
		if err := g.Forget(t.Context(), "p", []gate.EntryID{a.Entry}); err != nil {
			t.Fatal(err)
		}
	}
}
