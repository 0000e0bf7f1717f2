package redisgate

import (
	"slices"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// TestRefusedEntry: an entry of the id that is due may be the work of a script
// whose memory the gate has lost, so nobody is told anything.
func TestRefusedEntry(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	opened(t, g, 5)
	do(t, r.URL(), "XADD", g.keys(product)[1], "1-1", "n", "1", "at", "1", "orders", "\x01b0123456789abcdef")
	_, err := g.Admit(t.Context(), product, gate.Try{}, []gate.Request{buy("a", 1)})
	is(t, err, sale.ErrUnknownOutcome)
	counts(t, g, 5, 0, 1)
	if known, err := g.Knows(t.Context(), product, 1, "a", order(1)); err != nil || known {
		t.Fatalf("known %v, %v", known, err)
	}
}

// TestAProgramOfBeforeTakesAGateForAGroupToBeShut: it knows no other word than open,
// and would admit anybody.
func TestAProgramOfBeforeTakesAGateForAGroupToBeShut(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	state := func(epoch int64, group, want string) {
		t.Helper()
		incarnation, _, err := g.Shut(t.Context(), product, epoch)
		ok(t, err)
		ok(t, g.Open(t.Context(), product, epoch, incarnation, gate.Start{Terms: gate.Hours{LimitPerUser: 1, Group: group}, Remaining: 1}))
		kept := do(t, r.URL(), "HGET", g.keys(product)[0], "state")
		if got, err := kept.ToString(); err != nil || got != want {
			t.Fatalf("a gate for %q is %q, not %q", group, got, want)
		}
	}
	state(1, "", "open")
	state(2, "vip", "grouped")
	state(3, "", "open")
}

// TestEntryOfTheFuture: what waits for the log is found by those who ask for all
// of it, though the server's clock went back.
func TestEntryOfTheFuture(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	do(t, r.URL(), "XADD", g.keys(product)[1], "1-1", "n", "1", "at", "99999999999999", "orders", "\x01a0123456789abcdef")
	entries, err := g.Pending(t.Context(), product, 0, 10)
	if ok(t, err); len(entries) != 1 {
		t.Fatalf("pending %v", entries)
	}
	entries, err = g.Pending(t.Context(), product, time.Microsecond, 10)
	if ok(t, err); len(entries) != 0 {
		t.Fatalf("pending for a microsecond: %v", entries)
	}
}

// TestDamagedEntry: an entry that nobody can read is never passed over.
func TestDamagedEntry(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	opened(t, g, 5)
	for id, orders := range map[string]string{"1-1": "\x05cut", "1-2": "\xff"} {
		do(t, r.URL(), "XADD", g.keys(product)[1], id, "n", "1", "at", "0", "orders", orders)
		if entries, err := g.Pending(t.Context(), product, 0, 10); err == nil {
			t.Fatalf("%q is read as %v", orders, entries)
		}
		if c, err := g.Cut(t.Context(), product); err == nil {
			t.Fatalf("%q is read as %v", orders, c.Outbox)
		}
		do(t, r.URL(), "DEL", g.keys(product)[1])
	}
}

// TestOutOfMemory: a script that may not write does not write half.
func TestOutOfMemory(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	opened(t, g, 5, gate.Holding{User: "h", Order: order(9)})
	do(t, r.URL(), "CONFIG", "SET", "maxmemory", "1")
	_, err := g.Admit(t.Context(), product, gate.Try{}, []gate.Request{buy("a", 1)})
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

// TestKeys: a gate has the keys that the package comment names, and leaves none.
func TestKeys(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()}).Of("a")
	keys := func(want ...string) {
		t.Helper()
		m := do(t, r.URL(), "KEYS", "*")
		got, err := m.AsStrSlice()
		ok(t, err)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Fatalf("keys are %q, not %q", got, want)
		}
	}
	const gateKey, boxKey, recentKey = "seckill:3:a:{p_1-X}:gate", "seckill:3:a:{p_1-X}:outbox", "seckill:3:a:{p_1-X}:e1:recent"
	opened(t, g, 5, gate.Holding{User: "h", Order: order(9)})
	keys("seckill:3:a:{p_1-X}:e1:buyers", gateKey)
	admits(t, g, buy("a", 1), gate.Admitted)
	keys("seckill:3:a:{p_1-X}:e1:buyers", recentKey, gateKey, boxKey)
	incarnation, _, err := g.Shut(t.Context(), product, 3)
	ok(t, err)
	keys(gateKey, boxKey)
	ok(t, g.Load(t.Context(), product, 3, incarnation, []gate.Holding{{User: "a", Order: order(1)}}))
	keys("seckill:3:a:{p_1-X}:e3:buyers", gateKey, boxKey)
	ok(t, g.Remove(t.Context(), product, 3))
	keys(gateKey, boxKey) // for the order that waits
	ok(t, g.Forget(t.Context(), product, []gate.EntryID{"1-1"}))
	keys()
	opened(t, g, 5)
	a, err := g.Admit(t.Context(), product, gate.Try{}, []gate.Request{buy("a", 1)})
	ok(t, err)
	ok(t, g.Forget(t.Context(), product, []gate.EntryID{a.Entry}))
	ok(t, g.Remove(t.Context(), product, 1))
	keys()
}
