package purchase_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/gate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// holdLog keeps every append from the log until release is called.
func (s *shop) holdLog() (release func()) {
	held := make(chan struct{})
	s.log.onAppend = func(add func() (sale.Position, error)) (sale.Position, error) {
		<-held
		return add()
	}
	return func() { close(held) }
}

func lostRequest(func() (sale.Position, error)) (sale.Position, error) {
	return sale.Position{}, fmt.Errorf("log: %w", sale.ErrUnavailable)
}

func lostAnswer(add func() (sale.Position, error)) (sale.Position, error) {
	_, _ = add()
	return sale.Position{}, errLost
}

// What could not be appended waits in the outbox, until it is old enough to be
// nobody else's.
func TestSweepAppendsWhatWasLeft(t *testing.T) {
	for name, c := range map[string]struct {
		fault  func(func() (sale.Position, error)) (sale.Position, error)
		before int // records in the log before the sweep
	}{
		"lost request": {lostRequest, 0},
		"lost answer":  {lostAnswer, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *shop) {
				s.open(1, selling(5))
				s.log.onAppend = c.fault
				s.fails(product, "u", 1, sale.ErrUnknownOutcome)
				left := s.pending()
				if len(left) != 1 {
					t.Fatalf("the outbox holds %v", left)
				}
				s.log.onAppend = nil
				time.Sleep(purchase.SweepAge - 1)
				s.sweeps(c.before)
				time.Sleep(time.Nanosecond)
				s.sweeps(c.before + 1)
				s.sweeps(c.before + 1)
				for _, r := range s.logged() {
					if r != left[0].Orders[0] {
						t.Fatalf("the log got %+v, not %+v", r, left[0].Orders[0])
					}
				}
			})
		})
	}
}

// sweeps runs Sweep and demands so many records in the log after it.
func (s *shop) sweeps(want int) {
	s.t.Helper()
	if err := s.Sweep(s.t.Context(), onSale); err != nil {
		s.t.Fatal(err)
	}
	if got := len(s.logged()); got != want {
		s.t.Fatalf("the log holds %d records, not %d", got, want)
	}
}

func TestASweepThatFailsForgetsNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		if err := s.Sweep(t.Context(), onSale); !errors.Is(err, sale.ErrNoGate) {
			t.Fatalf("a sweep without a gate is %v", err)
		}
		s.open(1, selling(5))
		s.log.onAppend = lostRequest
		s.fails(product, "u", 1, sale.ErrUnknownOutcome)
		time.Sleep(purchase.SweepAge)
		if err := s.Sweep(t.Context(), onSale); !errors.Is(err, sale.ErrUnavailable) {
			t.Fatalf("the sweep says %v", err)
		}
		if left := s.pending(); len(left) != 1 {
			t.Fatalf("the outbox holds %v", left)
		}
		s.log.onAppend = nil
		s.sweeps(1)
		if left := s.pending(); len(left) != 0 {
			t.Fatalf("the outbox holds %v", left)
		}
	})
}

// confirms is a Confirmer that is one function.
type confirms func(purchase.Claim) (purchase.Confirmation, error)

func (f confirms) Confirm(_ context.Context, c purchase.Claim) (purchase.Confirmation, error) {
	return f(c)
}

func (s *shop) confirmBy(c confirms) { s.renew(func(p *purchase.Parts) { p.Confirm = c }) }

func TestAnOrderThatIsNotConfirmedIsQueued(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(9, selling(5))
		var appended, placed []bool
		s.confirmBy(func(c purchase.Claim) (purchase.Confirmation, error) {
			if c.Epoch != 9 || c.Product != product {
				t.Errorf("asked for %+v", c)
			}
			appended, placed = append(appended, c.Appended), append(placed, c.At != nil)
			return purchase.IsPending, nil
		})
		s.gets("u", 1, purchase.Queued)
		s.gets("u", 1, purchase.Queued) // known, and no more certain than before
		s.log.onAppend = lostAnswer
		s.gets("v", 2, purchase.Queued)
		if fmt.Sprint(appended) != "[true true false]" {
			t.Fatalf("appended: %v", appended)
		}
		if fmt.Sprint(placed) != "[true false false]" {
			t.Fatalf("its place in the log is known: %v", placed)
		}
	})
}

