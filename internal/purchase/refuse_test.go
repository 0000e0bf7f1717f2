package purchase_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/gate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

func TestALoserIsToldFromTheViewWhileItIsFresh(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(7, selling(1))
		s.asks("loser") // nothing is known yet
		s.gets("winner", 1, purchase.Placed)
		asked := s.gate.asked()
		if a := s.refuses("loser", purchase.SoldOut); a.Epoch != 7 || !a.Now.Equal(time.Now()) {
			t.Fatalf("told %+v", a)
		}
		time.Sleep(purchase.ViewAge)
		s.refuses("loser", purchase.SoldOut)
		if s.gate.asked() != asked {
			t.Fatal("the gate was asked")
		}
		time.Sleep(time.Nanosecond)
		s.asks("loser")
		s.gets("loser", 2, purchase.SoldOut)
		if s.gate.asked() != asked+1 {
			t.Fatal("the gate was not asked")
		}
		s.refuses("loser", purchase.SoldOut) // by the view that this brought
	})
}

// A view that is of the future was taken before the clock was set back.
func TestAClockThatWentBackMakesNoViewFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		back := time.Duration(0)
		s := newShop(t, func(p *purchase.Parts) {
			p.Now = func() time.Time { return time.Now().Round(0).Add(-back) }
		})
		s.open(1, selling(1))
		s.gets("winner", 1, purchase.Placed)
		s.refuses("loser", purchase.SoldOut)
		back = time.Minute
		s.asks("loser")
	})
}

func TestWhoMayHoldAnOrderIsNeverToldFromTheView(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(3, selling(1),
			gate.Holding{User: "held", Order: id(1)}, gate.Holding{User: "ended", Order: id(2), Ended: true})
		s.gets("winner", 3, purchase.Placed)
		s.refuses("loser", purchase.SoldOut)
		for _, user := range []string{"winner", "held", "ended"} {
			s.asks(user)
		}
		s.gets("winner", 3, purchase.Again)
		s.gets("held", 1, purchase.Again)
		s.gets("ended", 2, purchase.Again)
		if a := s.gets("winner", 4, purchase.AlreadyBought); a.Order != id(3) {
			t.Fatalf("the order named is %v", a.Order)
		}
		if a := s.gets("held", 5, purchase.AlreadyBought); a.Order != id(1) {
			t.Fatalf("the order named is %v", a.Order)
		}
		s.gets("ended", 6, purchase.SoldOut) // only the gate could tell
	})
}

// A unit came back and went again: who had it first still finds their order.
func TestWhoseOrderEndedInThisEpochIsAskedForAtTheGate(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gets("first", 1, purchase.Placed)
		s.giveBack(1, sale.Return{ProductID: product, Number: 1, OrderID: id(1), UserID: "first"})
		s.asks("anybody")
		s.gets("second", 2, purchase.Placed)
		s.refuses("loser", purchase.SoldOut)
		s.asks("first")
		s.gets("first", 1, purchase.Again)
	})
}

// giveBack returns a unit to the gate, and says so, as the projector does.
func (s *shop) giveBack(epoch int64, r sale.Return) {
	s.t.Helper()
	if _, err := s.gate.Return(s.t.Context(), product, epoch, []sale.Return{r}); err != nil {
		s.t.Fatal(err)
	}
	s.Invalidate(product)
}

func TestTheNewestOrderIsNamed(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, gate.Start{Terms: gate.Hours{LimitPerUser: 2}, Remaining: 9})
		s.gets("u", 1, purchase.Placed)
		s.gets("u", 2, purchase.Placed)
		if a := s.gets("u", 3, purchase.AlreadyBought); a.Order != id(2) {
			t.Fatalf("the order named is %v", a.Order)
		}
	})
}

// The view of before must not turn a winner away who asks again at once. It was
// taken while the gate was sold out, and a unit came free since.
func TestAWinnerIsNotRefusedByAViewFromBefore(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gets("first", 1, purchase.Placed)
		s.refuses("second", purchase.SoldOut)
		s.comesFree(1, "first", 1) // and nobody tells the desk
		if a := <-s.buys(t.Context(), "second", 2); a.Result != purchase.Placed {
			t.Fatalf("told %+v", a)
		}
		s.asks("second")
		waitIdle()
		s.asks("second")
		s.refuses("loser", purchase.SoldOut)
	})
}

