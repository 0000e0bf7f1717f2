package redisgate

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// everything calls what a gate that is not the open one must refuse.
func everything(ctx context.Context, g *Gate, incarnation string) map[string]error {
	out := map[string]error{}
	_, out["Admit"] = g.Admit(ctx, product, gate.Try{}, []gate.Request{buy("late", 99)})
	out["Load"] = g.Load(ctx, product, 1, incarnation, []gate.Holding{{User: "late", Order: order(99)}})
	out["Open"] = g.Open(ctx, product, 1, incarnation, gate.Start{})
	_, out["Return"] = g.Return(ctx, product, 1, nil)
	_, out["View"] = g.View(ctx, product)
	out["Users"] = g.Users(ctx, product, 1, 0, func(string) {})
	_, out["Knows"] = g.Knows(ctx, product, 1, "a", order(1))
	_, out["Cut"] = g.Cut(ctx, product)
	return out
}

func refuses(ctx context.Context, t *testing.T, g *Gate, incarnation string, kind error) {
	t.Helper()
	for method, err := range everything(ctx, g, incarnation) {
		if !errors.Is(err, kind) {
			t.Fatalf("%s: error is %v, not %v", method, err, kind)
		}
	}
}

// TestKilled: what was answered is kept, and refused all the same, for another
// server might have kept less. The outbox is there for the opener.
func TestKilled(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	incarnation := opened(t, g, 5)
	admits(t, g, buy("a", 1), gate.Admitted)
	r.Kill()
	_, err := g.Admit(t.Context(), product, gate.Try{}, []gate.Request{buy("b", 2)}) // the connection may not know yet
	is(t, err, sale.ErrUnavailable, sale.ErrUnknownOutcome)
	_, err = g.Admit(t.Context(), product, gate.Try{}, []gate.Request{buy("b", 2)})
	is(t, err, sale.ErrUnavailable)
	_, err = New(Options{URL: r.URL()})
	is(t, err, sale.ErrUnavailable)

	ok(t, r.Start(t.Context()))
	serves(t, r)
	refuses(t.Context(), t, g, incarnation, sale.ErrFenced)
	entries, err := g.Pending(t.Context(), product, 0, 10)
	ok(t, err)
	if len(entries) != 1 || entries[0].Orders[0].UserID != "a" {
		t.Fatalf("the outbox holds %v", entries)
	}
}

// TestKilledWhileOpening: nobody has to wait for an opener that cannot go on.
func TestKilledWhileOpening(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	before, _, err := g.Shut(t.Context(), product, 1)
	ok(t, err)
	ok(t, g.Load(t.Context(), product, 1, before, []gate.Holding{{User: "a", Order: order(1)}}))
	killed(t, r)
	g = connect(t, Options{URL: r.URL()})
	refuses(t.Context(), t, g, before, sale.ErrFenced)

	// The next opener of the epoch begins with nothing, so that it can load all.
	opened(t, g, 5, gate.Holding{User: "a", Order: order(1)})
	_, err = g.Return(t.Context(), product, 1, []sale.Return{{Number: 1, UserID: "a", OrderID: order(1)}})
	ok(t, err)
	admits(t, g, buy("a", 2), gate.Admitted)
}

func TestFlushed(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	incarnation := opened(t, g, 5)
	admits(t, g, buy("a", 1), gate.Admitted)
	do(t, r.URL(), "FLUSHALL")
	refuses(t.Context(), t, g, incarnation, sale.ErrNoGate)
	entries, err := g.Pending(t.Context(), product, 0, 10)
	if ok(t, err); len(entries) != 0 {
		t.Fatalf("the outbox holds %v", entries)
	}
	ok(t, g.Forget(t.Context(), product, []gate.EntryID{"1-1"}))
	opened(t, g, 5)
	admits(t, g, buy("a", 1), gate.Admitted)
}

// TestDemotedAndPromoted: the same process with the same data, between which
// another one may have been the primary.
func TestDemotedAndPromoted(t *testing.T) {
	r, other := server(t), server(t)
	g := connect(t, Options{URL: r.URL()})
	incarnation := opened(t, g, 5)
	admits(t, g, buy("a", 1), gate.Admitted)
	follow := append([]string{"REPLICAOF"}, strings.Split(strings.TrimSuffix(strings.TrimPrefix(other.URL(), "redis://"), "/0"), ":")...)
	other.Stop() // it is demoted, and syncs with nobody
	do(t, r.URL(), follow...)
	refuses(t.Context(), t, g, incarnation, sale.ErrFenced)
	_, _, err := g.Shut(t.Context(), product, 2)
	is(t, err, sale.ErrUnavailable)
	do(t, r.URL(), "REPLICAOF", "NO", "ONE")
	refuses(t.Context(), t, g, incarnation, sale.ErrFenced)
	if after, _, err := g.Shut(t.Context(), product, 2); err != nil || after == incarnation {
		t.Fatalf("incarnation %q, then %q, %v", incarnation, after, err)
	}
}

func TestPromotedReplica(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	opened(t, g, 5)
	replica, err := r.Replica(t.Context(), t.TempDir())
	ok(t, err)
	// The first replica gives the primary a new replication id.
	incarnation, _, err := g.Shut(t.Context(), product, 2)
	ok(t, err)
	ok(t, g.Open(t.Context(), product, 2, incarnation, gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: 5}))
	do(t, r.URL(), "WAIT", "1", "0")
	r.Kill()
	g = connect(t, Options{URL: replica.URL()})
	refuses(t.Context(), t, g, incarnation, sale.ErrFenced)
	do(t, replica.URL(), "REPLICAOF", "NO", "ONE")
	refuses(t.Context(), t, g, incarnation, sale.ErrFenced)
}

// TestFrozen: a server that does not answer may still find in its socket what it
// was sent.
func TestFrozen(t *testing.T) {
	r := server(t)
	g := connect(t, Options{URL: r.URL()})
	incarnation := opened(t, g, 5)
	r.Freeze()
	is(t, impatient(t, func(ctx context.Context) error {
		_, err := g.Admit(ctx, product, gate.Try{}, []gate.Request{buy("a", 1)})
		return err
	}), sale.ErrUnknownOutcome)
	is(t, impatient(t, func(ctx context.Context) error {
		return g.Load(ctx, product, 1, incarnation, []gate.Holding{{User: "b", Order: order(2)}})
	}), sale.ErrUnknownOutcome)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := g.View(ctx, product)
	is(t, err, sale.ErrUnavailable)
	refuses(ctx, t, g, incarnation, sale.ErrUnavailable) // it is not sent any more
	r.Thaw()

	a, err := g.Admit(t.Context(), product, gate.Try{}, []gate.Request{buy("a", 1)})
	ok(t, err)
	if v := a.Decisions[0].Verdict; v != gate.Admitted && v != gate.Known {
		t.Fatalf("verdict %d", v)
	}
	counts(t, g, 4, 1, 1)
}

// impatient gives up a call soon, and makes it again if the machine was so
// busy that it was given up before it was made.
func impatient(t *testing.T, call func(context.Context) error) (err error) {
	for range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		err = call(ctx)
		cancel()
		if !errors.Is(err, sale.ErrUnavailable) {
			break
		}
	}
	return err
}

func TestClosed(t *testing.T) {
	g := connect(t, Options{URL: server(t).URL()})
	opened(t, g, 5)
	g.Close()
	refuses(t.Context(), t, g, "", sale.ErrUnavailable)
}
