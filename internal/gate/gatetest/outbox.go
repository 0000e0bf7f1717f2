package gatetest

import (
	"slices"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var boxing = []subtest{
	{"Outbox/one entry a batch", func(t *testing.T, f *fixture) {
		f.open(3, selling(4))
		for _, c := range []struct {
			batch []gate.Request
			want  gate.EntryID
		}{
			{buyers(0, 2), "3-1"},
			{buyers(0, 2), ""},
			{buyers(1, 2), "3-3"},
			{buyers(3, 5), "3-4"},
			{buyers(8, 2), ""},
		} {
			if a := f.admit(c.batch...); a.Entry != c.want {
				t.Fatalf("entry %q, not %q", a.Entry, c.want)
			}
		}
		f.waiting("3-1", "3-3", "3-4")
	}},
	{"Outbox/records", records},
	{"Outbox/what is returned is the caller's", func(t *testing.T, f *fixture) {
		f.open(1, selling(4))
		batch := buyers(0, 2)
		f.admit(batch...)
		batch[0] = buy("other", 99)
		f.pending(0, all)[0].Orders[1].UserID = "changed"
		orders := f.pending(0, all)[0].Orders
		if orders[0].UserID != userID("user0") || orders[1].UserID != userID("user1") {
			t.Fatalf("the outbox now holds %v", orders)
		}
	}},
	{"Outbox/age", age},
	{"Outbox/oldest first, and at most max", func(t *testing.T, f *fixture) {
		f.open(1, selling(20))
		for i := range 11 {
			f.admit(buyers(i, 1)...)
		}
		if got := ids(f.pending(0, 3)); !slices.Equal(got, []gate.EntryID{"1-1", "1-2", "1-3"}) {
			t.Fatalf("the oldest three are %q", got)
		}
		f.forget("1-1", "1-3")
		if got := ids(f.pending(0, 3)); !slices.Equal(got, []gate.EntryID{"1-2", "1-4", "1-5"}) {
			t.Fatalf("the oldest three are now %q", got)
		}
		f.waiting("1-2", "1-4", "1-5", "1-6", "1-7", "1-8", "1-9", "1-10", "1-11")
	}},
	{"Outbox/forget", func(t *testing.T, f *fixture) {
		f.forget()
		f.forget("1-1")
		f.open(1, selling(20))
		for i := range 4 {
			f.admit(buyers(i, 1)...)
		}
		f.forget()
		f.forget("1-4", "1-2", "7-1", "1-2")
		f.waiting("1-1", "1-3")
		f.forget("1-1", "1-3")
		f.waiting()
		f.admit(buyers(9, 1)...)
		f.waiting("1-5")
	}},
	{"Outbox/forgetting takes nothing else", func(t *testing.T, f *fixture) {
		f.open(1, selling(1))
		f.forget(f.admit(buy("a", 1)).Entry)
		f.decides(buy("a", 1), no(gate.Known, 1))
		f.decides(buy("b", 2), no(gate.SoldOut, 2))
		f.counts(0, 1, 0)
	}},
	{"Outbox/outlives its epoch", outlives},
	{"Outbox/the view counts what waits", func(t *testing.T, f *fixture) {
		waits := func(want int64) {
			t.Helper()
			if v := f.view(); v.Waiting != want {
				t.Fatalf("%d orders wait, not %d", v.Waiting, want)
			}
		}
		f.open(1, selling(9))
		waits(0)
		if a := f.admit(buyers(0, 3)...); a.View.Waiting != 3 {
			t.Fatalf("%d orders wait as three were admitted", a.View.Waiting)
		}
		f.open(2, selling(9))
		f.admit(buyers(3, 2)...)
		waits(5)
		c, err := f.Keeper.Cut(f.ctx, f.product)
		if f.want(err, nil); c.View.Waiting != 5 {
			t.Fatalf("%d orders wait at the cut", c.View.Waiting)
		}
		f.forget("1-1", "1-1")
		waits(2)
		f.forget("2-1")
		waits(0)
	}},
	{"Outbox/of a product without a gate is empty", func(t *testing.T, f *fixture) { f.waiting() }},
}

// records demands that an entry is what its admission said, so that whoever
// appends either puts the same lines into the log.
func records(t *testing.T, f *fixture) {
	f.open(2, selling(3), has("a", 1))
	a := f.admit(buy("a", 1), buy("b", 2), buy("a", 9), buy("c", 3))
	entries := f.pending(0, all)
	if len(entries) != 1 || entries[0].ID != a.Entry || len(entries[0].Orders) != 2 {
		t.Fatalf("entry %s has become %v", a.Entry, entries)
	}
	for i, want := range []sale.Record{
		{Kind: sale.KindOrder, ProductID: f.product, Epoch: 2, OrderID: order(2), UserID: userID("b"), Seq: 1},
		{Kind: sale.KindOrder, ProductID: f.product, Epoch: 2, OrderID: order(3), UserID: userID("c"), Seq: 2},
	} {
		got := entries[0].Orders[i]
		if !got.At.Equal(a.View.Now.Truncate(time.Millisecond)) || got.At.Location() != time.UTC {
			t.Fatalf("made at %v, admitted at %v", got.At, a.View.Now)
		}
		got.At = time.Time{}
		if got != want {
			t.Fatalf("record %+v, not %+v", got, want)
		}
	}
}

// age asks again and again while two entries become old, and demands of each
// answer what the gate's time just before and just after it allow.
func age(t *testing.T, f *fixture) {
	const old = 40 * time.Millisecond
	f.open(1, selling(9))
	var made []time.Time
	for i := range 2 {
		made = append(made, f.admit(buyers(i, 1)...).View.Now)
		f.Advance(old / 2)
	}
	for range 5 {
		before := f.view().Now
		got := ids(f.pending(old, all))
		after := f.view().Now
		for i, id := range []gate.EntryID{"1-1", "1-2"} {
			is := slices.Contains(got, id)
			if must := before.Sub(made[i]) >= old; must && !is {
				t.Fatalf("%s, %v old, is not among the %q", id, before.Sub(made[i]), got)
			}
			recorded := made[i].Truncate(time.Millisecond) // a keeper may go by what the record says
			if may := after.Sub(recorded) >= old; !may && is {
				t.Fatalf("%s, %v old, is among the %q", id, after.Sub(recorded), got)
			}
		}
		f.Advance(old / 4)
	}
	if got := f.pending(time.Hour, all); len(got) != 0 {
		t.Fatalf("an hour old: %v", got)
	}
}

func outlives(t *testing.T, f *fixture) {
	f.open(1, selling(9))
	f.admit(buyers(0, 2)...)
	before := f.pending(0, all)
	same := func(more ...gate.EntryID) {
		t.Helper()
		f.waiting(append([]gate.EntryID{"1-1"}, more...)...)
		if got := f.pending(0, 1); !slices.EqualFunc(got[0].Orders, before[0].Orders, sameRecord) {
			t.Fatalf("%v has become %v", before, got)
		}
	}
	incarnation, _ := f.shut(2)
	same()
	f.load(2, incarnation, has("z", 99))
	same()
	f.want(f.Keeper.Open(f.ctx, f.product, 2, incarnation, selling(9)), nil)
	same()
	f.admit(buyers(0, 1)...)
	same("2-1")
	f.shut(3)
	f.forget("2-1")
	same()
	f.want(f.Keeper.Remove(f.ctx, f.product, 3), nil)
	same()
	f.forget("1-1")
	f.waiting()
}

func sameRecord(a, b sale.Record) bool {
	at := a.At.Equal(b.At)
	a.At, b.At = time.Time{}, time.Time{}
	return at && a == b
}
