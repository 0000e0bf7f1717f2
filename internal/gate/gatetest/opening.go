package gatetest

import (
	"errors"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var opening = []subtest{
	{"Opening/a gate begins with a Shut", func(t *testing.T, f *fixture) {
		incarnation, now := f.shut(3)
		if again, later := f.shut(3); again != incarnation || later.Before(now) {
			t.Fatalf("incarnation %q at %v, then %q at %v", incarnation, now, again, later)
		}
		f.shutAt(3)
		f.want(f.Keeper.Open(f.ctx, f.product, 3, incarnation, selling(4)), nil)
		f.counts(4, 0, 0)
	}},
	{"Opening/opens once", func(t *testing.T, f *fixture) {
		incarnation, _ := f.shut(1)
		f.want(f.Keeper.Open(f.ctx, f.product, 1, incarnation, selling(1)), nil)
		f.decides(buy("a", 1), yes(1, 1))
		f.want(f.Keeper.Open(f.ctx, f.product, 1, incarnation, selling(1)), sale.ErrFenced)
		f.decides(buy("b", 2), no(gate.SoldOut, 2))
	}},
	{"Opening/loads in parts", loadsInParts},
	{"Opening/forgets what was loaded for another epoch", func(t *testing.T, f *fixture) {
		incarnation, _ := f.shut(1)
		f.load(1, incarnation, has("a", 1))
		incarnation, _ = f.shut(2)
		f.load(2, incarnation, has("b", 2))
		f.want(f.Keeper.Open(f.ctx, f.product, 2, incarnation, selling(9)), nil)
		f.equal(f.admit(buy("a", 1), buy("b", 3)).Decisions, []gate.Decision{yes(1, 1), no(gate.LimitReached, 2)})
	}},
	{"Opening/forgets what an older epoch admitted", func(t *testing.T, f *fixture) {
		f.open(1, selling(9))
		f.decides(buy("a", 1), yes(1, 1))
		f.open(2, selling(9))
		f.decides(buy("a", 1), yes(1, 1))
		f.waiting("1-1", "2-1")
	}},
	{"Opening/its opener shows that it works", signs},
	{"Opening/duel, the higher epoch wins", duelOfEpochs},
	{"Opening/duel at one epoch", duelAtOneEpoch},
	{"Opening/duel of many", duelOfMany},
	{"Opening/another incarnation's opener", func(t *testing.T, f *fixture) {
		incarnation, _ := f.shut(1)
		f.want(f.Keeper.Load(f.ctx, f.product, 1, incarnation+"x", []gate.Holding{has("a", 1)}), sale.ErrFenced)
		f.want(f.Keeper.Open(f.ctx, f.product, 1, "", selling(1)), sale.ErrFenced)
		f.shutAt(1)
		f.want(f.Keeper.Open(f.ctx, f.product, 1, incarnation, selling(1)), nil)
		f.decides(buy("a", 1), yes(1, 1))
	}},
	{"Opening/removed and put again", func(t *testing.T, f *fixture) {
		f.open(1, selling(9), has("a", 1))
		f.admit(buy("b", 2))
		f.want(f.Keeper.Remove(f.ctx, f.product, 1), nil)
		f.want(f.Keeper.Remove(f.ctx, f.product, 1), nil)
		_, err := f.Keeper.View(f.ctx, f.product)
		f.want(err, sale.ErrNoGate)
		f.open(2, selling(9))
		f.equal(f.admit(buy("a", 1), buy("b", 2)).Decisions, []gate.Decision{yes(1, 1), yes(2, 2)})
	}},
}

// shutAt demands that the gate is shut, and says so with its epoch.
func (f *fixture) shutAt(epoch int64) {
	f.Helper()
	v, err := f.Keeper.View(f.ctx, f.product)
	f.want(err, sale.ErrShut)
	if v.Epoch != epoch {
		f.Fatalf("shut at %d, not %d", v.Epoch, epoch)
	}
}

// signs demands that a gate which is shut tells an opener at work from one that
// is gone: nothing but its own calls changes what is seen of it.
func signs(t *testing.T, f *fixture) {
	incarnation, _ := f.shut(1)
	seen := func() int64 {
		t.Helper()
		v, err := f.Keeper.View(f.ctx, f.product)
		f.want(err, sale.ErrShut)
		return v.Signs
	}
	last := seen()
	wantSign := func(want bool) {
		t.Helper()
		now := seen()
		if now != last != want {
			t.Fatalf("%d signs after %d", now, last)
		}
		last = now
	}
	f.Advance(time.Millisecond)
	wantSign(false)
	f.load(1, incarnation)
	wantSign(true)
	f.load(1, incarnation, has("a", 1))
	wantSign(true)
	f.shut(1)
	wantSign(true)
	f.want(f.Keeper.Load(f.ctx, f.product, 1, incarnation+"x", nil), sale.ErrFenced)
	f.want(f.Keeper.Load(f.ctx, f.product, 2, incarnation, nil), sale.ErrFenced)
	f.pending(0, all)
	f.forget("1-1")
	wantSign(false)
	f.shut(2)
	f.want(f.Keeper.Load(f.ctx, f.product, 1, incarnation, nil), sale.ErrFenced)
	last = seen()
	f.load(2, incarnation)
	wantSign(true)
	f.want(f.Keeper.Open(f.ctx, f.product, 2, incarnation, selling(1)), nil)
	f.decides(buy("a", 1), yes(1, 1))
}

func loadsInParts(t *testing.T, f *fixture) {
	const users, part = 3000, 700
	incarnation, _ := f.shut(1)
	requests := buyers(0, users)
	for from := 0; from < users; from += part {
		var chunk []gate.Holding
		for _, r := range requests[from:min(from+part, users)] {
			chunk = append(chunk, gate.Holding{User: r.User, Order: r.Order})
		}
		f.load(1, incarnation, chunk...)
	}
	f.load(1, incarnation)
	f.want(f.Keeper.Open(f.ctx, f.product, 1, incarnation, selling(9)), nil)
	for i, d := range f.admit(requests...).Decisions {
		if d != no(gate.Known, i) {
			t.Fatalf("user %d: %v", i, words([]gate.Decision{d}))
		}
	}
	if got := len(f.users(1)); got != users {
		t.Fatalf("%d users", got)
	}
}

func duelOfEpochs(t *testing.T, f *fixture) {
	one, _ := f.shut(1)
	f.load(1, one, has("a", 1))
	two, _ := f.shut(2)
	f.want(f.Keeper.Load(f.ctx, f.product, 1, one, []gate.Holding{has("b", 2)}), sale.ErrFenced)
	f.want(f.Keeper.Open(f.ctx, f.product, 1, one, selling(9)), sale.ErrFenced)
	_, _, err := f.Keeper.Shut(f.ctx, f.product, 1)
	f.want(err, sale.ErrFenced)
	f.shutAt(2)
	f.load(2, two, has("c", 3))
	f.want(f.Keeper.Open(f.ctx, f.product, 2, two, selling(2)), nil)
	f.want(f.Keeper.Open(f.ctx, f.product, 1, one, selling(9)), sale.ErrFenced)
	f.equal(f.admit(buy("a", 1), buy("b", 2), buy("c", 3)).Decisions,
		[]gate.Decision{yes(1, 1), yes(2, 2), no(gate.Known, 3)})
}

// duelAtOneEpoch has an opener come late to an epoch whose opening record is
// another's. It will go back to watching and load nothing, so its Shut must not
// take away what the winner has loaded: the winner would open a gate that has
// forgotten buyers.
func duelAtOneEpoch(t *testing.T, f *fixture) {
	winner, _ := f.shut(1)
	f.load(1, winner, has("a", 1))
	late, _ := f.shut(1)
	f.load(1, winner, has("b", 2))
	f.want(f.Keeper.Open(f.ctx, f.product, 1, winner, selling(1)), nil)
	_, _, err := f.Keeper.Shut(f.ctx, f.product, 1)
	f.want(err, sale.ErrFenced)
	f.want(f.Keeper.Open(f.ctx, f.product, 1, late, selling(1)), sale.ErrFenced)
	f.equal(f.admit(buy("a", 3), buy("b", 4), buy("c", 5)).Decisions,
		[]gate.Decision{no(gate.LimitReached, 1), no(gate.LimitReached, 2), yes(5, 1)})
}

// duelOfMany lets a crowd open as many epochs at once, and demands that the gate
// ends open at the highest one that a Shut was granted for, with its own load only.
func duelOfMany(t *testing.T, f *fixture) {
	opened := make([]bool, crowd)
	together(func(n int) {
		var err error
		if opened[n], err = f.tryOpen(n); err != nil && !errors.Is(err, sale.ErrFenced) {
			t.Error(err)
		}
	})
	if !opened[crowd-1] {
		t.Fatalf("the highest epoch did not open: %v", opened)
	}
	if v := f.view(); v.Epoch != crowd || v.Remaining != crowd {
		t.Fatalf("open with %+v", v)
	}
	f.decides(buy("holder", crowd), no(gate.LimitReached, crowd-1))
}

func (f *fixture) tryOpen(n int) (opened bool, err error) {
	epoch := int64(n + 1)
	incarnation, _, err := f.Keeper.Shut(f.ctx, f.product, epoch)
	if err != nil {
		return false, err
	}
	if err := f.Keeper.Load(f.ctx, f.product, epoch, incarnation, []gate.Holding{has("holder", n)}); err != nil {
		return false, err
	}
	err = f.Keeper.Open(f.ctx, f.product, epoch, incarnation, selling(epoch))
	return err == nil, err
}