// comesFree returns a unit to the gate, and does not say so.
func (s *shop) comesFree(number int64, user string, order int) {
	s.t.Helper()
	back := []sale.Return{{ProductID: product, Number: number, OrderID: id(order), UserID: user}}
	if _, err := s.gate.Return(s.t.Context(), product, 1, back); err != nil {
		s.t.Fatal(err)
	}
}

// A lost answer: who asks again at once may hold an order that the view does not
// know of.
func TestWhoseOutcomeIsUnknownIsNotRefusedByAViewFromBefore(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gets("first", 1, purchase.Placed)
		s.refuses("second", purchase.SoldOut)
		s.comesFree(1, "first", 1)
		ctx, leave := context.WithCancel(t.Context())
		s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
			s.gate.onAdmit = nil
			_, _ = admit()
			leave()
			return gate.Admission{}, sale.ErrUnknownOutcome
		}
		<-s.buys(ctx, "second", 2)
		waitIdle()
		s.asks("second")
	})
}

func TestReturnedDropsTheView(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.Invalidate(product) // of which nobody has asked yet
		s.open(1, selling(1))
		s.gets("winner", 1, purchase.Placed)
		s.refuses("loser", purchase.SoldOut)
		s.Invalidate("another")
		s.refuses("loser", purchase.SoldOut)
		s.giveBack(1, sale.Return{ProductID: product, Number: 1, OrderID: id(1), UserID: "winner"})
		s.asks("loser")
		s.gets("loser", 2, purchase.Placed)
	})
}

func TestEveryWordOfAViewHasItsAnswer(t *testing.T) {
	soon := 50 * time.Millisecond
	for name, c := range map[string]struct {
		terms func(now time.Time) gate.Hours
		want  purchase.Result
	}{
		"closed":         {func(time.Time) gate.Hours { return gate.Hours{Closed: true, Paused: true} }, purchase.Closed},
		"closed by time": {func(now time.Time) gate.Hours { return gate.Hours{ClosesAt: now} }, purchase.Closed},
		"paused":         {func(now time.Time) gate.Hours { return gate.Hours{Paused: true, OpensAt: now.Add(soon)} }, purchase.Paused},
		"not open":       {func(now time.Time) gate.Hours { return gate.Hours{OpensAt: now.Add(soon)} }, purchase.NotOpen},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *shop) {
				start := gate.Start{Terms: c.terms(time.Now()), Remaining: 1}
				start.Terms.LimitPerUser = 1
				s.open(2, start)
				byGate := s.gets("u1", 1, c.want)
				byView := s.refuses("u2", c.want)
				if byGate != byView {
					t.Fatalf("the gate says\n %+v\nand the view\n %+v", byGate, byView)
				}
				if opens := start.Terms.OpensAt; c.want == purchase.NotOpen && !byView.OpensAt.Equal(opens) {
					t.Fatalf("it opens at %v, not %v", byView.OpensAt, opens)
				}
			})
		})
	}
}

// A view goes with the time: who asks a moment after the sale begins is not told
// that it has not.
func TestAViewOpensWithTheSale(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		start := selling(1)
		start.Terms.OpensAt = time.Now().Add(50 * time.Millisecond)
		s.open(1, start)
		s.gets("u1", 1, purchase.NotOpen)
		time.Sleep(50*time.Millisecond - 1)
		s.refuses("u2", purchase.NotOpen)
		time.Sleep(time.Nanosecond)
		s.asks("u2")
		s.gets("u2", 2, purchase.Placed)
	})
}

// If the gate cannot tell who has an order, nobody is refused by its view.
func TestAViewWithoutUsersRefusesNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gate.onUsers = func(int64) { // the gate moves on between its two answers
			s.gate.onUsers = nil
			s.open(2, selling(0), gate.Holding{User: "u1", Order: id(1)})
		}
		s.gets("u1", 1, purchase.Placed)
		s.asks("u2")
		s.gets("u2", 2, purchase.SoldOut)
		s.refuses("u2", purchase.SoldOut)
		s.asks("u1")
	})
}

