package gatetest

import (
	"slices"
	"testing"

	"seckill/internal/gate"
)

var inspecting = []subtest{
	{"Inspect/users are all who have an order", func(t *testing.T, f *fixture) {
		f.open(2, limited(3, 2), has("loaded", 1), had("ended", 2), has("two", 3), has("two", 4), had("both", 5), has("both", 6))
		f.admit(buy("admitted", 7), buy("admitted", 8), buy("loaded", 9), buy("refused", 10))
		f.giveBack(2, 1, f.returned(1, "admitted", 7))
		want := []string{"admitted", "both", "ended", "loaded", "two"}
		if got := f.users(2); !slices.Equal(got, want) {
			t.Fatalf("users are %q, not %q", got, want)
		}
	}},
	{"Inspect/a fresh gate has no users", func(t *testing.T, f *fixture) {
		f.open(2, selling(3))
		if got := f.users(2); len(got) != 0 {
			t.Fatalf("users are %q", got)
		}
	}},
	{"Inspect/users from a seq on", usersFromASeqOn},
	{"Inspect/a user may be looked at from within Users", func(t *testing.T, f *fixture) {
		f.open(2, selling(9), has("a", 1))
		err := f.Keeper.Users(f.ctx, f.product, 2, 0, func(user string) { f.knows(2, user, 1, true) })
		f.want(err, nil)
	}},
	{"Inspect/knows", func(t *testing.T, f *fixture) {
		f.open(2, limited(3, 2), has("a", 1), had("a", 2), has("b", 3))
		f.admit(buy("a", 4), buy("c", 5), buy("b", 6), buy("d", 7))
		f.giveBack(2, 1, f.returned(1, "c", 5))
		for _, c := range []struct {
			user string
			n    int
			want bool
		}{
			{"a", 1, true}, {"a", 2, true}, {"a", 4, true}, {"a", 3, false}, {"a", 9, false},
			{"b", 3, true}, {"b", 1, false}, {"b", 6, true}, {"c", 5, true}, {"d", 7, false}, {"e", 1, false},
		} {
			f.knows(2, c.user, c.n, c.want)
		}
	}},
	{"Inspect/cut", func(t *testing.T, f *fixture) {
		start := selling(9)
		start.Returned = 2
		f.open(2, start)
		f.admit(buyers(0, 2)...)
		f.admit(buyers(2, 3)...)
		f.forget("2-1")
		f.giveBack(2, 3, f.returned(3, "user0", 0))
		c, err := f.Keeper.Cut(f.ctx, f.product)
		f.want(err, nil)
		if v := c.View; v.Epoch != 2 || v.Seq != 5 || v.Remaining != 5 || v.Returned != 3 {
			t.Fatalf("cut %+v", v)
		}
		if !slices.EqualFunc(c.Outbox, f.pending(0, all), sameEntry) || len(c.Outbox) != 1 {
			t.Fatalf("cut %v, pending %v", c.Outbox, f.pending(0, all))
		}
	}},
	{"Inspect/cut is of one instant", cutUnderLoad},
	{"Inspect/looking changes nothing", func(t *testing.T, f *fixture) {
		f.open(2, selling(9))
		f.admit(buy("a", 1))
		before := f.view()
		f.knows(2, "b", 2, false)
		f.users(2)
		_, err := f.Keeper.Cut(f.ctx, f.product)
		f.want(err, nil)
		f.counts(before.Remaining, before.Seq, before.Returned)
		f.decides(buy("b", 2), yes(2, 2))
	}},
}

// usersFromASeqOn asks after each batch for everybody since each one before.
func usersFromASeqOn(t *testing.T, f *fixture) {
	f.open(2, limited(int64(f.MaxUnrelayed), 2), has("loaded", 1), had("ended", 2))
	var admitted []string // by seq, from 1 on
	ends := []int64{0}
	check := func() {
		t.Helper()
		for _, end := range ends {
			got := f.usersFrom(2, end+1)
			for i, user := range admitted[end:] {
				if !slices.Contains(got, user) {
					t.Fatalf("of %d orders, %s of seq %d is not among the users from seq %d on: %q", len(admitted), user, int(end)+i+1, end+1, got)
				}
			}
		}
	}
	check()
	for n := 0; len(admitted) < f.MaxUnrelayed-6; n += 7 {
		batch := buyers(n, 1+n%7)
		f.admit(batch...)
		for _, r := range batch {
			admitted = append(admitted, nameOf(r.User))
		}
		ends = append(ends, int64(len(admitted)))
		check()
	}
	if got := f.usersFrom(2, int64(len(admitted))/2); !slices.Contains(got, admitted[len(admitted)/2]) {
		t.Fatalf("from amid a batch on they are %q", got)
	}
	if got := f.users(2); len(got) != len(admitted)+2 {
		t.Fatalf("they are %d of %d orders, in all", len(got), len(admitted))
	}
	f.giveBack(2, 1, f.returned(1, admitted[len(admitted)-1], 0))
	check()
}

// cutUnderLoad forgets nothing, so that the outbox of every cut must hold exactly
// the seqs up to that of its view.
func cutUnderLoad(t *testing.T, f *fixture) {
	f.open(1, selling(int64(f.MaxUnrelayed)))
	together(func(n int) {
		if n%2 == 0 {
			if _, err := f.Keeper.Admit(f.ctx, f.product, gate.Try{}, buyers(n*3, 3)); err != nil {
				t.Error(err)
			}
			return
		}
		c, err := f.Keeper.Cut(f.ctx, f.product)
		if err != nil {
			t.Error(err)
			return
		}
		next := int64(1)
		for _, e := range c.Outbox {
			for _, r := range e.Orders {
				if r.Seq != next {
					t.Errorf("seq %d where %d was due", r.Seq, next)
					return
				}
				next++
			}
		}
		if v := c.View; v.Seq != next-1 || v.Remaining+v.Seq != int64(f.MaxUnrelayed) {
			t.Errorf("view %+v, and %d orders in the outbox", v, next-1)
		}
	})
}

func sameEntry(a, b gate.Entry) bool {
	return a.ID == b.ID && slices.EqualFunc(a.Orders, b.Orders, sameRecord)
}
