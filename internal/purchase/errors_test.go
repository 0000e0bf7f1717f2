package purchase_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

var errLost = fmt.Errorf("lost: %w", sale.ErrUnknownOutcome)

// fails demands that a buy comes back with this kind of error, and no refusal.
func (s *shop) fails(product, user string, order int, want error) {
	s.t.Helper()
	a, err := s.Buy(s.t.Context(), s.t.Context(), product, purchase.Request{User: user, Order: id(order)})
	if !errors.Is(err, want) || a.Result > purchase.Queued {
		s.t.Fatalf("%s is told %v, %v; not %v", user, a.Result, err, want)
	}
	waitIdle()
}

func TestAProductWithoutAGate(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		down := errors.New("the store is down")
		s.catalog["doubtful"] = down
		s.fails(product, "u", 1, sale.ErrNoGate)
		s.fails("unheard-of", "u", 1, sale.ErrNotFound)
		s.fails("doubtful", "u", 1, down)
		s.open(1, selling(1))
		s.gets("u", 1, purchase.Placed)
	})
}

// A gate whose product log and tables have lost sells nothing, as nobody would look
// after its orders; but a store that cannot be asked has lost nothing.
func TestAGateOfAProductThatIsNotThere(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.openAs("lost", 7, selling(1))
		s.fails("lost", "u", 1, sale.ErrNotFound)
		s.catalog["lost"] = sale.ErrShut // it may be there, in a log that is being folded anew
		s.fails("lost", "u", 1, sale.ErrShut)
		if v, err := s.gate.View(t.Context(), "lost"); err != nil || v.Seq > 0 {
			t.Errorf("it sold %d (%v)", v.Seq, err)
		}
		s.catalog["lost"] = errors.New("the store is down")
		if a, err := s.Buy(t.Context(), t.Context(), "lost", purchase.Request{User: "u", Order: id(1)}); err != nil || a.Result != purchase.Placed {
			t.Errorf("told %v, %v", a.Result, err)
		}
		waitIdle()
	})
}

func TestADeletedProductLosesItsLane(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gets("winner", 1, purchase.Placed)
		if err := s.gate.Remove(t.Context(), product, 1); err != nil {
			t.Fatal(err)
		}
		s.fails(product, "winner", 1, sale.ErrNoGate) // it may be about to be opened
		s.refuses("loser", purchase.SoldOut)
		delete(s.catalog, product)
		s.fails(product, "winner", 1, sale.ErrNotFound)
		s.asks("loser")
		s.fails(product, "loser", 2, sale.ErrNotFound)

		s.catalog[product] = nil
		s.open(3, selling(1))
		if a := s.gets("loser", 2, purchase.Placed); a.Epoch != 3 {
			t.Fatalf("told %+v", a)
		}
	})
}

func TestWhatTheGateCannotDoIsTold(t *testing.T) {
	for _, kind := range []error{sale.ErrShut, sale.ErrFenced, sale.ErrFull, sale.ErrUnavailable} {
		t.Run(kind.Error(), func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *shop) {
				s.open(1, selling(5))
				s.gets("u", 1, purchase.Placed)
				s.gate.onAdmit = func([]gate.Request, func() (gate.Admission, error)) (gate.Admission, error) {
					return gate.Admission{}, fmt.Errorf("gate: %w", kind)
				}
				s.fails(product, "v", 2, kind)
				s.gate.onAdmit = nil
				s.gets("v", 2, purchase.Placed)
			})
		})
	}
}

// Anybody can ask for anything: while the gate cannot tell what it has, nothing
// is remembered.
func TestNoLaneIsMadeOnTheWordOfAGateThatIsAway(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gate.onView = func() error { return fmt.Errorf("gate: %w", sale.ErrUnavailable) }
		s.fails(product, "u", 1, sale.ErrUnavailable)
		if s.gate.asked() != 0 {
			t.Fatal("a lane asked the gate")
		}
		s.gate.onView = nil
		s.gets("u", 1, purchase.Placed)
	})
}

func TestAShutGateIsToldWithAndWithoutALane(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		shut := func(epoch int64) {
			if _, _, err := s.gate.Shut(t.Context(), product, epoch); err != nil {
				t.Fatal(err)
			}
		}
		shut(1)
		s.fails(product, "u", 1, sale.ErrShut)
		s.open(2, selling(1))
		s.gets("u", 1, purchase.Placed)
		shut(3)
		s.fails(product, "u", 1, sale.ErrShut)
	})
}

