package settle_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"seckill/internal/sale"
)

// While the log takes one payment, those that come are the next turn: one look for their orders, one
// append, and one look for their rows, whatever the number.
func TestPaymentsShareTurns(t *testing.T) {
	const n = 40
	paying(t, n, func(t *testing.T, s *till) {
		s.calls = nil
		taken, told := make(chan struct{}), make(chan struct{})
		s.onAppend = sync.OnceValue(func() error { <-taken; return nil })
		s.onRows = sync.OnceFunc(func() { <-told })
		var all sync.WaitGroup
		pay := func(i int) {
			all.Go(func() {
				s.take(payment(fmt.Sprint("m", i), i), sale.PaymentPaid, "")
				s.wantKept(i, sale.Paid)
			})
		}
		pay(1)
		synctest.Wait()
		for i := 2; i <= n; i++ {
			pay(i)
		}
		synctest.Wait()
		close(taken)
		synctest.Wait()
		close(told)
		all.Wait()
		looked := map[string]int{}
		for _, call := range s.calls {
			looked[call]++
		}
		if looked["append"] != 2 || looked["orders"] != 2 || looked["rows"] != 2 {
			t.Errorf("%v", looked)
		}
	})
}

// A log that does not take a turn is told to all who are in it, and to nobody else.
func TestATurnThatFails(t *testing.T) {
	paying(t, 3, func(t *testing.T, s *till) {
		taken := make(chan struct{})
		s.onAppend = sync.OnceValue(func() error { <-taken; return sale.ErrUnavailable })
		var all sync.WaitGroup
		all.Go(func() {
			if _, _, err := s.Receive(t.Context(), payment("m1", 1), ""); !errors.Is(err, sale.ErrUnavailable) {
				t.Errorf("%v", err)
			}
		})
		synctest.Wait()
		all.Go(func() { synctest.Wait(); s.onAppend = nil; close(taken) })
		all.Go(func() { s.take(payment("m2", 2), sale.PaymentPaid, "") })
		all.Wait()
		s.wantKept(1, sale.Placed)
	})
}
