package redisgate

import (
	"slices"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// TestRefusedEntry: an entry of the id that is due may be the work of a script
// whose memory the gate has lost, so nobody is told anything.
func TestRefusedEntry(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	opened(t, g, 5)
	do(t, r.URL(), "XADD", g.keys(product)[1], "1-1", "n", "0", "at", "0", "orders", "")
	_, err := g.Admit(t.Context(), product, []gate.Request{buy("a", 1)})
	is(t, err, sale.ErrUnknownOutcome)
	counts(t, g, 5, 0, 0)
	if known, err := g.Knows(t.Context(), product, 1, "a", order(1)); err != nil || known {
		t.Fatalf("known %v, %v", known, err)
	}
}

// TestOutOfMemory: a script that may not write does not write half.
func TestOutOfMemory(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	opened(t, g, 5, gate.Holding{User: "h", Order: order(9)})
	do(t, r.URL(), "CONFIG", "SET", "maxmemory", "1")
	_, err := g.Admit(t.Context(), product, []gate.Request{buy("a", 1)})
	is(t, err, sale.ErrUnavailable)
	_, err = g.Return(t.Context(), product, 1, []sale.Return{{Number: 1, UserID: "h", OrderID: order(9)}})
	is(t, err, sale.ErrUnavailable)
	_, _, err = g.Shut(t.Context(), product, 2)
	is(t, err, sale.ErrUnavailable)
	counts(t, g, 5, 0, 0)
	do(t, r.URL(), "CONFIG", "SET", "maxmemory", "0")
	admits(t, g, buy("a", 1), gate.Admitted)
	counts(t, g, 4, 1, 1)
}

func TestScriptsForgotten(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	for epoch := int64(1); epoch < 3; epoch++ {
		do(t, r.URL(), "SCRIPT", "FLUSH")
		incarnation, _, err := g.Shut(t.Context(), product, epoch)
		ok(t, err)
		ok(t, g.Load(t.Context(), product, epoch, incarnation, make([]gate.Holding, 0)))
		ok(t, g.Load(t.Context(), product, epoch, incarnation, []gate.Holding{{User: "a", Order: order(1)}}))
		ok(t, g.Open(t.Context(), product, epoch, incarnation, gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: 5}))
		admits(t, g, buy("a", 1), gate.Known)
		admits(t, g, buy("b", 2), gate.Admitted)
	}
}

// TestLargeNumbers takes numbers of which Lua's own way of writing them would
// lose the last digits.
func TestLargeNumbers(t *testing.T) {
	const large = 1<<52 + 1
	g := connect(t, Options{URL: server(t).URL()})
	incarnation, _, err := g.Shut(t.Context(), product, large)
	ok(t, err)
	start := gate.Start{Terms: gate.Hours{LimitPerUser: 100, Partition: 1<<31 - 1}, Remaining: large, Returned: large}
	ok(t, g.Open(t.Context(), product, large, incarnation, start))
	returned, err := g.Return(t.Context(), product, large, []sale.Return{{Number: large + 1, UserID: "a", OrderID: order(1)}})
	ok(t, err)
	a, err := g.Admit(t.Context(), product, []gate.Request{buy("a", 1), buy("a", 2)})
	ok(t, err)
	v := a.View
	if a.Entry != "4503599627370497-1" || returned != large+1 || v.Epoch != large || v.Remaining != large-1 || v.Returned != large+1 || v.Terms != start.Terms {
		t.Fatalf("return %d, entry %s, view %+v", returned, a.Entry, v)
	}
	_, entries, err := g.Cut(t.Context(), product)
	ok(t, err)
	if len(entries) != 1 || entries[0].ID != a.Entry || entries[0].Orders[1].Epoch != large {
		t.Fatalf("outbox %v", entries)
	}
	_, _, err = g.Shut(t.Context(), product, large-1)
	is(t, err, sale.ErrFenced)
}

// TestLargestBatch is a batch as large as purchase makes them, and a load of more
// than one window, with users who come again.
func TestLargestBatch(t *testing.T) {
	g := connect(t, Options{URL: server(t).URL()})
	const window, again = loadWindow * loadChunk, 1500
	holdings := make([]gate.Holding, window+again)
	for i := range holdings {
		holdings[i] = gate.Holding{User: userID(i % window), Order: order(i), Ended: i < window}
	}
	opened(t, g, 3000, holdings...)
	batch := make([]gate.Request, 4096)
	for i := range batch {
		batch[i] = buy(userID(i), 100_000+i)
	}
	a, err := g.Admit(t.Context(), product, batch)
	ok(t, err)
	for i, d := range a.Decisions {
		want := gate.Decision{Verdict: gate.Admitted, Order: batch[i].Order, Seq: int64(i - again + 1)}
		if i < again { // they came again, with an order that has not ended
			want = gate.Decision{Verdict: gate.LimitReached, Order: order(window + i)}
		}
		if d != want {
			t.Fatalf("decision %d is %+v, not %+v", i, d, want)
		}
	}
	counts(t, g, 3000-2596, 2596, 2596)
	ok(t, g.Forget(t.Context(), product, []gate.EntryID{a.Entry}))
	counts(t, g, 3000-2596, 2596, 0)
}

// TestKeys: a gate has the keys that the package comment names, and leaves none.
func TestKeys(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL(), Prefix: "a:"})
	keys := func(want ...string) {
		t.Helper()
		m := do(t, r.URL(), "KEYS", "*")
		got, err := m.AsStrSlice()
		ok(t, err)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Fatalf("keys are %q, not %q", got, want)
		}
	}
	const gateKey, boxKey = "a:seckill:{p_1-X}:gate", "a:seckill:{p_1-X}:outbox"
	opened(t, g, 5, gate.Holding{User: "h", Order: order(9)})
	keys("a:seckill:{p_1-X}:e1:buyers", gateKey)
	admits(t, g, buy("a", 1), gate.Admitted)
	keys("a:seckill:{p_1-X}:e1:buyers", gateKey, boxKey)
	incarnation, _, err := g.Shut(t.Context(), product, 3)
	ok(t, err)
	keys(gateKey, boxKey)
	ok(t, g.Load(t.Context(), product, 3, incarnation, []gate.Holding{{User: "a", Order: order(1)}}))
	keys("a:seckill:{p_1-X}:e3:buyers", gateKey, boxKey)
	ok(t, g.Remove(t.Context(), product, 3))
	keys(gateKey, boxKey) // for the order that waits
	ok(t, g.Forget(t.Context(), product, []gate.EntryID{"1-1"}))
	keys()
	opened(t, g, 5)
	ok(t, g.Remove(t.Context(), product, 1))
	keys()
}