// All users are fetched once in an epoch, however often units come back: whom this
// process admits it knows.
func TestAllUsersAreFetchedOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		var fetched []int64
		s.gate.onUsers = func(from int64) { fetched = append(fetched, from) }
		s.open(1, selling(1))
		s.gets("u0", 1, purchase.Placed)
		for n := range 50 {
			s.giveBack(1, sale.Return{ProductID: product, Number: int64(n + 1), OrderID: id(n + 1), UserID: fmt.Sprint("u", n)})
			s.gets(fmt.Sprint("u", n+1), n+2, purchase.Placed)
			for m := range n + 2 {
				s.asks(fmt.Sprint("u", m))
			}
			s.refuses("loser", purchase.SoldOut)
			time.Sleep(2 * purchase.ViewAge)
			s.gets("loser", 1000+n, purchase.SoldOut)
		}
		if !slices.Equal(fetched, []int64{0}) {
			t.Fatalf("fetched from %v on", fetched)
		}
		s.open(2, selling(0), gate.Holding{User: "u1", Order: id(1)}, gate.Holding{User: "late", Order: id(2)})
		s.Invalidate(product)
		s.gets("loser", 2000, purchase.SoldOut)
		s.asks("late")
		if !slices.Equal(fetched, []int64{0, 0}) {
			t.Fatalf("fetched from %v on", fetched)
		}
	})
}

// While users are fetched the lane goes on: everybody hears of the gate.
func TestALaneDoesNotWaitForItsUsers(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		slow := make(chan struct{})
		s.gate.onUsers = func(int64) { <-slow }
		s.open(1, selling(1), gate.Holding{User: "held", Order: id(9)})
		s.gets("first", 1, purchase.Placed)
		for n := range 3 {
			s.gets("loser", 10+n, purchase.SoldOut)
			s.asks("loser")
			s.gets("first", 1, purchase.Again)
		}
		s.giveBack(1, sale.Return{ProductID: product, Number: 1, OrderID: id(1), UserID: "first"})
		s.gets("second", 2, purchase.Placed)
		close(slow)
		waitIdle()
		s.gets("loser", 20, purchase.SoldOut) // the second came after the question
		s.refuses("loser", purchase.SoldOut)
		for _, user := range []string{"held", "first", "second"} {
			s.asks(user)
		}
	})
}

// Another process has the same gate: who got an order there is asked for at the
// gate, once this one has looked again.
func TestWhoBoughtElsewhereIsNotTurnedAway(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gets("first", 1, purchase.Placed)
		here := s.Desk
		s.renew()
		s.giveBack(1, sale.Return{ProductID: product, Number: 1, OrderID: id(1), UserID: "first"})
		s.gets("elsewhere", 2, purchase.Placed)
		s.Desk = here
		time.Sleep(2 * purchase.ViewAge)
		s.gate.onUsers = func(from int64) {
			if from != 2 {
				t.Errorf("asked for the users from seq %d on", from)
			}
		}
		s.gets("loser", 3, purchase.SoldOut)
		s.refuses("loser", purchase.SoldOut)
		s.asks("elsewhere")
		s.asks("first")
	})
}

// A gate that was opened anew counts its orders from the start: a number says
// nothing without its epoch.
func TestUsersOfAnotherEpochAreOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(0))
		s.gets("loser", 1, purchase.SoldOut)
		s.refuses("late", purchase.SoldOut)
		s.open(2, selling(0), gate.Holding{User: "late", Order: id(2)})
		time.Sleep(2 * purchase.ViewAge)
		s.gets("loser", 1, purchase.SoldOut)
		s.refuses("loser", purchase.SoldOut)
		s.asks("late")
	})
}

// A view is as old as the question that brought it.
func TestASlowAnswerMakesAnOldView(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
			a, err := admit()
			time.Sleep(purchase.ViewAge + 1)
			return a, err
		}
		s.gets("winner", 1, purchase.Placed)
		s.asks("loser")
	})
}

// A gate in this process is asked for its view rather than sent the buyer.
func TestANearGateIsAskedForItsView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, func(p *purchase.Parts) { p.Near = true })
		s.open(1, selling(1))
		s.gets("winner", 1, purchase.Placed)
		asked := s.gate.asked()
		for range 3 {
			time.Sleep(2 * purchase.ViewAge)
			if a := s.refuses("loser", purchase.SoldOut); !a.Now.Equal(time.Now()) {
				t.Fatalf("told %+v", a)
			}
			s.asks("winner")
		}
		if s.gate.asked() != asked {
			t.Fatal("the gate was asked to decide")
		}
		viewed := 0
		s.gate.onView = func() error { viewed++; return nil }
		s.refuses("loser", purchase.SoldOut)
		if viewed > 0 {
			t.Fatal("the view was not kept")
		}
	})
}

