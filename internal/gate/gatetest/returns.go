package gatetest

import (
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var returning = []subtest{
	{"Return/a unit is buyable again", func(t *testing.T, f *fixture) {
		f.open(1, selling(1))
		f.decides(buy("a", 1), yes(1, 1))
		f.decides(buy("b", 2), no(gate.SoldOut, 2))
		f.giveBack(1, 1, f.returned(1, "a", 1))
		f.counts(1, 1, 1)
		f.decides(buy("b", 2), yes(2, 2))
		f.decides(buy("c", 3), no(gate.SoldOut, 3))
	}},
	{"Return/its user can buy again, and a retry is still known", func(t *testing.T, f *fixture) {
		f.open(1, selling(2), has("b", 2))
		f.decides(buy("a", 1), yes(1, 1))
		f.giveBack(1, 2, f.returned(1, "a", 1), f.returned(2, "b", 2))
		f.equal(f.admit(buy("a", 1), buy("b", 2)).Decisions, []gate.Decision{no(gate.Known, 1), no(gate.Known, 2)})
		f.equal(f.admit(buy("a", 3), buy("b", 4), buy("a", 5)).Decisions,
			[]gate.Decision{yes(3, 2), yes(4, 3), no(gate.LimitReached, 3)})
		f.giveBack(1, 3, f.returned(3, "a", 3))
		f.decides(buy("a", 5), yes(5, 4))
	}},
	{"Return/is taken once and in order", func(t *testing.T, f *fixture) {
		start := limited(0, 5)
		start.Returned = 4
		f.open(1, start, has("a", 1), has("a", 2), has("a", 3))
		f.giveBack(1, 4)
		f.giveBack(1, 4, f.returned(4, "a", 1), f.returned(1, "a", 2))
		f.giveBack(1, 4, f.returned(6, "a", 2))
		f.counts(0, 0, 4)
		f.giveBack(1, 5, f.returned(5, "a", 1), f.returned(7, "a", 3))
		f.counts(1, 0, 5)
		f.giveBack(1, 6, f.returned(5, "a", 1), f.returned(6, "a", 2))
		f.giveBack(1, 6, f.returned(5, "a", 1), f.returned(6, "a", 2))
		f.counts(2, 0, 6)
		f.giveBack(1, 7, f.returned(8, "a", 1), f.returned(7, "a", 3), f.returned(7, "a", 3))
		f.counts(3, 0, 7)
	}},
	{"Return/of an order that the gate does not know", func(t *testing.T, f *fixture) {
		f.open(1, selling(0), has("a", 1))
		f.giveBack(1, 2, f.returned(1, "stranger", 9), f.returned(2, "a", 8))
		f.counts(2, 0, 2)
		f.decides(buy("a", 2), no(gate.LimitReached, 1))
	}},
	{"Return/at any hour", func(t *testing.T, f *fixture) {
		f.open(1, gate.Start{Terms: gate.Hours{LimitPerUser: 1, Paused: true, Closed: true}}, has("a", 1))
		f.giveBack(1, 1, f.returned(1, "a", 1))
		f.counts(1, 0, 1)
	}},
	{"Return/from everybody at once", func(t *testing.T, f *fixture) {
		const units = 20
		var holdings []gate.Holding
		var returns []sale.Return
		for _, r := range buyers(0, units) {
			holdings = append(holdings, gate.Holding{User: r.User, Order: r.Order})
			returns = append(returns, sale.Return{ProductID: f.product, Number: int64(len(holdings)), OrderID: r.Order, UserID: r.User})
		}
		f.open(1, selling(0), holdings...)
		together(func(n int) {
			for from := n % units; ; from = 0 {
				held, err := f.Keeper.Return(f.ctx, f.product, 1, returns[from:])
				if err != nil {
					t.Error(err)
					return
				}
				if held == units {
					return
				}
			}
		})
		f.counts(units, 0, units)
	}},
}
