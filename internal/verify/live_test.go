package verify_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

func TestWhatComesAfterTheCutIsToldApart(t *testing.T) {
	w := busy(t)
	w.passing = func() {
		w.passing = func() {}
		w.add(w.gates["p"].box[0].Orders[0]) // what was in flight lands
		w.buy("p", "lea", 15)
		w.buy("p", "max", 16)
		w.end(sale.KindCancel, "p", 15) // late in, and out again
		w.end(sale.KindCancel, "p", 9)  // a unit of before the cut
		w.handOver("p")
		w.handOver("p")
	}
	r, err := w.live()
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
	want := "remaining 4, held 6, in flight 0, returns pending 2, quantity 12"
	if !strings.Contains(printed(r), want) {
		t.Errorf("want %s in\n%s", want, printed(r))
	}
}

// The end of the log is asked for once the cut is taken: what the gate admitted
// by then is passed by the store before anything is counted.
func TestTheStoreIsWaitedFor(t *testing.T) {
	w := busy(t)
	w.cutting = func(product string) {
		if product == "p" {
			w.line(orderlog.Line{Product: "p", Record: w.admit("p", "lea", 15)})
			w.gates["p"].box = w.gates["p"].box[:2]
		}
	}
	r, err := w.live()
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
}

func TestAnEpochThatChangesStartsOver(t *testing.T) {
	type moves struct {
		looks int // of which the last may succeed
		move  func(w *world, again bool)
	}
	for name, c := range map[string]moves{
		"opened anew": {5, func(w *world, _ bool) {
			w.passing = func() { w.passing = func() {}; w.open("q", w.product["q"].Terms) }
		}},
		"put for the first time": {5, func(w *world, again bool) {
			w.passing = func() {
				w.passing = func() {}
				w.open("new"+strings.Repeat("x", len(w.product)), sale.Terms{Quantity: 1, LimitPerUser: 1})
			}
		}},
		"shut":    {15, func(w *world, again bool) { w.gates["q"].err = unless(again, sale.ErrShut) }},
		"fenced":  {15, func(w *world, again bool) { w.gates["q"].err = unless(again, sale.ErrFenced) }},
		"missing": {15, func(w *world, again bool) { w.gates["q"].err = unless(again, sale.ErrNoGate) }},
		"waiting for a recount": {5, func(w *world, again bool) {
			if w.product["q"].Recounts == 0 && !again {
				w.line(orderlog.Line{Product: "q", Poison: sale.ErrPoison, Raw: []byte("x")})
				w.fold()
			} else if again {
				w.open("q", w.product["q"].Terms)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, last := range []int{c.looks, c.looks + 1} {
				w := busy(t)
				look := 1
				c.move(w, false)
				r, err := verify.Live(t.Context(), verify.Parts{Gate: w, Log: w, Store: w, Pause: func(context.Context) error {
					if look++; look < last {
						c.move(w, false)
					} else if look == last {
						c.move(w, true)
						w.passing = func() {}
					}
					return nil
				}})
				if last == c.looks {
					if err != nil {
						t.Fatal(err)
					}
					wantClean(t, r)
				} else if err == nil || look != c.looks {
					t.Errorf("after %d looks: %v; want %d and an error", look, err, c.looks)
				}
			}
		})
	}
}

func unless(b bool, err error) error {
	if b {
		return nil
	}
	return err
}

func TestWhatCannotBeJudgedIsAnError(t *testing.T) {
	failed := errors.New("failed")
	for name, c := range map[string]struct {
		damage func(*world)
		want   error
	}{
		"the gate is away":   {func(w *world) { w.gates["q"].err = sale.ErrUnavailable }, sale.ErrUnavailable},
		"the store is away":  {func(w *world) { w.broken = sale.ErrUnavailable }, sale.ErrUnavailable},
		"the pause is ended": {func(w *world) { w.gates["q"].err = sale.ErrShut }, sale.ErrShut},
	} {
		t.Run(name, func(t *testing.T) {
			w := busy(t)
			c.damage(w)
			r, err := verify.Live(t.Context(), verify.Parts{Gate: w, Log: w, Store: w, Pause: func(context.Context) error { return failed }})
			if !errors.Is(err, c.want) || len(r.Checks) > 0 {
				t.Errorf("got %v and %d checks, want %v", err, len(r.Checks), c.want)
			}
		})
	}
}

func TestADamagedStoreIsAFinding(t *testing.T) {
	w := busy(t)
	w.broken = errors.Join(errors.New("seckill.db, page 7"), sale.ErrDamaged)
	r, err := w.stopped()
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r, []verify.Invariant{verify.Damage}, "seckill.db, page 7")
}

func TestAHoleBehindTheOpeningAccusesNobodyElse(t *testing.T) {
	w := busy(t)
	w.lines[w.find(isOrder(9, 4))].Offset++
	r, err := w.live()
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r, []verify.Invariant{verify.Damage}, "damaged")
	wantLeftOut(t, r, "could not be read beyond offset")
}

func TestALogThatLostItsBeginning(t *testing.T) {
	for name, c := range map[string]struct {
		first func(*world) int64
		left  string
	}{
		"before the epoch": {func(*world) int64 { return 3 }, "begins at offset 3"},
		"in the epoch":     {func(w *world) int64 { return w.mark.Next - 3 }, "the opening of its epoch is not in"},
	} {
		t.Run(name, func(t *testing.T) {
			w := busy(t)
			w.first = c.first(w)
			r, err := w.live()
			if err != nil {
				t.Fatal(err)
			}
			wantClean(t, r)
			wantLeftOut(t, r, c.left)

			w.drop("p", 2) // the tables are judged all the same
			if r, err = w.live(); err != nil {
				t.Fatal(err)
			}
			wantFindings(t, r, []verify.Invariant{verify.Numbers, verify.Counts, verify.Units}, "not numbered in a row")
		})
	}
}

func TestStoppedLeavesOutWhatIsNotFolded(t *testing.T) {
	w := busy(t)
	w.line(orderlog.Line{Product: "p", Record: w.admit("p", "lea", 15)})
	r, err := w.stopped()
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
	wantLeftOut(t, r, "not in the store yet: 1, in partition 0 from offset 50 on")
	wantLeftOut(t, r, "only an open gate can tell")
}

func wantLeftOut(t *testing.T, r verify.Report, words string) {
	t.Helper()
	for _, o := range r.LeftOut {
		if strings.Contains(o.Why, words) {
			return
		}
	}
	t.Errorf("nothing left out says %q: %v", words, r.LeftOut)
}

func TestFindingsAlikeAreBounded(t *testing.T) {
	w := newWorld(t)
	w.open("p", sale.Terms{Quantity: 100, LimitPerUser: 100})
	for n := range byte(100) {
		w.buy("p", "ann", n)
	}
	r, err := w.stopped()
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
	clear(w.orders)
	if r, err = w.stopped(); err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r, []verify.Invariant{verify.Fold, verify.Numbers, verify.Counts}, "and 90 more of this kind")
	if len(r.Findings) != 13 {
		t.Errorf("%d findings, want 13", len(r.Findings))
	}
}

func TestAnotherLogIsNotFolded(t *testing.T) {
	w := busy(t)
	w.source.Cluster = "another"
	w.lines = w.lines[:3]
	r, err := w.stopped()
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r, []verify.Invariant{verify.Position}, "another")
	wantLeftOut(t, r, "is not the log that the store was filled from")
}
