package gatetest

import (
	"errors"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

var restarting = []subtest{
	{"Restart/nothing passes an open gate but an opening", restartOpen},
	{"Restart/an opener of before is fenced", restartShut},
	{"Restart/the outbox has nothing that was not admitted", restartOutbox},
}

func (f *fixture) restart() {
	f.Helper()
	f.Keeper = f.Restart()
}

// restartOpen calls all but Shut, Pending, Forget and Remove: those are the
// opener's, or harm nothing.
func restartOpen(t *testing.T, f *fixture) {
	before, _ := f.shut(1)
	f.load(1, before, has("a", 1))
	f.want(f.Keeper.Open(f.ctx, f.product, 1, before, selling(5)), nil)
	f.decides(buy("b", 2), yes(2, 1))
	f.restart()
	for range 2 {
		for _, row := range table {
			switch row.method {
			case "Shut", "Pending", "Forget", "Remove":
				continue
			}
			if err := row.call(f, 1, before); err == nil {
				t.Fatalf("%s passed", row.method)
			} else {
				f.want(err, sale.ErrFenced, sale.ErrNoGate)
			}
		}
	}
	if v, err := f.Keeper.View(f.ctx, f.product); errors.Is(err, sale.ErrFenced) && v.Epoch != 1 {
		t.Fatalf("fenced at %d, not 1", v.Epoch)
	}
	f.pending(0, all)
	after, _ := f.shut(2)
	if after == before {
		t.Fatalf("both incarnations are %q", before)
	}
	f.shutAt(2)
	f.load(2, after, has("a", 1))
	f.want(f.Keeper.Open(f.ctx, f.product, 2, after, selling(1)), nil)
	f.equal(f.admit(buy("a", 3), buy("b", 2), buy("c", 4)).Decisions,
		[]gate.Decision{no(gate.LimitReached, 1), yes(2, 1), no(gate.SoldOut, 4)})
}

func restartShut(t *testing.T, f *fixture) {
	before, _ := f.shut(1)
	f.load(1, before, has("a", 1))
	f.restart()
	f.want(callAdmit(f, 1, before), sale.ErrShut, sale.ErrFenced, sale.ErrNoGate)
	refused := func(kinds ...error) {
		t.Helper()
		f.want(callLoad(f, 1, before), kinds...)
		f.want(callOpen(f, 1, before), kinds...)
	}
	refused(sale.ErrFenced, sale.ErrNoGate)
	after, _ := f.shut(1)
	refused(sale.ErrFenced)
	f.load(1, after, has("b", 2))
	f.want(f.Keeper.Open(f.ctx, f.product, 1, after, selling(1)), nil)
	refused(sale.ErrFenced)
	f.equal(f.admit(buy("b", 3), buy("c", 4)).Decisions, []gate.Decision{no(gate.LimitReached, 2), yes(4, 1)})
}

func restartOutbox(t *testing.T, f *fixture) {
	f.open(1, selling(20))
	known := map[gate.EntryID]gate.Entry{}
	for i := range 5 {
		f.admit(buyers(2*i, 2)...)
	}
	for _, e := range f.pending(0, all) {
		known[e.ID] = e
	}
	f.restart()
	check := func(after ...gate.EntryID) {
		t.Helper()
		for _, e := range f.pending(0, all) {
			if was, ok := known[e.ID]; !ok || !sameEntry(e, was) {
				t.Fatalf("the outbox holds %v, which was %v", e, was)
			}
		}
	}
	check()
	f.open(2, selling(20))
	check()
	a := f.admit(buy("new", 50))
	if a.Entry != "2-1" {
		t.Fatalf("entry %q", a.Entry)
	}
	entries := f.pending(0, all)
	if last := entries[len(entries)-1]; last.ID != a.Entry {
		t.Fatalf("the newest entry is %q", last.ID)
	}
	f.forget(append(ids(entries), "1-1")...)
	f.waiting()
}
