package opening_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/opening"
	"seckill/internal/sale"
)

// What the caller refuses, or breaks a rule, is told as it is, and nothing happens.
func TestAChangeThatIsNone(t *testing.T) {
	reason := errors.New("on second thoughts")
	for name, c := range map[string]struct {
		change func(sale.Product) (sale.Terms, error)
		is     func(error) bool
	}{
		"the caller's error": {
			func(sale.Product) (sale.Terms, error) { return sale.Terms{}, reason },
			func(err error) bool { return errors.Is(err, reason) },
		},
		"terms that break a rule": {
			to(sale.Terms{Quantity: sale.MaxQuantity + 1}),
			func(err error) bool { var bad sale.Invalid; return errors.As(err, &bad) && bad[0].Field == "quantity" },
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.put(sale.Terms{Quantity: 5})
			if _, err := s.Put(t.Context(), product, "", c.change); !c.is(err) {
				t.Errorf("put: %v", err)
			}
			s.wantOpen(1, 5)
			if n := len(s.logged()); n != 1 {
				t.Errorf("the log has %d records", n)
			}
			if _, err := s.Put(t.Context(), "new", "", c.change); !c.is(err) {
				t.Errorf("put of a new one: %v", err)
			}
			if _, err := s.gate.View(t.Context(), "new"); !errors.Is(err, sale.ErrNoGate) {
				t.Errorf("a gate of a product that was not put: %v", err)
			}
		})
	}
}

// A gate of many orders takes longer to load than its merchant waits: what is left
// of an accepted opening is not the request's.
func TestAPutIsAnsweredBeforeAllIsLoaded(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5})
	var rest *opening.Attempt
	s.Finish = func(_ context.Context, a *opening.Attempt) { rest = a }
	if p := s.put(sale.Terms{Quantity: 7}); p.Epoch != 2 || p.Terms.Quantity != 7 {
		t.Errorf("%+v", p)
	}
	if _, err := s.gate.View(t.Context(), product); !errors.Is(err, sale.ErrShut) {
		t.Errorf("the gate: %v", err)
	}
	if err := s.Run(t.Context(), rest); err != nil {
		t.Fatal(err)
	}
	s.wantOpen(2, 7)
}

func TestThereIsNothingYet(t *testing.T) {
	s := newShop(t)
	var saw []sale.Product
	p, err := s.Put(t.Context(), product, "", func(p sale.Product) (sale.Terms, error) {
		saw = append(saw, p)
		return sale.Terms{Quantity: 5, LimitPerUser: 1}, nil
	})
	if err != nil || len(saw) != 1 || saw[0].Epoch != 0 || saw[0].ID != product || p.Epoch != 1 || p.Terms.Quantity != 5 {
		t.Errorf("%+v, %v, and the change saw %+v", p, err, saw)
	}
	s.wantOpen(1, 5)
}

// The fold decides, at the opening's place in the log: the orders were in flight
// when the terms were made. The gate opens again under the old ones.
func TestTermsRefused(t *testing.T) {
	for name, terms := range map[string]sale.Terms{
		"quantity below what is held": {Quantity: 2, LimitPerUser: 2},
		"limit below what is held":    {Quantity: 5, LimitPerUser: 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.put(sale.Terms{Quantity: 5, LimitPerUser: 2})
			for i, user := range []string{"a", "a", "b"} {
				s.admit(user, i)
			}
			p, err := s.Put(t.Context(), product, "", func(now sale.Product) (sale.Terms, error) {
				if now.Held != 0 {
					t.Errorf("%d are held already", now.Held)
				}
				return terms, nil
			})
			if !errors.Is(err, sale.ErrTermsRefused) || p.Terms.Quantity != 5 || p.Terms.LimitPerUser != 2 || p.Epoch != 2 || p.Held != 3 {
				t.Errorf("%v, %+v", err, p)
			}
			s.wantOpen(2, 2)
			if v := s.admit("a", 9); v != gate.LimitReached {
				t.Errorf("a third unit: %v", v)
			}
		})
	}
}

// lose lets another opening come first, times times.
func (s *shop) lose(times int) {
	s.hooks["append opening"] = func(do func() error) error {
		if times--; times >= 0 {
			p := s.kept()
			s.append(sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: p.Epoch + 1, Nonce: "other", Terms: p.Terms, At: s.now})
		}
		return do()
	}
}

func TestLostRaces(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5})
	s.lose(3)
	asked := 0
	p, err := s.Put(t.Context(), product, "", func(now sale.Product) (sale.Terms, error) {
		if asked++; now.Epoch != int64(asked) {
			t.Errorf("try %d sees epoch %d", asked, now.Epoch)
		}
		return sale.Terms{Quantity: 7, LimitPerUser: 1}, nil
	})
	if err != nil || asked != 4 || s.paused != 3 || p.Epoch != 5 || p.Terms.Quantity != 7 {
		t.Errorf("%v after %d tries and %d pauses: %+v", err, asked, s.paused, p)
	}
	s.wantOpen(5, 7)

	s.lose(99)
	if _, err := s.Put(t.Context(), product, "", to(sale.Terms{Quantity: 9})); !errors.Is(err, sale.ErrChangedMeanwhile) {
		t.Errorf("put: %v", err)
	}
	if p := s.kept(); p.Epoch != 9 || p.Terms.Quantity != 7 {
		t.Errorf("after four races lost: %+v", p)
	}
}

func TestALostRaceAtTheEndOfPatience(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5})
	s.lose(99)
	ctx, cancel := context.WithCancel(t.Context())
	s.Pause = func(context.Context) error { cancel(); return ctx.Err() }
	if _, err := s.Put(ctx, product, "", to(sale.Terms{Quantity: 9})); !errors.Is(err, sale.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
}

