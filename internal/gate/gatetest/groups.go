package gatetest

import (
	"strings"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var grouping = []subtest{
	{"Groups/only who carries it is admitted", func(t *testing.T, f *fixture) {
		f.open(1, forGroup("vip", 9))
		f.equal(f.admit(buy("none", 1), buy("member", 2, "vip"), buy("other", 3, "staff"), buy("both", 4, "staff", "vip")).Decisions,
			[]gate.Decision{no(gate.NotEligible, 1), yes(2, 1), no(gate.NotEligible, 3), yes(4, 2)})
		f.decides(buy("none", 1), no(gate.NotEligible, 1)) // in a batch of nobody who carries any
		f.counts(7, 2, 0)
	}},
	{"Groups/a gate for everybody asks for none", func(t *testing.T, f *fixture) {
		f.open(1, selling(9))
		f.equal(f.admit(buy("none", 1), buy("member", 2, "vip")).Decisions, []gate.Decision{yes(1, 1), yes(2, 2)})
	}},
	{"Groups/nothing but the very name is the group", veryName},
	{"Groups/who has an order is told of it", func(t *testing.T, f *fixture) {
		f.open(1, forGroup("vip", 1), has("holder", 1), had("former", 2))
		f.equal(f.admit(buy("holder", 1), buy("holder", 3), buy("former", 2), buy("former", 4)).Decisions,
			[]gate.Decision{no(gate.Known, 1), no(gate.LimitReached, 1), no(gate.Known, 2), no(gate.NotEligible, 4)})
	}},
	{"Groups/whoever asks is told first what everybody is", func(t *testing.T, f *fixture) {
		for i, c := range []struct {
			change func(*gate.Start)
			want   gate.Verdict
		}{
			{func(s *gate.Start) { s.Terms.Closed = true }, gate.Closed},
			{func(s *gate.Start) { s.Terms.Paused = true }, gate.Paused},
			{func(s *gate.Start) { s.Remaining = 0 }, gate.SoldOut},
		} {
			start := forGroup("vip", 5)
			c.change(&start)
			f.open(int64(1+i), start)
			f.equal(f.admit(buy("none", 1), buy("member", 2, "vip")).Decisions, []gate.Decision{no(c.want, 1), no(c.want, 2)})
		}
	}},
	{"Groups/an opening changes the group", func(t *testing.T, f *fixture) {
		f.open(1, forGroup("vip", 9))
		f.decides(buy("a", 1, "staff"), no(gate.NotEligible, 1))
		f.open(2, forGroup("staff", 9))
		f.equal(f.admit(buy("a", 1, "staff"), buy("b", 2, "vip")).Decisions, []gate.Decision{yes(1, 1), no(gate.NotEligible, 2)})
		f.open(3, selling(8), has("a", 1))
		f.decides(buy("b", 2, "vip"), yes(2, 1))
		f.open(4, forGroup("vip", 7), has("a", 1), has("b", 2))
		f.equal(f.admit(buy("a", 1, "staff"), buy("c", 3)).Decisions, []gate.Decision{no(gate.Known, 1), no(gate.NotEligible, 3)})
	}},
}

// forGroup is a start with so many units, for a group.
func forGroup(group string, units int64) gate.Start {
	start := selling(units)
	start.Terms.Group = group
	return start
}

// veryName carries groups that hold the name, and what no group may be called: they
// come from elsewhere.
func veryName(t *testing.T, f *fixture) {
	for i, group := range []string{"vip", "a.c", "/members:vip|1@x+y=~", strings.Repeat("=", sale.MaxUser)} {
		f.open(int64(1+i), forGroup(group, 9))
		for n, other := range []string{
			"", " ", "\n", "\x00", group + "s", "s" + group, " " + group, group + " ", "x " + group + " y", "x\n " + group + " \n", group + "\x00",
			group[:len(group)-1], strings.ToUpper(group) + "_", "abc", group + "," + group,
		} {
			f.decides(buy("stranger", n, other), no(gate.NotEligible, n))
			f.decides(buy("stranger", n, other, other), no(gate.NotEligible, n))
		}
		// What one carries is no other's, wherever they stand.
		f.equal(f.admit(buy("before", 50, "x\n"), buy("member", 51, "\n", "x", group), buy("behind", 52)).Decisions,
			[]gate.Decision{no(gate.NotEligible, 50), yes(51, 1), no(gate.NotEligible, 52)})
	}
}
