package gatetest

import (
	"testing"

	"seckill/internal/gate"
)

var neighbours = []subtest{
	{"Stores/another's gate and outbox are not there", func(t *testing.T, f *fixture) {
		incarnation, _ := f.shut(stood)
		f.load(stood, incarnation, has("holder", 1))
		f.want(f.Keeper.Open(f.ctx, f.product, stood, incarnation, selling(3)), nil)
		f.decides(buy("buyer", 2), yes(2, 1))
		other := f.other()
		for _, row := range table[1:] { // Shut makes one
			other.want(row.call(other, stood, incarnation), row.missing)
		}
		other.waiting()
		other.forget("5-1")
		f.waiting("5-1")
		f.untouched(2, 1, "buyer")
	}},
	{"Stores/each sells its own, at its own epoch", func(t *testing.T, f *fixture) {
		other := f.other()
		f.open(7, selling(2))
		f.equal(f.admit(buy("a", 1), buy("b", 2)).Decisions, []gate.Decision{yes(1, 1), yes(2, 2)})
		other.open(1, selling(1))
		other.equal(other.admit(buy("a", 3), buy("b", 4)).Decisions, []gate.Decision{yes(3, 1), no(gate.SoldOut, 4)})
		f.waiting("7-1")
		other.waiting("1-1")
		f.want(other.Keeper.Remove(f.ctx, f.product, 1), nil)
		f.counts(0, 2, 0)
	}},
}

// other is the same product of another store.
func (f *fixture) other() *fixture {
	other := *f
	other.Keeper = f.Other
	return &other
}

// apart has two products of one store.
func apart(t *testing.T, f *fixture) {
	other := f.of("p_1-")
	f.open(5, selling(1))
	other.open(3, selling(9), has("b", 2))
	f.decides(buy("a", 1), yes(1, 1))
	f.decides(buy("b", 2), no(gate.SoldOut, 2))
	other.equal(other.admit(buy("a", 1), buy("b", 3)).Decisions, []gate.Decision{yes(1, 1), no(gate.LimitReached, 2)})
	f.waiting("5-1")
	other.waiting("3-1")
	f.forget("5-1", "3-1")
	f.waiting()
	other.waiting("3-1")
	f.want(f.Keeper.Remove(f.ctx, f.product, 5), nil)
	other.counts(8, 1, 0)
}