func TestAFullOutboxIsTold(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(100))
		s.log.onAppend = lostRequest
		for n := range 51 {
			s.fails(product, fmt.Sprint("u", n), n, sale.ErrUnknownOutcome)
		}
		s.fails(product, "one-more", 100, sale.ErrFull)
		s.log.onAppend = nil
		time.Sleep(purchase.SweepAge)
		if err := s.Sweep(t.Context(), onSale); err != nil {
			t.Fatal(err)
		}
		s.gets("one-more", 100, purchase.Placed)
	})
}

func always(purchase.Claim) (purchase.Confirmation, error) { return purchase.IsPlaced, nil }

// If the log's word is all there is, an order that a lost answer admitted is
// not known to be in it.
func TestALostAnswerIsNotTheLogsWord(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		lose := true
		s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
			a, err := admit()
			if lose {
				lose, err = false, errLost
			}
			return a, err
		}
		s.fails(product, "u", 1, sale.ErrUnknownOutcome)
	})
}

// An order that has ended since it was admitted is told as it is now, also if the
// outcome of a try in between is unknown.
func TestAnOrderThatHasEndedIsNotPlaced(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1), gate.Holding{User: "u", Order: id(1), Ended: true})
		lose := true
		s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
			a, err := admit()
			if lose {
				lose, err = false, errLost
			}
			return a, err
		}
		s.confirmBy(func(purchase.Claim) (purchase.Confirmation, error) { return purchase.IsOver, nil })
		s.gets("u", 1, purchase.Again)
	})
}

// The answer of the gate was lost, and what it says later is the truth: whoever
// asks for the first time is not told that they have asked before.
func TestAnUnknownOutcomeIsAskedAgain(t *testing.T) {
	for name, does := range map[string]bool{"lost request": false, "lost answer": true} { // it did what it was asked for
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *shop) {
				s.confirmBy(always)
				s.open(1, selling(1)) // its only unit may be theirs already
				var asked []gate.Request
				s.gate.onAdmit = func(batch []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
					asked = append(asked, batch...)
					if len(asked) > 3 {
						return admit()
					}
					if does {
						_, _ = admit()
					}
					return gate.Admission{}, errLost
				}
				if a := s.gets("u", 1, purchase.Placed); a.Order != id(1) {
					t.Fatalf("told %+v", a)
				}
				for _, r := range asked {
					if r.User != "u" || r.Order != id(1) {
						t.Fatalf("asked %v", asked)
					}
				}
				v, err := s.gate.View(t.Context(), product)
				if err != nil || v.Seq != 1 || len(asked) != 4 {
					t.Fatalf("asked %d times, and admitted %d (%v)", len(asked), v.Seq, err)
				}
			})
		})
	}
}

// Whatever the gate cannot do after an unknown outcome is no refusal: an order
// may exist.
func TestAnUnknownOutcomeIsNeverARefusal(t *testing.T) {
	for _, kind := range []error{sale.ErrShut, sale.ErrFenced, sale.ErrFull, sale.ErrUnavailable, sale.ErrNoGate, sale.ErrUnknownOutcome} {
		t.Run(kind.Error(), func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *shop) {
				s.open(1, selling(5))
				first := true
				s.gate.onAdmit = func([]gate.Request, func() (gate.Admission, error)) (gate.Admission, error) {
					if first {
						first = false
						delete(s.catalog, product) // even that it is gone cannot be told
						return gate.Admission{}, errLost
					}
					return gate.Admission{}, fmt.Errorf("gate: %w", kind)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if a := <-s.buys(ctx, "u", 1); !errors.Is(a.err, sale.ErrUnknownOutcome) || a.Result != 0 {
					t.Fatalf("told %+v", a)
				}
				if got := s.gate.asked(); got < 10 {
					t.Fatalf("asked %d times in a second", got)
				}
				synctest.Wait()
			})
		})
	}
}

