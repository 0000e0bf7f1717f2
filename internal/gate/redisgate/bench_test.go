package redisgate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// userID is random to the eye, as increasing ids would flatter the table.
func userID(n int) string { return fmt.Sprintf("u%011x", (uint64(n)+1)*0x9e3779b97f4a7c15>>20) }

// requests are n buyers with random order ids.
func requests(n int) []gate.Request {
	r := rand.New(rand.NewPCG(1, 2))
	out := make([]gate.Request, n)
	for i := range out {
		var random [10]byte
		for j := range random {
			random[j] = byte(r.Uint32())
		}
		out[i] = gate.Request{User: userID(i), Order: sale.NewOrderID(time.UnixMilli(1_800_000_000_000+int64(i)), random)}
	}
	return out
}

// spent begins to measure what the server spends of its processor on an op, for
// a busy machine says little by its clock. The function it returns reports it.
func spent(b *testing.B, url string) (report func()) {
	cpu := func() (seconds float64) {
		m := do(b, url, "INFO", "cpu")
		info, err := m.ToString()
		ok(b, err)
		for _, name := range []string{"used_cpu_sys", "used_cpu_user"} {
			s, err := strconv.ParseFloat(line(info, name), 64)
			ok(b, err)
			seconds += s
		}
		return seconds
	}
	before := cpu()
	return func() { b.ReportMetric((cpu()-before)*1e9/float64(b.N), "redis-ns/op") }
}

var batches = []int{1, 10, 100, 1000, 4000}

// BenchmarkAdmit admits every request, each batch synced to disk, with the outbox
// forgotten as it would be. An op is one request.
func BenchmarkAdmit(b *testing.B) {
	buyers := requests(1_000_000)
	for _, size := range batches {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			url := server(b).URL()
			g := connect(b, Options{URL: url})
			opened(b, g, 1<<40)
			defer spent(b, url)()
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; n += size {
				at := n % len(buyers)
				a, err := g.Admit(b.Context(), product, gate.Try{}, buyers[at:at+size])
				ok(b, err)
				if n < len(buyers) && a.Decisions[size-1].Verdict != gate.Admitted {
					b.Fatal(a)
				}
				if a.Entry != "" {
					ok(b, g.Forget(b.Context(), product, []gate.EntryID{a.Entry}))
				}
			}
		})
	}
}

// BenchmarkSoldOut refuses strangers at a gate with a million buyers.
func BenchmarkSoldOut(b *testing.B) {
	url := server(b).URL()
	g := connect(b, Options{URL: url})
	buyers := requests(2_000_000)
	opened(b, g, 0, holdings(buyers[:1_000_000])...)
	for _, size := range batches {
		b.Run(fmt.Sprintf("batch=%d", size), func(b *testing.B) {
			defer spent(b, url)()
			b.ReportAllocs()
			for n := 0; n < b.N; n += size {
				at := 1_000_000 + n%1_000_000
				a, err := g.Admit(b.Context(), product, gate.Try{}, buyers[at:at+size])
				ok(b, err)
				if a.Decisions[0].Verdict != gate.SoldOut {
					b.Fatal(a)
				}
			}
		})
	}
}

func holdings(buyers []gate.Request) []gate.Holding {
	out := make([]gate.Holding, len(buyers))
	for i, r := range buyers {
		out[i] = gate.Holding{User: r.User, Order: r.Order}
	}
	return out
}

// BenchmarkOpening is a whole opening with a million orders, handed over in such
// chunks, and one walk over all users after it.
func BenchmarkOpening(b *testing.B) {
	all := holdings(requests(1_000_000))
	for _, size := range []int{1000, 4000, 20_000} {
		b.Run(fmt.Sprintf("chunk=%d", size), func(b *testing.B) {
			url := server(b).URL()
			g := connect(b, Options{URL: url})
			epoch := int64(0)
			defer spent(b, url)()
			for b.Loop() {
				epoch++
				incarnation, _, err := g.Shut(b.Context(), product, epoch)
				ok(b, err)
				for chunk := range slices.Chunk(all, size) {
					ok(b, g.Load(b.Context(), product, epoch, incarnation, chunk))
				}
				ok(b, g.Open(b.Context(), product, epoch, incarnation, gate.Start{Terms: gate.Hours{LimitPerUser: 1}}))
			}
		})
	}
}

// BenchmarkUsers is one walk over a million users.
func BenchmarkUsers(b *testing.B) {
	url := server(b).URL()
	g := connect(b, Options{URL: url})
	opened(b, g, 0, holdings(requests(1_000_000))...)
	defer spent(b, url)()
	for b.Loop() {
		n := 0
		ok(b, g.Users(b.Context(), product, 1, 0, func(string) { n++ }))
		if n < 1_000_000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkView(b *testing.B) {
	g := connect(b, Options{URL: server(b).URL()})
	opened(b, g, 5)
	b.ReportAllocs()
	for b.Loop() {
		_, err := g.View(b.Context(), product)
		ok(b, err)
	}
}
