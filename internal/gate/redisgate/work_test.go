package redisgate

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// A work is what scripts made the server do.
type work struct {
	commands int64 // on keys
	written  int64 // bytes, to the append-only file
	kept     int64 // bytes of what the user has, which every call about them reads
}

// worked is the work of do for a user.
func worked(t *testing.T, url string, g *Gate, user string, call func()) (w work) {
	t.Helper()
	size := func() int64 {
		m := do(t, url, "INFO", "persistence")
		info, err := m.ToString()
		ok(t, err)
		n, err := strconv.ParseInt(line(info, "aof_current_size"), 10, 64)
		ok(t, err)
		return n
	}
	w.written = -size()
	do(t, url, "CONFIG", "RESETSTAT")
	call()
	w.written += size()
	m := do(t, url, "INFO", "commandstats")
	info, err := m.ToString()
	ok(t, err)
	for _, command := range []string{"hget", "hmget", "hset", "hincrby", "sadd", "smismember", "sismember", "xadd"} {
		if _, stats, found := strings.Cut(info, "cmdstat_"+command+":calls="); found {
			calls, _, _ := strings.Cut(stats, ",")
			n, err := strconv.ParseInt(calls, 10, 64)
			ok(t, err)
			w.commands += n
		}
	}
	kept := do(t, url, "HSTRLEN", strings.TrimSuffix(g.keys(product)[0], "gate")+"e1:buyers", user)
	w.kept, err = kept.AsInt64()
	ok(t, err)
	return w
}

// TestNoCallWorksMoreForWhoHadManyOrders: whatever a user has ordered and cancelled
// before, a call about them does as much as one about somebody who has not. If it
// did not, one buyer held up every product on the server, and then for good.
func TestNoCallWorksMoreForWhoHadManyOrders(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL(), MaxUnrelayed: 1 << 20})
	const had, most = 60_000, 4000 // what the user has had, and what a call takes
	ids := 0
	some := func(n int) (orders []sale.OrderID) {
		for range n {
			ids++
			orders = append(orders, order(ids))
		}
		return orders
	}
	incarnation, _, err := g.Shut(t.Context(), product, 1)
	ok(t, err)
	load := func(user string, orders []sale.OrderID) {
		var holdings []gate.Holding
		for _, o := range orders {
			holdings = append(holdings, gate.Holding{User: user, Order: o, Ended: true})
		}
		ok(t, g.Load(t.Context(), product, 1, incarnation, holdings))
	}
	load("many", some(had))
	calls := map[string]map[string]work{}
	measure := func(name string, call func(user string)) {
		calls[name] = map[string]work{}
		for _, user := range []string{"none", "many"} {
			calls[name][user] = worked(t, r.URL(), g, user, func() { call(user) })
		}
	}
	measure("Load", func(user string) { load(user, some(most)) })
	ok(t, g.Open(t.Context(), product, 1, incarnation, gate.Start{Terms: gate.Hours{LimitPerUser: sale.MaxLimit}, Remaining: 1 << 20}))
	admit := func(user string, n int) (admitted []sale.OrderID) {
		var batch []gate.Request
		for _, o := range some(n) {
			batch = append(batch, gate.Request{User: user, Order: o})
		}
		a, err := g.Admit(t.Context(), product, gate.Try{}, batch)
		ok(t, err)
		for _, d := range a.Decisions {
			if d.Verdict == gate.Admitted {
				admitted = append(admitted, d.Order)
			}
		}
		return admitted
	}
	held := map[string][]sale.OrderID{}
	measure("Admit", func(user string) { held[user] = admit(user, most) })
	number := int64(0)
	measure("Return", func(user string) {
		var returns []sale.Return
		for _, o := range held[user] {
			number++
			returns = append(returns, sale.Return{Number: number, UserID: user, OrderID: o})
		}
		_, err := g.Return(t.Context(), product, 1, returns)
		ok(t, err)
	})
	measure("Knows", func(user string) {
		known, err := g.Knows(t.Context(), product, 1, user, held[user][0])
		if ok(t, err); !known {
			t.Errorf("%s's order is not known", user)
		}
	})
	for call, by := range calls {
		none, many := by["none"], by["many"]
		if many.commands > none.commands || many.written > none.written+none.written/10+200 || many.kept > none.kept {
			t.Errorf("%s: %s after none, %s after %d orders", call, none, many, had)
		}
	}
}

func (w work) String() string {
	return fmt.Sprintf("%d commands and %d bytes written, of a user of %d bytes", w.commands, w.written, w.kept)
}

// TestABatchCountsAnOriginOnce: however many orders of one address a batch admits, how many wait for payment is read once
// and written once.
func TestABatchCountsAnOriginOnce(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	openedAs(t, g, gate.Start{Terms: gate.Hours{LimitPerUser: 1, UnpaidPerAddress: 1 << 20}, Remaining: 1 << 20})
	ids := 0
	commands := func(n int) int64 {
		return worked(t, r.URL(), g, "nobody", func() {
			batch := make([]gate.Request, n)
			for i := range batch {
				ids++
				batch[i] = gate.Request{User: userID(ids), Order: order(ids), Origin: "0123456789abcdef"}
			}
			a, err := g.Admit(t.Context(), product, gate.Try{}, batch)
			ok(t, err)
			if last := a.Decisions[n-1].Verdict; last != gate.Admitted {
				t.Fatalf("the last of %d: verdict %d", n, last)
			}
		}).commands
	}
	if one, many := commands(1), commands(900); many != one {
		t.Errorf("%d commands for one order, and %d for 900", one, many)
	}
}