// An error that is no lost race is no reason to try again.
func TestOtherErrorsAreToldAtOnce(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5})
	for _, want := range []error{sale.ErrUnavailable, sale.ErrUnknownOutcome, sale.ErrDamaged} {
		tries := 0
		s.hooks["append opening"] = func(func() error) error { tries++; return want }
		if _, err := s.Put(t.Context(), product, "", to(sale.Terms{Quantity: 9})); !errors.Is(err, want) || tries != 1 {
			t.Errorf("%v after %d tries, not %v", err, tries, want)
		}
	}
}

// While the log is away a change is refused before the gate is shut: it goes on selling.
func TestTheLogIsAway(t *testing.T) {
	for _, away := range []error{sale.ErrUnavailable, sale.ErrUnknownOutcome} {
		s := newShop(t)
		s.put(sale.Terms{Quantity: 5})
		for _, call := range []string{"append order", "append opening", "append expire"} {
			s.hooks[call] = func(func() error) error { return away }
		}
		s.admit("a", 1)
		_, err := s.Put(t.Context(), product, "", to(sale.Terms{Quantity: 9}))
		if !errors.Is(err, sale.ErrUnavailable) || errors.Is(err, sale.ErrUnknownOutcome) {
			t.Errorf("put: %v", err)
		}
		s.wantOpen(1, 4)
		if v := s.admit("b", 2); v != gate.Admitted {
			t.Errorf("a buyer: %v", v)
		}
		s.hooks = map[string]hook{}
		if p := s.put(sale.Terms{Quantity: 9}); p.Held != 2 {
			t.Errorf("when it is back: %+v", p)
		}
	}
}

func TestTheStoreDoesNotShowIt(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5})
	s.slow = true
	ctx, cancel := context.WithCancel(t.Context())
	s.hooks["passed"] = func(do func() error) error { cancel(); return do() }
	p, err := s.Put(ctx, product, "", to(sale.Terms{Quantity: 9}))
	if !errors.Is(err, sale.ErrUnavailable) || p.Epoch != 1 {
		t.Errorf("put: %v, %+v", err, p)
	}
}

// Once the store shows the terms they are in force; the gate is the monitor's business.
func TestTheGateDoesNotOpen(t *testing.T) {
	for _, call := range []string{"snapshot", "open"} {
		s := newShop(t)
		s.put(sale.Terms{Quantity: 5})
		s.hooks[call] = func(func() error) error { return sale.ErrUnavailable }
		if p, err := s.Put(t.Context(), product, "", to(sale.Terms{Quantity: 9})); err != nil || p.Terms.Quantity != 9 {
			t.Errorf("put while %s fails: %v, %+v", call, err, p)
		}
		s.hooks = map[string]hook{}
		s.recover()
		s.wantOpen(3, 9)
	}
}

func TestDelete(t *testing.T) {
	s := newShop(t)
	if err := s.Delete(t.Context(), product, "ann"); !errors.Is(err, sale.ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
	s.put(sale.Terms{Quantity: 5})
	s.admit("a", 1)
	if err := s.Delete(t.Context(), product, "ann"); !errors.Is(err, sale.ErrTermsRefused) {
		t.Errorf("of one on sale: %v", err)
	}
	s.wantOpen(2, 4)
	s.put(sale.Terms{Quantity: 5, ClosesAt: s.now.Add(time.Minute)})
	if err := s.Delete(t.Context(), product, "ann"); !errors.Is(err, sale.ErrTermsRefused) {
		t.Errorf("of one that closes in a minute: %v", err)
	}
	s.now = s.now.Add(time.Minute) // by the gate's clock
	before := s.opened
	if err := s.Delete(t.Context(), product, "ann"); err != nil {
		t.Fatal("of a closed one:", err)
	}
	if _, err := s.gate.View(t.Context(), product); !errors.Is(err, sale.ErrNoGate) || s.opened != before+1 {
		t.Errorf("its gate: %v, Opened called %d times", err, s.opened-before)
	}
	if _, err := s.store.Order(t.Context(), id(1)); !errors.Is(err, sale.ErrNotFound) {
		t.Errorf("its order: %v", err)
	}
	if err := s.Delete(t.Context(), product, "ann"); !errors.Is(err, sale.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	// Put again, it goes on from its tombstone, and an old order of it is of no epoch any more.
	if p := s.put(sale.Terms{Quantity: 3}); p.Epoch != 6 || p.Held != 0 {
		t.Errorf("put again: %+v", p)
	}
	s.wantOpen(6, 3)
	if v := s.admit("a", 2); v != gate.Admitted {
		t.Errorf("its old buyer: %v", v)
	}
}

// What is left of a gate whose product was deleted goes with the monitor.
func TestADeletedProductKeepsNoGate(t *testing.T) {
	s := newShop(t)
	s.put(sale.Terms{Quantity: 5, Closed: true})
	s.hooks["remove"] = func(func() error) error { return sale.ErrUnavailable }
	if err := s.Delete(t.Context(), product, "ann"); err != nil {
		t.Fatal(err)
	}
	s.hooks = map[string]hook{}
	if _, err := s.gate.View(t.Context(), product); !errors.Is(err, sale.ErrShut) {
		t.Fatalf("its gate: %v", err)
	}
	s.recover()
	if _, err := s.gate.View(t.Context(), product); !errors.Is(err, sale.ErrNoGate) {
		t.Errorf("its gate: %v", err)
	}
}
