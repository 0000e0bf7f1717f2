package settle_test

import (
	"slices"
	"testing"
	"time"

	"seckill/internal/sale"
)

// expire demands how many orders are ended.
func (s *shop) expire(want int) {
	s.t.Helper()
	if n, err := s.Expire(s.t.Context(), 0); err != nil || n != want {
		s.t.Errorf("expire: %d, %v, not %d", n, err, want)
	}
}

// An order that was not paid in its window ends, to the millisecond, and no other.
func TestExpire(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 3)
		s.append(s.ends(sale.KindPay, 2), s.ends(sale.KindCancel, 3))
		time.Sleep(window / 2)
		s.append(s.order(4))
		time.Sleep(window/2 - time.Millisecond)
		s.expire(0)
		if n := s.logged(); n != 7 {
			t.Errorf("%d records", n)
		}
		time.Sleep(time.Millisecond)
		s.expire(1)
		if o := s.wantKept(1, sale.Expired); !o.EndedAt.Equal(time.Now()) {
			t.Errorf("ended at %v", o.EndedAt)
		}
		s.wantKept(2, sale.Paid)
		s.wantKept(3, sale.Cancelled)
		s.wantKept(4, sale.Placed)
		s.expire(0)
		time.Sleep(window / 2)
		s.expire(1)
		s.wantKept(4, sale.Expired)
	})
}

// However many they are, one call ends all.
func TestExpireAll(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 2100)
		time.Sleep(window)
		s.expire(2100)
		s.wantKept(2100, sale.Expired)
		s.expire(0)
	})
}

func TestWithoutAWindowNothingExpires(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.expire(0) // nothing at all
		s.sell(0, 2)
		time.Sleep(1000 * time.Hour)
		s.expire(0)
	})
}

// A payment that the log holds counts, though the store had not applied it when the
// window passed: an order expires only at the log's end.
func TestAPaymentOnItsWay(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 2)
		time.Sleep(window)
		s.asleep = true
		s.append(s.ends(sale.KindPay, 1))
		s.onPassed = s.project
		s.calls = nil
		s.expire(1)
		s.wantKept(1, sale.Paid)
		s.wantKept(2, sale.Expired)
		if !slices.Equal(s.calls, []string{"due", "passed", "due", "append", "passed"}) {
			t.Errorf("%q", s.calls)
		}
	})
}

// A payment that comes between the look and the record counts too: the first in
// the log wins.
func TestAPaymentAtTheLastMoment(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 1)
		time.Sleep(window)
		s.onAppend = func() error { s.append(s.ends(sale.KindPay, 1)); return nil }
		s.expire(1) // it took its step, and the fold refused it
		s.wantKept(1, sale.Paid)
		s.onAppend = nil
		s.expire(0)
		if p, err := s.store.Product(t.Context(), product); err != nil || p.Held != 1 || p.LastReturn != 0 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
