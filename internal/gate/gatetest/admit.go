package gatetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var admitting = []subtest{
	{"Admit/takes units until none remain", func(t *testing.T, f *fixture) {
		f.open(1, selling(2))
		a := f.admit(buy("a", 1), buy("b", 2), buy("c", 3))
		f.equal(a.Decisions, []gate.Decision{yes(1, 1), yes(2, 2), no(gate.SoldOut, 3)})
		f.decides(buy("d", 4), no(gate.SoldOut, 4))
		f.counts(0, 2, 0)
	}},
	{"Admit/decides in the order of the batch", func(t *testing.T, f *fixture) {
		f.open(1, selling(1))
		f.equal(f.admit(buy("z", 9), buy("a", 1)).Decisions, []gate.Decision{yes(9, 1), no(gate.SoldOut, 1)})
	}},
	{"Admit/seq goes on from batch to batch", func(t *testing.T, f *fixture) {
		f.open(1, selling(9))
		f.equal(f.admit(buyers(0, 2)...).Decisions, []gate.Decision{yes(0, 1), yes(1, 2)})
		f.equal(f.admit(buyers(1, 3)...).Decisions, []gate.Decision{no(gate.Known, 1), yes(2, 3), yes(3, 4)})
		f.counts(5, 4, 0)
	}},
	{"Admit/seq starts anew with an epoch", func(t *testing.T, f *fixture) {
		f.open(1, selling(9))
		f.admit(buyers(0, 3)...)
		f.open(2, selling(6), has("user0", 0), has("user1", 1), has("user2", 2))
		f.decides(buy("n", 10), yes(10, 1))
	}},
	{"Admit/a retry is known, and takes nothing", func(t *testing.T, f *fixture) {
		f.open(1, selling(1))
		f.decides(buy("a", 1), yes(1, 1))
		again := f.admit(buy("a", 1))
		f.equal(again.Decisions, []gate.Decision{no(gate.Known, 1)})
		if again.Entry != "" {
			t.Fatalf("entry %q for nothing admitted", again.Entry)
		}
		f.counts(0, 1, 0)
		f.waiting("1-1")
	}},
	{"Admit/an empty batch is answered with the view", func(t *testing.T, f *fixture) {
		f.open(7, selling(3))
		if a := f.admit(); a.Entry != "" || a.View.Epoch != 7 || a.View.Remaining != 3 {
			t.Fatalf("got %+v", a)
		}
		f.waiting()
	}},
	{"Admit/same order twice in one batch", func(t *testing.T, f *fixture) {
		f.open(1, limited(9, 2))
		f.equal(f.admit(buy("a", 1), buy("a", 1)).Decisions, []gate.Decision{yes(1, 1), no(gate.Known, 1)})
		f.counts(8, 1, 0)
	}},
	{"Admit/same user twice in one batch", func(t *testing.T, f *fixture) {
		f.open(1, selling(9))
		f.equal(f.admit(buy("a", 1), buy("a", 2)).Decisions, []gate.Decision{yes(1, 1), no(gate.LimitReached, 1)})
		f.counts(8, 1, 0)
	}},
	{"Admit/order of verdicts", orderOfVerdicts},
	{"Admit/the view is of after the batch", viewAfterBatch},
	{"Admit/full", full},
	{"Admit/not after its deadline", deadline},
	{"Admit/not after a try that fences it", fences},
	{"Admit/ids of every length", everyLength},
	{"Admit/products do not know each other", apart},
}

// orderOfVerdicts meets every pair of neighbours with both reasons at hand.
func orderOfVerdicts(t *testing.T, f *fixture) {
	hour := time.Hour
	_, now := f.shut(1)
	early := gate.Hours{OpensAt: now.Add(hour).Truncate(time.Millisecond), LimitPerUser: 1}
	paused, closed, over := early, early, early
	paused.Paused = true
	closed.Paused, closed.Closed = true, true
	over.Paused, over.OpensAt, over.ClosesAt = true, time.Time{}, now.Add(-hour).Truncate(time.Millisecond)

	for i, c := range []struct {
		hours     gate.Hours
		remaining int64
		stranger  gate.Verdict
	}{
		{closed, 0, gate.Closed},
		{closed, 5, gate.Closed},
		{over, 5, gate.Closed},
		{paused, 0, gate.Paused},
		{paused, 5, gate.Paused},
		{early, 0, gate.NotOpen},
		{early, 5, gate.NotOpen},
		{gate.Hours{LimitPerUser: 1}, 0, gate.SoldOut},
	} {
		f.open(int64(2+i), gate.Start{Terms: c.hours, Remaining: c.remaining}, has("holder", 1), had("former", 2))
		f.equal(f.admit(buy("holder", 1), buy("holder", 3), buy("former", 2), buy("former", 4), buy("new", 5)).Decisions,
			[]gate.Decision{no(gate.Known, 1), no(gate.LimitReached, 1), no(gate.Known, 2), no(c.stranger, 4), no(c.stranger, 5)})
		f.counts(c.remaining, 0, 0)
	}
}

func viewAfterBatch(t *testing.T, f *fixture) {
	now := f.open(4, gate.Start{Terms: gate.Hours{LimitPerUser: 2}, Remaining: 5, Returned: 3})
	a := f.admit(buyers(0, 3)...)
	v := a.View
	if v.Epoch != 4 || v.Remaining != 2 || v.Seq != 3 || v.Returned != 3 || v.Terms != (gate.Hours{LimitPerUser: 2}) || v.Now.Before(now) {
		t.Fatalf("view %+v, opened at %v", v, now)
	}
	if later := f.view(); later.Now.Before(v.Now) {
		t.Fatalf("the gate's time went back from %v to %v", v.Now, later.Now)
	}
}

