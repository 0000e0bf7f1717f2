package gatetest

import (
	"fmt"
	"slices"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// The table stands the gate at epoch 5, shut or open, and calls every method
// with the epochs below, at and above it.
const stood = 5

var (
	noGate = sale.ErrNoGate
	isShut = sale.ErrShut
	fenced = sale.ErrFenced
)

// byEpoch is what a call answers at the epoch below the gate's, at it, above it.
type byEpoch [3]error

func always(err error) byEpoch { return byEpoch{err, err, err} }

var table = []struct {
	method  string
	call    func(f *fixture, epoch int64, incarnation string) error
	missing error
	shut    byEpoch
	open    byEpoch
}{
	{"Shut", callShut, nil, byEpoch{fenced, nil, nil}, byEpoch{fenced, fenced, nil}},
	{"Load", callLoad, noGate, byEpoch{fenced, nil, fenced}, always(fenced)},
	{"Open", callOpen, noGate, byEpoch{fenced, nil, fenced}, always(fenced)},
	{"Remove", callRemove, nil, byEpoch{fenced, nil, fenced}, byEpoch{fenced, nil, fenced}},
	{"Return", callReturn, noGate, always(isShut), byEpoch{fenced, nil, fenced}},
	{"Users", callUsers, noGate, always(isShut), byEpoch{fenced, nil, fenced}},
	{"Knows", callKnows, noGate, always(isShut), byEpoch{fenced, nil, fenced}},
	{"Admit", callAdmit, noGate, always(isShut), always(nil)},
	{"View", callView, noGate, always(isShut), always(nil)},
	{"Cut", callCut, noGate, always(isShut), always(nil)},
	{"Pending", callPending, nil, always(nil), always(nil)},
	{"Forget", callForget, nil, always(nil), always(nil)},
}

func callShut(f *fixture, epoch int64, _ string) error {
	_, _, err := f.Keeper.Shut(f.ctx, f.product, epoch)
	return err
}

func callLoad(f *fixture, epoch int64, incarnation string) error {
	return f.Keeper.Load(f.ctx, f.product, epoch, incarnation, []gate.Holding{has("intruder", 66)})
}

func callOpen(f *fixture, epoch int64, incarnation string) error {
	return f.Keeper.Open(f.ctx, f.product, epoch, incarnation, selling(66))
}

func callRemove(f *fixture, epoch int64, _ string) error {
	return f.Keeper.Remove(f.ctx, f.product, epoch)
}

func callReturn(f *fixture, epoch int64, _ string) error {
	_, err := f.Keeper.Return(f.ctx, f.product, epoch, []sale.Return{f.returned(1, "holder", 1)})
	return err
}

func callUsers(f *fixture, epoch int64, _ string) error {
	called := false
	err := f.Keeper.Users(f.ctx, f.product, epoch, 0, func(string) { called = true })
	if err != nil && called {
		f.Fatalf("Users called f and then said %v", err)
	}
	return err
}

func callKnows(f *fixture, epoch int64, _ string) error {
	_, err := f.Keeper.Knows(f.ctx, f.product, epoch, "holder", order(1))
	return err
}

func callAdmit(f *fixture, _ int64, _ string) error {
	_, err := f.Keeper.Admit(f.ctx, f.product, gate.Try{}, []gate.Request{buy("buyer", 65)})
	return err
}

func callView(f *fixture, _ int64, _ string) error {
	_, err := f.Keeper.View(f.ctx, f.product)
	return err
}

func callCut(f *fixture, _ int64, _ string) error {
	_, err := f.Keeper.Cut(f.ctx, f.product)
	return err
}

func callPending(f *fixture, _ int64, _ string) error {
	_, err := f.Keeper.Pending(f.ctx, f.product, 0, all)
	return err
}

func callForget(f *fixture, _ int64, _ string) error {
	return f.Keeper.Forget(f.ctx, f.product, []gate.EntryID{"5-77"})
}

var fencing = fencingTable()

func fencingTable() []subtest {
	var out []subtest
	for _, row := range table {
		out = append(out, subtest{"Fencing/" + row.method + "/missing", func(t *testing.T, f *fixture) {
			f.want(row.call(f, stood, "any"), row.missing)
		}})
		for i, name := range []string{"lower", "same", "higher"} {
			epoch := int64(stood - 1 + i)
			out = append(out,
				subtest{fmt.Sprintf("Fencing/%s/shut, %s epoch", row.method, name), func(t *testing.T, f *fixture) {
					f.checkShut(row.shut[i], func(incarnation string) error { return row.call(f, epoch, incarnation) })
				}},
				subtest{fmt.Sprintf("Fencing/%s/open, %s epoch", row.method, name), func(t *testing.T, f *fixture) {
					f.checkOpen(row.open[i], func(incarnation string) error { return row.call(f, epoch, incarnation) })
				}})
		}
	}
	return out
}

// checkShut calls on a shut gate, and demands of a refused call that the opening
// goes on as if it had never been.
func (f *fixture) checkShut(want error, call func(incarnation string) error) {
	f.Helper()
	incarnation, _ := f.shut(stood)
	f.load(stood, incarnation, has("holder", 1))
	f.want(call(incarnation), want)
	if want == nil {
		return
	}
	f.shutAt(stood)
	f.want(f.Keeper.Open(f.ctx, f.product, stood, incarnation, selling(3)), nil)
	f.untouched(3, 0)
}

// checkOpen is the same for an open gate.
func (f *fixture) checkOpen(want error, call func(incarnation string) error) {
	f.Helper()
	incarnation, _ := f.shut(stood)
	f.load(stood, incarnation, has("holder", 1))
	f.want(f.Keeper.Open(f.ctx, f.product, stood, incarnation, selling(3)), nil)
	f.decides(buy("buyer", 2), yes(2, 1))
	f.want(call(incarnation), want)
	if want == nil {
		return
	}
	f.untouched(2, 1, "buyer")
	f.waiting("5-1")
}

func (f *fixture) untouched(remaining, seq int64, more ...string) {
	f.Helper()
	f.counts(remaining, seq, 0)
	if got, want := f.users(stood), append(more, "holder"); !slices.Equal(got, want) {
		f.Fatalf("users are %q, not %q", got, want)
	}
	f.decides(buy("holder", 3), no(gate.LimitReached, 1))
}
