package gatetest

import (
	"slices"
	"testing"

	"seckill/internal/gate"
)

var limiting = []subtest{
	{"Admit/limit names the newest order", limitNamesNewest},
	{"Admit/limit counts what was loaded", limitCountsLoaded},
	{"Admit/no more orders than one may have", noMoreOrders},
	{"Admit/who had many orders", manyOrders},
	{"Admit/an ended order is known and not counted", endedIsKnown},
}

func limitNamesNewest(t *testing.T, f *fixture) {
	f.open(1, limited(9, 3))
	f.equal(f.admit(buy("a", 1), buy("b", 7), buy("a", 2)).Decisions, []gate.Decision{yes(1, 1), yes(7, 2), yes(2, 3)})
	f.equal(f.admit(buy("a", 3), buy("a", 4)).Decisions, []gate.Decision{yes(3, 4), no(gate.LimitReached, 3)})
	f.giveBack(1, 1, f.returned(1, "a", 3))
	f.equal(f.admit(buy("a", 5), buy("a", 6)).Decisions, []gate.Decision{yes(5, 5), no(gate.LimitReached, 5)})
	f.giveBack(1, 2, f.returned(2, "a", 1))
	f.equal(f.admit(buy("a", 1)).Decisions, []gate.Decision{no(gate.Known, 1)})
	f.equal(f.admit(buy("a", 8), buy("a", 9)).Decisions, []gate.Decision{yes(8, 6), no(gate.LimitReached, 8)})
}

// A user's orders are loaded oldest first, for nothing else tells their age.
func limitCountsLoaded(t *testing.T, f *fixture) {
	incarnation, _ := f.shut(1)
	f.load(1, incarnation, has("a", 5), has("b", 6), has("a", 2))
	f.load(1, incarnation, had("b", 1), has("c", 7), had("c", 8))
	f.want(f.Keeper.Open(f.ctx, f.product, 1, incarnation, limited(9, 2)), nil)
	f.decides(buy("a", 10), no(gate.LimitReached, 2))
	f.equal(f.admit(buy("b", 11), buy("b", 12)).Decisions, []gate.Decision{yes(11, 1), no(gate.LimitReached, 11)})
	f.equal(f.admit(buy("c", 13), buy("c", 14)).Decisions, []gate.Decision{yes(13, 2), no(gate.LimitReached, 13)})
	f.open(2, selling(9), has("c", 7), had("c", 8))
	f.decides(buy("c", 15), no(gate.LimitReached, 7))
}

// noMoreOrders counts loaded and admitted, held and ended orders, and meets the
// bound before every verdict that may change.
func noMoreOrders(t *testing.T, f *fixture) {
	start := func(remaining int64, paused bool) gate.Start {
		return gate.Start{Terms: gate.Hours{LimitPerUser: 2, OrdersPerUser: 3, Paused: paused}, Remaining: remaining}
	}
	f.open(1, start(9, false), had("a", 1), had("a", 2), had("b", 3))
	f.equal(f.admit(buy("a", 4), buy("a", 5), buy("b", 6), buy("b", 7)).Decisions,
		[]gate.Decision{yes(4, 1), no(gate.OrderLimit, 5), yes(6, 2), yes(7, 3)})
	f.decides(buy("b", 8), no(gate.LimitReached, 7))
	f.giveBack(1, 2, f.returned(1, "b", 7), f.returned(2, "a", 4))
	f.equal(f.admit(buy("a", 4), buy("b", 8), buy("a", 5), buy("c", 9)).Decisions,
		[]gate.Decision{no(gate.Known, 4), no(gate.OrderLimit, 8), no(gate.OrderLimit, 5), yes(9, 4)})
	f.counts(7, 4, 2)
	for epoch, s := range []gate.Start{start(0, false), start(9, true)} {
		f.open(int64(2+epoch), s, had("a", 1), had("a", 2), had("a", 3))
		f.equal(f.admit(buy("a", 3), buy("a", 4)).Decisions, []gate.Decision{no(gate.Known, 3), no(gate.OrderLimit, 4)})
	}
	f.open(4, limited(9, 2), had("a", 1), had("a", 2), had("a", 3))
	f.decides(buy("a", 4), yes(4, 1)) // no bound
}

// manyOrders has a user with more orders than any bound of today lets one have:
// each of them is known, however often it ended or was held.
func manyOrders(t *testing.T, f *fixture) {
	const orders, part = 5000, 900
	var holdings []gate.Holding
	for n := range orders {
		holdings = append(holdings, had("a", n))
	}
	incarnation, _ := f.shut(1)
	for chunk := range slices.Chunk(holdings, part) {
		f.load(1, incarnation, chunk...)
	}
	f.load(1, incarnation, has("a", orders))
	terms := gate.Start{Terms: gate.Hours{LimitPerUser: 2, OrdersPerUser: orders + 2}, Remaining: 9}
	f.want(f.Keeper.Open(f.ctx, f.product, 1, incarnation, terms), nil)
	var again []gate.Request
	for n := range orders + 1 {
		again = append(again, buy("a", n))
	}
	for n, d := range f.admit(again...).Decisions {
		if d != no(gate.Known, n) {
			t.Fatalf("order %d: %v", n, words([]gate.Decision{d}))
		}
	}
	f.decides(buy("a", orders+1), yes(orders+1, 1))
	f.giveBack(1, 2, f.returned(1, "a", orders), f.returned(2, "a", orders+1))
	f.knows(1, "a", orders, true)
	f.equal(f.admit(buy("a", orders+1), buy("a", orders+2)).Decisions, []gate.Decision{no(gate.Known, orders+1), no(gate.OrderLimit, orders+2)})
}

func endedIsKnown(t *testing.T, f *fixture) {
	f.open(1, selling(2), had("a", 1), had("b", 2), had("b", 3), has("c", 4))
	f.equal(f.admit(buy("a", 1), buy("b", 2), buy("b", 3), buy("c", 4)).Decisions,
		[]gate.Decision{no(gate.Known, 1), no(gate.Known, 2), no(gate.Known, 3), no(gate.Known, 4)})
	f.equal(f.admit(buy("a", 5), buy("b", 6)).Decisions, []gate.Decision{yes(5, 1), yes(6, 2)})
	f.counts(0, 2, 0)
}
