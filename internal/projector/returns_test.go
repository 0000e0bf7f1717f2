package projector_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/projector"
	"seckill/internal/sale"
)

// freed is a shop with n returns in its store, and the cursor that brought them.
func freed(t *testing.T, n int) (*shop, *projector.Cursor) {
	t.Helper()
	s, c := newShop(t), projector.NewCursor(0)
	s.append(opening(product, 1, plenty))
	s.append(many(1, n, func(n int) sale.Record { return order(product, n, fmt.Sprint("u", n)) })...)
	s.append(many(1, n, func(n int) sale.Record { return cancel(product, n) })...)
	s.drain(c)
	return s, c
}

// A gate is given what it lacks, in chunks, and not what it has.
func TestHandOver(t *testing.T) {
	s, _ := freed(t, 2300)
	for _, has := range []int64{0, 1, 1300, 2299, 2300} {
		s.open(product, 1, has)
		s.returned = 0
		if err := s.HandOver(t.Context(), product); err != nil {
			t.Fatal(err)
		}
		s.wantGate(product, 2300, 2300-has)
		if chunks := int(2300-has+999) / 1000; s.returned != chunks {
			t.Errorf("Returned was told %d times, not %d", s.returned, chunks)
		}
		if err := s.gate.Remove(t.Context(), product, 1); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever comes of a call, the next hand-over makes good, and no unit is freed twice.
func TestHandOverAgain(t *testing.T) {
	for _, isDone := range []bool{false, true} {
		s, _ := freed(t, 5)
		s.open(product, 1, 0)
		calls := 0
		s.onReturn = func(do func() error) error {
			if calls++; calls != 2 { // the first asks for the number
				return do()
			}
			if isDone {
				_ = do()
			}
			return sale.ErrUnknownOutcome
		}
		if err := s.HandOver(t.Context(), product); !errors.Is(err, sale.ErrUnknownOutcome) {
			t.Errorf("the first time: %v", err)
		}
		for range 2 {
			if err := s.HandOver(t.Context(), product); err != nil {
				t.Errorf("again: %v", err)
			}
		}
		s.wantGate(product, 5, 5)
	}
}

// What comes free while it hands over goes with the same call.
func TestHandOverUntilEqual(t *testing.T) {
	s, c := freed(t, 3)
	s.append(order(product, 4, "v"))
	s.steps(c, 1)
	s.open(product, 1, 0)
	calls := 0
	s.onReturn = func(do func() error) error {
		if calls++; calls == 2 {
			s.append(cancel(product, 4))
			s.steps(c, 1)
		}
		return do()
	}
	if err := s.HandOver(t.Context(), product); err != nil {
		t.Fatal(err)
	}
	s.wantGate(product, 4, 4)
}

// A gate of another epoch than the store's is given nothing: it was opened, or
// will be, with what the store held.
func TestHandOverToAnotherEpoch(t *testing.T) {
	s, c := freed(t, 3)
	s.open(product, 2, 3)
	if err := s.HandOver(t.Context(), product); !errors.Is(err, sale.ErrFenced) {
		t.Errorf("to a later gate: %v", err)
	}
	s.append(opening(product, 2, plenty), opening(product, 3, plenty))
	s.steps(c, 1, 1)
	if err := s.HandOver(t.Context(), product); !errors.Is(err, sale.ErrFenced) {
		t.Errorf("to an earlier gate: %v", err)
	}
	s.wantGate(product, 3, 0)
	if s.returned != 0 {
		t.Error("Returned was told")
	}
}

// The store moves on between two reads.
func TestTheEpochMovesDuringAHandOver(t *testing.T) {
	s, c := freed(t, 3)
	s.open(product, 1, 0)
	s.append(opening(product, 2, plenty))
	s.onReturn = func(do func() error) error {
		err := do()
		s.onReturn = func(do func() error) error { return do() }
		s.steps(c, 1)
		return err
	}
	if err := s.HandOver(t.Context(), product); !errors.Is(err, sale.ErrFenced) {
		t.Errorf("%v", err)
	}
	s.wantGate(product, 0, 0)
}

// What a gate cannot take now is owed, and handed over when it can.
func TestWhatIsOwed(t *testing.T) {
	s, c := freed(t, 3)
	s.Deliver(t.Context(), c, now) // there is no gate
	s.open(product, 1, 0)
	s.onReturn = func(func() error) error { return sale.ErrUnavailable }
	s.Deliver(t.Context(), c, now)
	s.wantGate(product, 0, 0)
	calls := 0
	s.onReturn = func(do func() error) error { calls++; return do() }
	s.Deliver(t.Context(), c, now)
	s.wantGate(product, 3, 3)
	asked := calls
	s.Deliver(t.Context(), c, now)
	if calls != asked {
		t.Error("a gate that has everything was asked again")
	}
}

func now(work func()) { work() }

// A gate that does not answer keeps no other from its units, nor the projector from
// its work, and gets its own once it answers.
func TestAGateThatDoesNotAnswerHoldsUpNoOther(t *testing.T) {
	s := newShop(t)
	s.append(opening("stuck", 1, plenty), order("stuck", 11, "u"), cancel("stuck", 11), opening("well", 1, plenty))
	s.open("stuck", 1, 0)
	s.open("well", 1, 0)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stuck, answers := make(chan struct{}), make(chan struct{})
	s.onReturnTo = func(product string) {
		if product == "stuck" {
			close(stuck)
			<-answers
			s.onReturnTo = nil
		}
	}
	ended := make(chan error)
	go func() { ended <- s.Run(ctx, 0, never) }()
	<-stuck
	s.append(order("well", 12, "u"), cancel("well", 12))
	for v := (gate.View{}); v.Returned < 1; v, _ = s.gate.View(ctx, "well") {
		runtime.Gosched()
	}
	s.wantGate("stuck", 0, 0)
	close(answers)
	for v := (gate.View{}); v.Returned < 1; v, _ = s.gate.View(ctx, "stuck") {
		runtime.Gosched()
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// What is freed while a gate is handed what was freed before is handed over too,
// though no step comes after it.
func TestWhatIsFreedMeanwhileIsHandedOver(t *testing.T) {
	s, c := freed(t, 1)
	s.append(order(product, 2, "v"), cancel(product, 2))
	s.open(product, 1, 0)
	var work func()
	s.Deliver(t.Context(), c, func(w func()) { work = w })
	s.onReturn = func(do func() error) error {
		s.onReturn = func(do func() error) error { return do() }
		err := do()
		s.steps(c, 2)
		s.Deliver(t.Context(), c, func(func()) { t.Error("two hand over to one gate") })
		return err
	}
	work()
	s.wantGate(product, 2, 2)
}

// Sweep owes nothing to anybody's memory: it looks at the store.
func TestSweep(t *testing.T) {
	s, _ := freed(t, 3)
	c := projector.NewCursor(0)
	s.append(opening("a", 1, plenty), order("a", 11, "u"), cancel("a", 11))
	s.append(opening("z", 1, plenty), order("z", 12, "u"), cancel("z", 12))
	s.append(opening("none", 1, plenty))
	s.steps(c, 3, 3, 1)
	s.open(product, 1, 1)
	s.open("z", 1, 0) // "a" has no gate
	for _, p := range s.products() {
		if err := s.Sweep(t.Context(), p); err != nil && p.ID != "a" {
			t.Fatal(err)
		}
	}
	s.wantGate(product, 3, 2)
	s.wantGate("z", 1, 1)
}

// A deleted product's returns go with it: a gate of its next life starts at none.
func TestReturnsOfADeletedProduct(t *testing.T) {
	s, c := freed(t, 3)
	closed := plenty
	closed.Closed = true
	gone := opening(product, 3, closed)
	gone.Deleted = true
	s.append(opening(product, 2, closed), gone)
	s.steps(c, 1, 1)
	s.append(opening(product, 4, plenty))
	s.steps(c, 1)
	s.open(product, 4, 0)
	s.Deliver(t.Context(), c, now)
	for _, p := range s.products() {
		if err := s.Sweep(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	s.wantGate(product, 0, 0)
}
