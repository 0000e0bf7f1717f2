package purchase_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// holdGate keeps the next admit from the gate until release is called.
func (s *shop) holdGate() (release func()) {
	held := make(chan struct{})
	s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
		<-held
		return admit()
	}
	return func() { close(held) }
}

// Whoever gave up while their batch was not yet sent is not in it, and is told that
// nothing happened; those who share it are answered by their own orders.
func TestWhoHasGoneIsNotSentToTheGate(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(5))
		release := s.holdGate()
		first := s.buys(t.Context(), "first", 1)
		synctest.Wait()
		brief, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		gone := []<-chan said{s.buys(brief, "gone", 2)}
		synctest.Wait()
		stays := s.buys(t.Context(), "stays", 3)
		synctest.Wait()
		gone = append(gone, s.buys(brief, "gone2", 4))
		synctest.Wait()
		last := s.buys(t.Context(), "last", 5)
		for _, told := range gone {
			if a := <-told; !errors.Is(a.err, sale.ErrUnavailable) || a.Result != 0 {
				t.Errorf("who has gone is told %+v", a)
			}
		}
		release()
		for order, told := range map[int]<-chan said{1: first, 3: stays, 5: last} {
			if a := <-told; a.err != nil || a.Result != purchase.Placed || a.Order != id(order) {
				t.Errorf("order %d: told %+v", order, a)
			}
		}
		waitIdle()
		users := ""
		for _, r := range s.logged() {
			users += r.UserID + ","
		}
		if users != "first,stays,last," {
			t.Errorf("the log has orders of %s", users)
		}
	})
}

// A batch of nobody is not sent.
func TestWhereAllHaveGoneTheGateIsNotAsked(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(5))
		release := s.holdGate()
		first := s.buys(t.Context(), "first", 1)
		synctest.Wait()
		brief, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		<-s.buys(brief, "gone", 2)
		release()
		<-first
		waitIdle()
		if s.gate.asked() != 1 {
			t.Errorf("the gate was asked %d times", s.gate.asked())
		}
		s.gets("next", 3, purchase.Placed)
	})
}

// Who gives up while the gate is asked, and asks anew at once, may get a unit by the try
// of before: nobody is refused by what the gate said before that.
func TestWhoGaveUpIsNotRefusedFromMemory(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gets("winner", 1, purchase.Placed)
		s.refuses("u", purchase.SoldOut)
		release := s.holdGate()
		brief, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if a := <-s.buys(brief, "u", 2); !errors.Is(a.err, sale.ErrUnknownOutcome) {
			t.Fatalf("told %+v", a)
		}
		s.asks("u")
		release()
		s.refuses("u", purchase.SoldOut)
	})
}

// How slow the way to the gate was makes no deadline later: a second after a batch
// was sent it does nothing, whatever clock the gate has.
func TestASlowWayMakesNoDeadlineLater(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		const ahead = time.Hour
		s.gate.Gate = memgate.New(memgate.Options{MaxUnrelayed: 50, Now: func() time.Time { return time.Now().Add(ahead) }})
		s.open(1, selling(5))
		s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
			defer time.Sleep(300 * time.Millisecond) // back
			time.Sleep(300 * time.Millisecond)       // and there
			return admit()
		}
		for n := range 3 {
			sent := time.Now()
			s.gets("u"+string(rune('a'+n)), n, purchase.Placed)
			if latest := sent.Add(ahead + purchase.AdmitWithin); s.gate.try.By.After(latest) {
				t.Errorf("sent at %s, and may be admitted until %s", sent, s.gate.try.By)
			}
		}
	})
}

// Nor does a step of this process's clock.
func TestAStepOfTheProcessClockMakesNoDeadlineLater(t *testing.T) {
	began := time.Now() // also by what no step changes, which the clock of a bubble has not
	inBubble(t, func(t *testing.T, s *shop) {
		step, since := time.Duration(0), time.Now()
		s.renew(func(p *purchase.Parts) {
			p.Now = func() time.Time { return stepped(began.Add(time.Since(since)), step) }
		})
		s.open(1, selling(9))
		for n, by := range []time.Duration{0, time.Hour, -time.Hour} {
			step = by
			s.gets("u"+string(rune('a'+n)), n, purchase.Placed)
			if latest := time.Now().Add(purchase.AdmitWithin); !s.gate.try.By.Equal(latest) {
				t.Errorf("after a step of %s: sent at %s, and may be admitted until %s", by, time.Now(), s.gate.try.By)
			}
		}
	})
}

// stepped is the time t as a process reads it whose wall clock was set by so much since it began.
func stepped(t time.Time, by time.Duration) time.Time {
	wall := (*uint64)(unsafe.Pointer(&t)) // its seconds stand above 30 bits of nanoseconds
	*wall += uint64(int64(by/time.Second) << 30)
	return t
}

// A buyer asks, gives up, and asks again, while the first try is still on its way: a unit
// that comes back may yet be theirs by it, so nobody is refused from memory, and the gate,
// asked again, lets it do nothing any more.
func TestARetryFencesTheTryOfBefore(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gets("winner", 1, purchase.Placed)
		s.refuses("another", purchase.SoldOut)
		var late func() (gate.Admission, error)
		s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
			late = admit
			return gate.Admission{}, errLost
		}
		brief, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if a := <-s.buys(brief, "u", 2); !errors.Is(a.err, sale.ErrUnknownOutcome) {
			t.Fatalf("told %+v", a)
		}
		s.gate.onAdmit = nil
		s.asks("u")
		s.asks("another")
		s.gets("u", 2, purchase.SoldOut)
		if _, err := s.gate.Return(t.Context(), product, 1, []sale.Return{{ProductID: product, Number: 1, OrderID: id(1), UserID: "winner"}}); err != nil {
			t.Fatal(err)
		}
		if a, err := late(); !errors.Is(err, sale.ErrLate) {
			t.Errorf("the try of before: %+v, %v", a, err)
		}
		waitIdle()
		s.refuses("u", purchase.SoldOut)
	})
}
