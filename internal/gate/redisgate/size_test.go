package redisgate

import (
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

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
	a, err := g.Admit(t.Context(), product, gate.Try{}, []gate.Request{buy("a", 1), buy("a", 2)})
	ok(t, err)
	v := a.View
	if a.Entry != "4503599627370497-1" || returned != large+1 || v.Epoch != large || v.Remaining != large-1 || v.Returned != large+1 || v.Terms != start.Terms {
		t.Fatalf("return %d, entry %s, view %+v", returned, a.Entry, v)
	}
	c, err := g.Cut(t.Context(), product)
	ok(t, err)
	if len(c.Outbox) != 1 || c.Outbox[0].ID != a.Entry || c.Outbox[0].Orders[1].Epoch != large {
		t.Fatalf("outbox %v", c.Outbox)
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
	a, err := g.Admit(t.Context(), product, gate.Try{}, batch)
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

// TestUsersFromASeqOn: those of the last orders are named alone, and where a seq
// is too old for that, all are.
func TestUsersFromASeqOn(t *testing.T) {
	g := connect(t, Options{URL: server(t).URL()})
	const loaded, batch, batches = 2500, 4000, 5
	opened(t, g, batch*batches, holdings(requests(loaded))...)
	for n := range batches {
		crowd := make([]gate.Request, batch)
		for i := range crowd {
			crowd[i] = buy(userID(loaded+n*batch+i), 100_000+n*batch+i)
		}
		_, err := g.Admit(t.Context(), product, gate.Try{}, crowd)
		ok(t, err)
	}
	const all = loaded + batch*batches
	for from, want := range map[int64]int{
		0: all, 1: all, batch + 1: all, batch + 2: all, // too old
		3*batch + 1: 2 * batch, 4*batch + 1: batch, 4*batch + 2: all, // the last one amid a batch
		5*batch + 1: 0, 6*batch + 1: 0,
	} {
		seen := map[string]bool{}
		ok(t, g.Users(t.Context(), product, 1, from, func(user string) { seen[user] = true }))
		if len(seen) != want {
			t.Errorf("%d users from seq %d on, not %d", len(seen), from, want)
		}
	}
}

// TestFencesGoWithTheirEpoch: a gate keeps no more for each lane that was ever in doubt.
func TestFencesGoWithTheirEpoch(t *testing.T) {
	g := connect(t, Options{URL: server(t).URL()})
	fields := func() int64 {
		t.Helper()
		n, err := g.client.Do(t.Context(), g.client.B().Hlen().Key(g.keys(product)[0]).Build()).AsInt64()
		ok(t, err)
		return n
	}
	asks := func(try gate.Try) {
		_, err := g.Admit(t.Context(), product, try, []gate.Request{buy("a", 1)})
		ok(t, err)
	}
	opened(t, g, 9)
	asks(gate.Try{Lane: "calm", Number: 7})
	before := fields()
	for n := range 3 {
		asks(gate.Try{Lane: userID(n), Number: 7, Fences: true})
	}
	if n := fields(); n != before+3 {
		t.Errorf("%d fields, and %d of them before three lanes fenced", n, before)
	}
	_, _, err := g.Shut(t.Context(), product, 2)
	ok(t, err)
	if n := fields(); n != before {
		t.Errorf("%d fields, and %d of them before three lanes fenced", n, before)
	}
}