// Many share a batch whose outcome is unknown: each is answered by its own order.
func TestABatchOfUnknownOutcome(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.confirmBy(always)
		s.open(1, selling(5))
		lose := true
		s.gate.onAdmit = func(batch []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
			a, err := admit()
			if lose && len(batch) > 1 {
				lose = false
				return gate.Admission{}, errLost
			}
			return a, err
		}
		release := s.holdLog()
		told := []<-chan said{s.buys(t.Context(), "u0", 0)}
		synctest.Wait()
		for n := 1; n < 20; n++ {
			told = append(told, s.buys(t.Context(), fmt.Sprint("u", n), n))
		}
		synctest.Wait()
		release()
		results := map[purchase.Result]int{}
		for _, c := range told {
			results[(<-c).Result]++
		}
		if results[purchase.Placed] != 5 || results[purchase.SoldOut] != 15 {
			t.Fatalf("results are %v", results)
		}
	})
}

// A try that the network holds back may still be admitted, after a unit came back: who
// is refused has none that can. Come first, it is the buyer's order; come after the one
// that was refused, it does nothing, though by the gate's clock it is in time.
func TestWhoIsRefusedHasNoTryThatCanAct(t *testing.T) {
	for name, c := range map[string]struct {
		late   time.Duration
		back   time.Duration // by which the gate's clock is set back before
		reopen bool          // the gate is opened anew before the buyer is refused
		want   purchase.Result
	}{
		"it comes first":                       {5 * time.Millisecond, 0, false, purchase.Queued},
		"it comes after":                       {purchase.AdmitWithin / 2, 0, false, purchase.SoldOut},
		"it comes late":                        {2 * purchase.AdmitWithin, 0, false, purchase.SoldOut},
		"it comes late, and the clock is back": {2 * purchase.AdmitWithin, time.Hour, false, purchase.SoldOut},
		"it comes after the gate was reopened": {purchase.AdmitWithin / 2, 0, true, purchase.SoldOut},
		"it comes late, and the gate is anew":  {2 * purchase.AdmitWithin, time.Hour, true, purchase.SoldOut},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *shop) {
				var back atomic.Int64 // by which the gate's clock was set back
				s.gate.Gate = memgate.New(memgate.Options{MaxUnrelayed: 50, Now: func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }})
				s.open(1, selling(1))
				s.gets("winner", 1, purchase.Placed)
				epoch, held := int64(1), true
				s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
					if !held {
						return admit()
					}
					held = false
					if c.reopen {
						epoch = 2
						s.open(epoch, selling(0), gate.Holding{User: "winner", Order: id(1)})
					}
					go func() {
						time.Sleep(c.late)
						back.Store(int64(c.back))
						_, err := s.gate.Return(t.Context(), product, epoch, []sale.Return{{ProductID: product, Number: 1, OrderID: id(1), UserID: "winner"}})
						if err != nil {
							t.Error(err)
						}
						if a, err := admit(); (err == nil) != (c.want == purchase.Queued) {
							t.Errorf("the late try: %+v, %v", a, err)
						}
					}()
					return gate.Admission{}, errLost
				}
				a, err := s.Buy(t.Context(), t.Context(), product, purchase.Request{User: "u", Order: id(2)})
				if a.Result != c.want {
					t.Errorf("told %+v, %v", a, err)
				}
				time.Sleep(3 * purchase.AdmitWithin)
				if v, err := s.gate.Gate.View(t.Context(), product); err != nil || (v.Remaining == 0) != (c.want == purchase.Queued) {
					t.Errorf("the gate is left with %+v, %v", v, err)
				}
			})
		})
	}
}

// The gate's clock is another one, and may jump: a batch that comes too late by it is
// sent again, by the clock as it is then.
func TestTheGatesClockIsAnotherOne(t *testing.T) {
	for _, ahead := range []time.Duration{-time.Hour, time.Hour} {
		inBubble(t, func(t *testing.T, s *shop) {
			s.gate.Gate = memgate.New(memgate.Options{MaxUnrelayed: 50, Now: func() time.Time { return time.Now().Add(ahead) }})
			s.open(1, selling(3))
			s.gets("a", 1, purchase.Placed)
			ahead += 2 * time.Hour
			s.gets("b", 2, purchase.Placed)
			ahead -= 3 * time.Hour
			s.gets("c", 3, purchase.Placed)
			s.gets("d", 4, purchase.SoldOut)
		})
	}
}
