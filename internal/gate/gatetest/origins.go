package gatetest

import (
	"fmt"
	"maps"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var origins = []subtest{
	{"Origins/one has as many unpaid orders as may be", func(t *testing.T, f *fixture) {
		f.open(1, bounded(9, 2))
		f.equal(f.admit(from("a", 1, 1), from("b", 2, 1), from("c", 3, 1), from("d", 4, 2), buy("e", 5)).Decisions,
			[]gate.Decision{yes(1, 1), yes(2, 2), no(gate.AddressLimit, 3), yes(4, 3), yes(5, 4)})
		f.decides(from("c", 3, 1), no(gate.AddressLimit, 3))
		f.decides(from("a", 1, 1), no(gate.Known, 1)) // and from wherever it is asked for again
		f.decides(from("a", 1, 2), no(gate.Known, 1))
		f.counts(5, 4, 0)
	}},
	{"Origins/a crowd of one gets what one may", func(t *testing.T, f *fixture) {
		f.open(1, bounded(90, 3))
		var batch []gate.Request
		for i := range 50 {
			batch = append(batch, from(fmt.Sprintf("user%d", i), i, 1))
		}
		f.admit(batch...)
		f.counts(87, 3, 0)
	}},
	{"Origins/nobody is counted where nothing bounds them", func(t *testing.T, f *fixture) {
		f.open(1, selling(9))
		a := f.admit(from("a", 1, 1), from("b", 2, 1))
		f.equal(a.Decisions, []gate.Decision{yes(1, 1), yes(2, 2)})
		for _, r := range f.pending(0, all)[0].Orders {
			if r.Origin != "" {
				t.Errorf("an order says that it came from %s", r.Origin)
			}
		}
	}},
	{"Origins/the outbox has them", func(t *testing.T, f *fixture) {
		f.open(1, bounded(9, 2))
		f.admit(from("a", 1, 1), buy("b", 2), from("c", 3, 2))
		var got []string
		for _, r := range f.pending(0, all)[0].Orders {
			got = append(got, r.Origin)
		}
		if want := []string{origin(1), "", origin(2)}; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q, not %q", got, want)
		}
	}},
	{"Origins/an audit is told how many wait", func(t *testing.T, f *fixture) {
		f.open(1, bounded(9, 2), waits("a", 1, 1), waits("b", 2, 2), has("c", 3), had("d", 4))
		f.unpaid(map[string]int{origin(1): 1, origin(2): 1})
		f.admit(from("e", 5, 1), from("f", 6, 1), from("g", 7, 3), buy("h", 8))
		f.unpaid(map[string]int{origin(1): 2, origin(2): 1, origin(3): 1})
		f.giveBack(1, 2, f.left(1, "b", 2, 2, true), f.left(2, "e", 5, 1, false))
		f.unpaid(map[string]int{origin(1): 1, origin(3): 1})
		f.open(2, selling(9), waits("a", 1, 1))
		f.unpaid(nil)
	}},
	{"Origins/an opening brings those that wait", func(t *testing.T, f *fixture) {
		f.open(1, bounded(9, 2), waits("a", 1, 1), waits("b", 2, 1), has("c", 3), had("d", 4))
		f.equal(f.admit(from("e", 5, 1), from("f", 6, 2)).Decisions, []gate.Decision{no(gate.AddressLimit, 5), yes(6, 1)})
		f.open(2, bounded(9, 2), waits("a", 1, 1)) // and nothing of those before it
		f.equal(f.admit(from("e", 5, 1), from("g", 7, 1)).Decisions, []gate.Decision{yes(5, 1), no(gate.AddressLimit, 7)})
	}},
	{"Origins/an order that ends makes room", func(t *testing.T, f *fixture) {
		f.open(1, bounded(9, 1), waits("a", 1, 1))
		f.decides(from("b", 2, 1), no(gate.AddressLimit, 2))
		f.giveBack(1, 1, f.left(1, "a", 1, 1, false))
		f.giveBack(1, 1, f.left(1, "a", 1, 1, false)) // once
		f.counts(10, 0, 1)
		f.equal(f.admit(from("b", 2, 1), from("c", 3, 1)).Decisions, []gate.Decision{yes(2, 1), no(gate.AddressLimit, 3)})
	}},
	{"Origins/one that is paid makes room, and keeps its unit", func(t *testing.T, f *fixture) {
		f.open(1, bounded(1, 1), waits("a", 1, 1))
		f.giveBack(1, 1, f.left(1, "a", 1, 1, true))
		f.counts(1, 0, 1)
		f.equal(f.admit(from("b", 2, 1), from("c", 3, 2), from("a", 4, 2), from("a", 1, 2)).Decisions,
			[]gate.Decision{yes(2, 1), no(gate.SoldOut, 3), no(gate.LimitReached, 1), no(gate.Known, 1)})
	}},
	{"Origins/the address comes last of all", func(t *testing.T, f *fixture) {
		start := bounded(0, 1)
		f.open(1, start, waits("a", 1, 1))
		f.decides(from("b", 2, 1), no(gate.SoldOut, 2))
		start = bounded(9, 1)
		start.Terms.Group = "vip"
		f.open(2, start, waits("a", 1, 1))
		f.decides(from("b", 2, 1), no(gate.NotEligible, 2))
	}},
}

// bounded is a start with so many units, of which one origin may have so many unpaid.
func bounded(units int64, unpaid int) gate.Start {
	start := selling(units)
	start.Terms.UnpaidPerAddress = unpaid
	return start
}

// origin is the n-th one of a test.
func origin(n int) string { return fmt.Sprintf("%016x", n) }

func from(user string, n, where int) gate.Request {
	r := buy(user, n)
	r.Origin = origin(where)
	return r
}

func waits(user string, n, where int) gate.Holding {
	h := has(user, n)
	h.Origin = origin(where)
	return h
}

// unpaid demands what a cut says of origins.
func (f *fixture) unpaid(want map[string]int) {
	f.Helper()
	c, err := f.Keeper.Cut(f.ctx, f.product)
	if f.want(err, nil); !maps.Equal(c.Unpaid, want) {
		f.Fatalf("waiting for payment, by origin: %v, not %v", c.Unpaid, want)
	}
}

// left is the return by number of a user's order that waited for payment.
func (f *fixture) left(number int64, user string, n, where int, paid bool) sale.Return {
	r := f.returned(number, user, n)
	r.Origin, r.Paid = origin(where), paid
	return r
}
