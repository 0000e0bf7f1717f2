package purchase_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

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
			if latest := sent.Add(ahead + purchase.AdmitWithin); s.gate.by.After(latest) {
				t.Errorf("sent at %s, and may be admitted until %s", sent, s.gate.by)
			}
		}
	})
}

// A buyer asks, gives up, and asks again, while the first try is still on its way: a
// unit that comes back may yet be theirs by it, so they are not refused before.
func TestARetryIsNotRefusedWhileTheTryOfBeforeMayAct(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1))
		s.gets("winner", 1, purchase.Placed)
		s.gate.onAdmit = func([]gate.Request, func() (gate.Admission, error)) (gate.Admission, error) {
			return gate.Admission{}, errLost // and it is still on its way
		}
		sent := time.Now()
		brief, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if a := <-s.buys(brief, "u", 2); !errors.Is(a.err, sale.ErrUnknownOutcome) {
			t.Fatalf("told %+v", a)
		}
		s.gate.onAdmit = nil
		if a := <-s.buys(t.Context(), "another", 3); a.err != nil || a.Result != purchase.SoldOut || time.Since(sent) > purchase.AdmitWithin/2 {
			t.Errorf("who was not in that batch is told %+v after %s", a, time.Since(sent))
		}
		synctest.Wait()
		s.asks("u")
		if a := <-s.buys(t.Context(), "u", 2); a.err != nil || a.Result != purchase.SoldOut || time.Since(sent) <= purchase.AdmitWithin {
			t.Errorf("told %+v after %s", a, time.Since(sent))
		}
		waitIdle()
		s.refuses("u", purchase.SoldOut)
	})
}