// What a near gate says anew is only of use with the users that are known, and
// where the gate still refuses.
func TestANearGateThatMovedOnIsAsked(t *testing.T) {
	back := sale.Return{ProductID: product, Number: 1, OrderID: id(1), UserID: "first"}
	for name, happens := range map[string]func(s *shop) error{
		"a unit came free": func(s *shop) error {
			_, err := s.gate.Return(s.t.Context(), product, 1, []sale.Return{back})
			return err
		},
		"and went again": func(s *shop) error {
			_, err := s.gate.Return(s.t.Context(), product, 1, []sale.Return{back})
			if err == nil {
				_, err = s.gate.Admit(s.t.Context(), product, gate.Try{}, []gate.Request{{User: "late", Order: id(2)}})
			}
			return err
		},
		"it was opened anew": func(s *shop) error {
			s.open(2, selling(0), gate.Holding{User: "late", Order: id(2)})
			return nil
		},
		"it was shut": func(s *shop) error {
			_, _, err := s.gate.Shut(s.t.Context(), product, 2)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop(t, func(p *purchase.Parts) { p.Near = true })
				s.open(1, selling(1))
				s.gets("first", 1, purchase.Placed)
				s.refuses("late", purchase.SoldOut)
				if err := happens(s); err != nil { // and nobody tells the desk
					t.Fatal(err)
				}
				time.Sleep(2 * purchase.ViewAge)
				s.asks("late")
			})
		})
	}
}

// A view that the desk was told to forget while the gate was asked is not kept.
func TestAForgottenViewIsNotRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, func(p *purchase.Parts) { p.Near = true })
		s.open(1, selling(1))
		s.gets("winner", 1, purchase.Placed)
		time.Sleep(2 * purchase.ViewAge)
		s.gate.onView = func() error { s.Invalidate(product); return nil }
		s.refuses("loser", purchase.SoldOut) // by what the gate said at that moment
		s.asks("loser")
	})
}

func TestRefusingAllocatesNothing(t *testing.T) {
	for _, products := range []int{1, 10_000} {
		t.Run(fmt.Sprint(products), func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *shop) {
				s.sellOut(products)
				id, loser := []byte(fmt.Sprint("p", products)), []byte("loser")
				told := false
				if n := testing.AllocsPerRun(1000, func() { _, told = s.Refuse(id, loser) }); n > 0 || !told {
					t.Fatalf("%v allocations; refused: %v", n, told)
				}
			})
		})
	}
}

// sellOut opens p1, p2, … with nothing to sell, and has each of them say so.
func (s *shop) sellOut(products int) {
	s.t.Helper()
	for n := range products {
		id := fmt.Sprint("p", n+1)
		s.catalog[id] = nil
		s.openAs(id, 1, selling(0))
		if a, err := s.Buy(s.t.Context(), s.t.Context(), id, purchase.Request{User: "u"}); err != nil || a.Result != purchase.SoldOut {
			s.t.Fatalf("told %+v, %v", a, err)
		}
	}
	waitIdle()
}

// What a gate says that nobody has foreseen refuses nobody.
func TestEveryVerdictHasItsResult(t *testing.T) {
	want := map[gate.Verdict]purchase.Result{
		gate.LimitReached: purchase.AlreadyBought, gate.OrderLimit: purchase.OrderLimit, gate.Closed: purchase.Closed,
		gate.Paused: purchase.Paused, gate.NotOpen: purchase.NotOpen, gate.SoldOut: purchase.SoldOut, gate.NotEligible: purchase.NotEligible, gate.AddressLimit: purchase.AddressLimit,
		gate.Admitted: purchase.Placed, gate.Known: purchase.Again,
	}
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(5))
		for verdict := range gate.Verdict(20) {
			s.gate.onAdmit = func(batch []gate.Request, _ func() (gate.Admission, error)) (gate.Admission, error) {
				return gate.Admission{View: gate.View{Epoch: 1, Now: time.Now()}, Decisions: []gate.Decision{{Verdict: verdict, Order: batch[0].Order, Seq: 1}}}, nil
			}
			a, err := s.Buy(t.Context(), t.Context(), product, purchase.Request{User: "u", Order: id(1)})
			if err != nil || a.Result != want[verdict] {
				t.Errorf("verdict %d is result %d, %v, not %d", verdict, a.Result, err, want[verdict])
			}
		}
	})
}