// deadline asks at both sides of it, and demands that what comes too late changes
// nothing, and is told the time.
func deadline(t *testing.T, f *fixture) {
	f.open(1, selling(9))
	f.decides(buy("a", 1), yes(1, 1))
	ask := func(by time.Time, n int) (gate.Admission, error) {
		return f.Keeper.Admit(f.ctx, f.product, gate.Try{By: by}, []gate.Request{buy(fmt.Sprint("u", n), n)})
	}
	now := f.view().Now
	a, err := ask(now.Add(time.Hour), 2)
	f.want(err, nil)
	f.equal(a.Decisions, []gate.Decision{yes(2, 2)})
	f.Advance(time.Millisecond)
	for n, by := range []time.Time{now, now.Add(-time.Hour)} {
		a, err = ask(by, 3+n)
		f.want(err, sale.ErrLate)
		if a.View.Now.Before(now) || a.Entry != "" || a.Decisions != nil {
			t.Fatalf("too late, it is answered %+v", a)
		}
	}
	_, err = f.Keeper.Admit(f.ctx, f.product, gate.Try{By: now}, []gate.Request{buy("a", 1)}) // known, and late all the same
	f.want(err, sale.ErrLate)
	f.counts(7, 2, 0)
	f.equal(f.admit(buyers(3, 2)...).Decisions, []gate.Decision{yes(3, 3), yes(4, 4)})
	f.shut(2)
	_, err = ask(now, 5)
	f.want(err, sale.ErrShut)
}

// fences sends tries of two lanes in a wrong order: a try does nothing after one that
// fences it, whatever that one brought about, nor at another epoch.
func fences(t *testing.T, f *fixture) {
	f.open(1, selling(9))
	n := 0
	ask := func(try gate.Try) (gate.Admission, error) {
		n++
		return f.Keeper.Admit(f.ctx, f.product, try, buyers(n, 1))
	}
	acts := func(try gate.Try) {
		t.Helper()
		a, err := ask(try)
		f.want(err, nil)
		f.equal(a.Decisions, []gate.Decision{yes(n, a.View.Seq)})
	}
	late := func(try gate.Try) {
		t.Helper()
		before := f.view()
		a, err := ask(try)
		f.want(err, sale.ErrLate)
		if a.Entry != "" || a.Decisions != nil || a.View.Epoch != before.Epoch || a.View.Now.Before(before.Now) {
			t.Fatalf("too late, it is answered %+v", a)
		}
		f.counts(before.Remaining, before.Seq, before.Returned)
	}
	acts(gate.Try{Lane: "a", Number: 2})
	acts(gate.Try{Lane: "a", Number: 1})
	a, err := f.Keeper.Admit(f.ctx, f.product, gate.Try{Lane: "a", Number: 4, Fences: true, Epoch: 1}, buyers(1, 1))
	f.want(err, nil)
	f.equal(a.Decisions, []gate.Decision{no(gate.Known, 1)})
	late(gate.Try{Lane: "a", Number: 3})
	late(gate.Try{Lane: "a", Number: 1, Fences: true})
	acts(gate.Try{Lane: "a", Number: 5})
	acts(gate.Try{Lane: "b", Number: 1})
	late(gate.Try{Lane: "b", Number: 2, Epoch: 2, Fences: true})
	acts(gate.Try{Lane: "b", Number: 1, Epoch: 1})
	f.open(2, selling(9))
	late(gate.Try{Lane: "b", Number: 2, Epoch: 1})
	late(gate.Try{Lane: "a", Number: 6, Epoch: 1, Fences: true})
	acts(gate.Try{Lane: "a", Number: 3, Epoch: 2})
}

// full goes to the bound, over it, and back. A batch counts as a whole: what is
// asked before it is whether more wait than may.
func full(t *testing.T, f *fixture) {
	bound := f.MaxUnrelayed
	f.open(1, selling(int64(2*bound+10)))
	f.admit(buyers(0, bound)...)
	last := f.admit(buyers(bound, 2)...)
	f.equal(last.Decisions, []gate.Decision{yes(bound, int64(bound+1)), yes(bound+1, int64(bound+2))})

	refused := func() {
		t.Helper()
		for _, r := range []gate.Request{buy("new", 3*bound), buy("user0", 0)} {
			_, err := f.Keeper.Admit(f.ctx, f.product, gate.Try{}, []gate.Request{r})
			f.want(err, sale.ErrFull)
		}
	}
	refused()
	f.counts(int64(bound+8), int64(bound+2), 0)
	f.forget("9-9")
	refused()
	// It is the outbox that is full, so a new epoch does not help.
	f.open(2, selling(int64(bound+10)))
	refused()
	f.forget(last.Entry)
	f.forget(last.Entry)
	f.decides(buy("new", 3*bound), yes(3*bound, 1))
	refused()
}

func everyLength(t *testing.T, f *fixture) {
	var batch []gate.Request
	var want []gate.Decision
	var names []string
	for n := 1; n <= sale.MaxUser; n++ {
		name := strings.Repeat("-aZ_9./=@", 14)[:n]
		names = append(names, name)
		batch = append(batch, gate.Request{User: name, Order: order(n)})
		want = append(want, yes(n, int64(n)))
	}
	f.open(1, selling(sale.MaxUser))
	f.equal(f.admit(batch...).Decisions, want)
	for i := range want {
		want[i] = no(gate.Known, i+1)
	}
	f.equal(f.admit(batch...).Decisions, want)
	slices.Sort(names)
	if got := f.users(1); !slices.Equal(got, names) {
		t.Fatalf("users are %q, not %q", got, names)
	}
	long := f.of(strings.Repeat("p", sale.MaxID))
	long.open(1, selling(1))
	long.decides(buy("a", 1), yes(1, 1))
}