// An order that an opening left behind is admitted again, as the same order.
func TestAVoidOrderIsAdmittedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(5))
		var epochs []int64
		s.confirmBy(func(c purchase.Claim) (purchase.Confirmation, error) {
			if c.Order != id(1) {
				t.Errorf("asked for %v", c.Order)
			}
			if epochs = append(epochs, c.Epoch); c.Epoch == 1 {
				s.open(2, selling(5))
				return purchase.IsVoid, nil
			}
			return purchase.IsPlaced, nil
		})
		if a := s.gets("u", 1, purchase.Placed); a.Epoch != 2 || a.Order != id(1) {
			t.Fatalf("told %+v", a)
		}
		if fmt.Sprint(epochs) != "[1 2]" {
			t.Fatalf("confirmed for epochs %v", epochs)
		}
	})
}

// Nobody else's unit is left for an order that is void: that is the truth.
func TestAVoidOrderMayFindNothingLeft(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.confirmBy(func(purchase.Claim) (purchase.Confirmation, error) {
			s.open(2, selling(0))
			return purchase.IsVoid, nil
		})
		s.gets("u", 1, purchase.SoldOut)
	})
}

// While its gate is away, a void order may be admitted yet: it is no refusal.
func TestAVoidOrderWaitsForTheGate(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.confirmBy(func(c purchase.Claim) (purchase.Confirmation, error) {
			if c.Epoch > 1 {
				return purchase.IsPlaced, nil
			}
			if _, _, err := s.gate.Shut(t.Context(), product, 2); err != nil {
				t.Error(err)
			}
			return purchase.IsVoid, nil
		})
		told := s.buys(t.Context(), "u", 1)
		time.Sleep(time.Second)
		synctest.Wait()
		select {
		case a := <-told:
			t.Fatalf("told %+v of a gate that is shut", a)
		default:
		}
		s.open(3, selling(1))
		if a := <-told; a.err != nil || a.Result != purchase.Placed || a.Epoch != 3 {
			t.Fatalf("told %+v", a)
		}
	})
}

func TestTheConfirmersErrorComesBack(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.confirmBy(func(purchase.Claim) (purchase.Confirmation, error) {
			return purchase.IsPending, fmt.Errorf("confirm: %w", sale.ErrUnavailable)
		})
		a, err := s.Buy(t.Context(), t.Context(), product, purchase.Request{User: "u", Order: id(1)})
		if !errors.Is(err, sale.ErrUnavailable) || a.Result != purchase.Queued {
			t.Fatalf("told %+v, %v", a, err)
		}
	})
}

// The gate forgets an entry only after the log has it.
func TestAnEntryIsForgottenAfterTheAppend(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(5))
		release := s.holdLog()
		told := s.buys(t.Context(), "u", 1)
		synctest.Wait()
		if left := s.pending(); len(left) != 1 || left[0].ID != gate.EntryID("1-1") {
			t.Fatalf("the outbox holds %v", left)
		}
		release()
		<-told
		synctest.Wait()
		if left := s.pending(); len(left) != 0 {
			t.Fatalf("the outbox holds %v", left)
		}
	})
}

// Whoever sold a product does not go on knowing its buyers when another process has
// deleted it.
func TestTheBuyersOfADeletedProductAreForgotten(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gets("winner", 1, purchase.Placed)
		s.gets("loser", 2, purchase.SoldOut)
		s.sweeps(1)
		s.refuses("loser", purchase.SoldOut)
		if err := s.Sweep(t.Context(), sale.Product{ID: product, Epoch: 3, Deleted: true}); err != nil {
			t.Fatal(err)
		}
		s.asks("loser")
	})
}
