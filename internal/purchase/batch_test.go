package purchase_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/gate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// holdFirst keeps the first batch at the gate until release is called.
func (s *shop) holdFirst() (release func()) {
	held, first := make(chan struct{}), true
	s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
		if first {
			first = false
			<-held
		}
		return admit()
	}
	return func() { close(held) }
}

func TestWhoWaitsWhileABatchIsInFlightIsTheNextBatch(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1000))
		release := s.holdFirst()
		told := []<-chan said{s.buys(t.Context(), "u0", 0)}
		synctest.Wait()
		for n := 1; n <= 100; n++ {
			told = append(told, s.buys(t.Context(), fmt.Sprint("u", n), n))
		}
		synctest.Wait()
		if got := s.gate.asked(); got != 1 {
			t.Fatalf("%d batches are in flight", got)
		}
		release()
		for n, c := range told {
			if a := <-c; a.err != nil || a.Result != purchase.Placed || a.Order != id(n) {
				t.Fatalf("buyer %d was told %+v", n, a)
			}
		}
		if !slices.Equal(s.gate.batches, []int{1, 100}) {
			t.Fatalf("batches of %v", s.gate.batches)
		}
		synctest.Wait()
		if left := s.pending(); len(left) > 0 {
			t.Fatalf("%d entries are left in the outbox", len(left))
		}
	})
}

func TestABatchIsBounded(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(1)) // nearly all are refused: it is the batches that count
		release := s.holdFirst()
		first := s.buys(t.Context(), "u0", 0)
		synctest.Wait()
		var told []<-chan said
		for n := 1; n <= purchase.MaxBatch+1; n++ {
			told = append(told, s.buys(t.Context(), fmt.Sprint("u", n), n))
		}
		synctest.Wait()
		release()
		<-first
		for n, c := range told {
			if a := <-c; a.err != nil || a.Result != purchase.SoldOut {
				t.Fatalf("buyer %d was told %+v", n+1, a)
			}
		}
		if !slices.Equal(s.gate.batches, []int{1, purchase.MaxBatch, 1}) {
			t.Fatalf("batches of %v", s.gate.batches)
		}
	})
}

// Every buyer of a batch waits for its append, also those whom the gate refused.
func TestNobodyIsAnsweredBeforeTheAppend(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(3))
		release := s.holdFirst()
		told := []<-chan said{s.buys(t.Context(), "u0", 0)}
		synctest.Wait()
		for n := 1; n < 10; n++ {
			told = append(told, s.buys(t.Context(), fmt.Sprint("u", n), n))
		}
		gone := make(chan struct{})
		s.log.onAppend = func(add func() (sale.Position, error)) (sale.Position, error) {
			<-gone
			return add()
		}
		release()
		synctest.Wait()
		for n, c := range told {
			select {
			case a := <-c:
				t.Fatalf("buyer %d was told %+v, and nothing is in the log", n, a)
			default:
			}
		}
		close(gone)
		results := map[purchase.Result]int{}
		for _, c := range told {
			results[(<-c).Result]++
		}
		if results[purchase.Placed] != 3 || results[purchase.SoldOut] != 7 {
			t.Fatalf("results are %v", results)
		}
		if got := s.logged(); len(got) != 3 {
			t.Fatalf("the log holds %d records", len(got))
		}
	})
}

// What goes into the log is what the outbox holds, so that it does not matter
// which of the two copies is folded.
func TestTheLogGetsWhatTheOutboxHolds(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(4, gate.Start{Terms: gate.Hours{LimitPerUser: 2}, Remaining: 10})
		var kept []gate.Entry
		s.log.onAppend = func(add func() (sale.Position, error)) (sale.Position, error) {
			kept = append(kept, s.pending()...)
			return add()
		}
		time.Sleep(1234567 * time.Nanosecond) // times are kept to the millisecond
		release := s.holdFirst()
		first := s.buys(t.Context(), "a", 1)
		synctest.Wait()
		for _, n := range []int{2, 3, 4} { // the third of them is one too many
			s.buys(t.Context(), "b", n)
			synctest.Wait()
		}
		last := s.buys(t.Context(), "c", 5)
		synctest.Wait()
		release()
		<-first
		<-last
		var want []sale.Record
		for _, e := range kept {
			want = append(want, e.Orders...)
		}
		if got := s.logged(); len(want) != 4 || !slices.Equal(got, want) {
			t.Fatalf("the log holds\n %v\nand the outbox held\n %v", got, want)
		}
	})
}

// A log that is away keeps nobody from the gate's decision: who is told that they
// are queued has been admitted.
func TestASlowLog(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(7, selling(3))
		release := s.holdLog()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var told []<-chan said
		for n := range 4 {
			told = append(told, s.buys(ctx, fmt.Sprint("u", n), n))
			synctest.Wait()
		}
		if s.gate.asked() != 1 {
			t.Fatalf("%d batches were taken before the log was slow", s.gate.asked())
		}
		time.Sleep(purchase.SlowAppend)
		if a := <-told[3]; a.err != nil || a.Result != purchase.SoldOut {
			t.Fatalf("told %+v", a)
		}
		for n := range 3 {
			if a := <-told[n]; a.err != nil || a.Result != purchase.Queued || a.Order != id(n) || a.Epoch != 7 {
				t.Fatalf("told %+v", a)
			}
		}
		if got := s.logged(); len(got) != 0 {
			t.Fatalf("the log holds %v", got)
		}
		release()
		synctest.Wait()
		if got, left := s.logged(), s.pending(); len(got) != 3 || len(left) != 0 {
			t.Fatalf("the log holds %v, the outbox %v", got, left)
		}
		s.gets("u1", 1, purchase.Again)
	})
}

// Who the gate has not decided on in time has an unknown outcome, and is not queued.
func TestASlowGate(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.open(1, selling(3))
		gone := make(chan struct{})
		s.gate.onAdmit = func(_ []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error) {
			<-gone
			return admit()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if a := <-s.buys(ctx, "u1", 1); !errors.Is(a.err, sale.ErrUnknownOutcome) {
			t.Fatalf("told %+v", a)
		}
		close(gone)
		synctest.Wait()
		s.gets("u1", 1, purchase.Again)
	})
}
