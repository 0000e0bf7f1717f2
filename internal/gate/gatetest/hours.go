package gatetest

import (
	"testing"
	"time"

	"seckill/internal/gate"
)

var hours = []subtest{
	{"Hours/opens at", opensAt},
	{"Hours/closes at", closesAt},
	{"Hours/paused and resumed by an opening", func(t *testing.T, f *fixture) {
		f.open(1, gate.Start{Terms: gate.Hours{LimitPerUser: 1, Paused: true}, Remaining: 2})
		f.decides(buy("a", 1), no(gate.Paused, 1))
		f.open(2, selling(2))
		f.decides(buy("a", 1), yes(1, 1))
	}},
	{"Hours/closed and put again by an opening", func(t *testing.T, f *fixture) {
		f.open(1, gate.Start{Terms: gate.Hours{LimitPerUser: 1, Closed: true}, Remaining: 2})
		f.decides(buy("a", 1), no(gate.Closed, 1))
		f.open(2, selling(2))
		f.decides(buy("a", 1), yes(1, 1))
	}},
	{"Hours/the view carries them", func(t *testing.T, f *fixture) {
		_, now := f.shut(1)
		want := gate.Hours{
			OpensAt: now.Add(-time.Hour).UTC().Truncate(time.Millisecond), ClosesAt: now.Add(time.Hour).UTC().Truncate(time.Millisecond),
			Paused: true, Closed: true, LimitPerUser: 100, OrdersPerUser: 1000, Group: "/members:vip",
		}
		f.open(2, gate.Start{Terms: want, Remaining: 3, Returned: 7})
		got := f.view()
		if !got.Terms.OpensAt.Equal(want.OpensAt) || !got.Terms.ClosesAt.Equal(want.ClosesAt) ||
			!got.Terms.Paused || !got.Terms.Closed || got.Terms.LimitPerUser != 100 || got.Terms.OrdersPerUser != 1000 || got.Terms.Group != want.Group || got.Returned != 7 || got.Epoch != 2 {
			t.Fatalf("view %+v, opened with %+v", got, want)
		}
		f.open(3, selling(3))
		if got := f.view().Terms; got != (gate.Hours{LimitPerUser: 1}) {
			t.Fatalf("no hours became %+v", got)
		}
	}},
}

// opensAt asks just before, if the clock can be held, and at the time itself.
func opensAt(t *testing.T, f *fixture) {
	_, now := f.shut(1)
	at := now.Add(30 * time.Millisecond).Truncate(time.Millisecond)
	f.open(2, gate.Start{Terms: gate.Hours{LimitPerUser: 1, OpensAt: at}, Remaining: 9})
	f.judged(f.admit(buy("early", 1)), gate.NotOpen)
	f.until(at.Add(-time.Millisecond))
	f.judged(f.admit(buy("eager", 2)), gate.NotOpen)
	f.until(at)
	if v := f.admit(buy("punctual", 3)); v.Decisions[0].Verdict != gate.Admitted {
		t.Fatalf("%v at %v, opened at %v", words(v.Decisions), v.View.Now, at)
	}
}

func closesAt(t *testing.T, f *fixture) {
	_, now := f.shut(1)
	at := now.Add(30 * time.Millisecond).Truncate(time.Millisecond)
	f.open(2, gate.Start{Terms: gate.Hours{LimitPerUser: 1, ClosesAt: at}, Remaining: 9})
	f.judged(f.admit(buy("early", 1)), gate.Closed)
	f.until(at.Add(-time.Millisecond))
	f.judged(f.admit(buy("punctual", 2)), gate.Closed)
	f.until(at)
	f.decides(buy("late", 3), no(gate.Closed, 3))
}

// until lets the gate's clock come to at, if it has not passed it.
func (f *fixture) until(at time.Time) {
	if d := at.Sub(f.view().Now); d > 0 {
		f.Advance(d)
	}
}

// judged demands that the one decision of a is what its own view says, and that
// a refusal is the one expected.
func (f *fixture) judged(a gate.Admission, refusal gate.Verdict) {
	f.Helper()
	want, refuses := a.View.Refuses(a.View.Now)
	if !refuses {
		want = gate.Admitted
	}
	if got := a.Decisions[0].Verdict; got != want || got != gate.Admitted && got != refusal {
		f.Fatalf("%v under %+v", words(a.Decisions), a.View)
	}
}
