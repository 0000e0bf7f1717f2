package pgstore

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// leisurely is a schema whose sessions stand still within a transaction as long as they like: what a test
// waits for there takes longer on a busy machine than a projector may.
func leisurely(t *testing.T) (address string) {
	return schema(t) + "&idle_in_transaction_session_timeout=0"
}

// blocked waits until a second one waits for a lock, and not until it has ended.
func blocked(t *testing.T, s *Store, ended chan error) {
	t.Helper()
	for n := 0; n == 0; {
		if len(ended) > 0 {
			t.Error("the second did not wait for the first")
			return
		}
		err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE wait_event_type = 'Lock' AND application_name = current_setting('application_name')`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestOneOfTwoProcessesWins: the second comes while the first is folding.
func TestOneOfTwoProcessesWins(t *testing.T) {
	address := leisurely(t)
	first, second := opened(t, address), opened(t, address)
	mark := applied(t, first, orderstore.Mark{}, put(99))
	b := after(mark, buys(1, 10)...)
	lost := make(chan error, 1)
	err := first.Apply(t.Context(), b.Batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		go func() { lost <- b.to(t.Context(), second) }()
		blocked(t, first, lost)
		return b.fold(now, states)
	})
	if err != nil {
		t.Error(err)
	}
	if err := <-lost; !errors.Is(err, sale.ErrMoved) {
		t.Errorf("the second: %v, not %q", err, sale.ErrMoved)
	}
	holds(t, second, 10)
}

// TestTheFirstBatchIsOnce: a row that is not there cannot be locked.
func TestTheFirstBatchIsOnce(t *testing.T) {
	address := leisurely(t)
	first, second := opened(t, address), opened(t, address)
	b := after(orderstore.Mark{}, put(99))
	lost := make(chan error, 1)
	err := first.Apply(t.Context(), b.Batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		go func() { lost <- b.to(t.Context(), second) }()
		blocked(t, first, lost)
		return b.fold(now, states)
	})
	if lost := <-lost; err != nil || !errors.Is(lost, sale.ErrMoved) {
		t.Errorf("%v, and the second: %v, not %q", err, lost, sale.ErrMoved)
	}
}

// TestProductsAreLocked: two partitions bring orders of one product, as they never
// should. The second has to wait, and to see what the first did.
func TestProductsAreLocked(t *testing.T) {
	s := opened(t, leisurely(t))
	mark := applied(t, s, orderstore.Mark{}, put(99))
	first, second := after(mark, buys(1, 10)...), after(orderstore.Mark{}, buys(11, 10)...)
	second.Partition = 1
	done := make(chan error, 1)
	err := s.Apply(t.Context(), first.Batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		go func() {
			done <- s.Apply(t.Context(), second.Batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
				if held := states[0].Product.Held; held != 10 {
					t.Errorf("the second sees %d held, not 10", held)
				}
				return second.fold(now, states)
			})
		}()
		blocked(t, s, done)
		return first.fold(now, states)
	})
	if err := errors.Join(err, <-done); err != nil {
		t.Error(err)
	}
	holds(t, s, 20)
}

// TestAnIdThatIsTakenMeanwhile: while one partition folds an order, another brings
// one of another product under the same id. The first then sees whose it is.
func TestAnIdThatIsTakenMeanwhile(t *testing.T) {
	s := opened(t, leisurely(t))
	mark := applied(t, s, orderstore.Mark{}, put(99))
	other, foreign := put(99), buy(7)
	other.ProductID, foreign.ProductID = "2", "2"
	b := orderstore.Batch{Partition: 1, To: orderstore.Mark{Next: 2, Source: source}, Concerns: []orderstore.Concern{
		{Product: "2", Orders: []sale.OrderID{foreign.OrderID}, Users: []string{foreign.UserID}, MostHeld: true},
	}}
	var outcomes []sale.Outcome
	err := s.Apply(t.Context(), b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		if len(outcomes) == 0 {
			applied(t, s, mark, buys(1, 10)...)
		}
		sale.Fold(states[0], other, sale.Position{Partition: 1}, now)
		outcomes = append(outcomes, sale.Fold(states[0], foreign, sale.Position{Partition: 1, Offset: 1}, now))
		return nil
	})
	if err != nil || !slices.Equal(outcomes, []sale.Outcome{sale.Applied, sale.Foreign}) {
		t.Errorf("%v, and the order was %v", err, outcomes)
	}
	holds(t, s, 10)
}

// TestAStalledProcessLosesItsBatch: the first stands still while it folds, and the
// second does not wait for it for ever.
func TestAStalledProcessLosesItsBatch(t *testing.T) {
	address := schema(t)
	other := opened(t, address) // it makes the tables, which may take longer
	stalled, err := (*Store)(nil), sale.ErrUnavailable
	for errors.Is(err, sale.ErrUnavailable) { // on a busy machine its session may be gone at any time
		stalled, err = open(t.Context(), address+"&idle_in_transaction_session_timeout=50", time.Hour, migrate)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer stalled.Close()
	mark := applied(t, other, orderstore.Mark{}, put(99))
	b := after(mark, buys(1, 10)...)
	for begun := false; !begun && t.Context().Err() == nil; {
		err = stalled.Apply(t.Context(), b.Batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
			begun = true
			applied(t, other, mark, b.records...)
			return b.fold(now, states)
		})
	}
	if !errors.Is(err, sale.ErrUnavailable) {
		t.Errorf("a batch whose session is gone: %v, not %q", err, sale.ErrUnavailable)
	}
	if err := again(t, stalled, b); !errors.Is(err, sale.ErrMoved) {
		t.Errorf("the same batch again: %v, not %q", err, sale.ErrMoved)
	}
	holds(t, other, 10)
}

// TestEveryConnectionHasTheSettings, unless its URL says otherwise.
func TestEveryConnectionHasTheSettings(t *testing.T) {
	s := opened(t, schema(t)+"&jit=on")
	for name, want := range settings {
		switch name {
		case "application_name": // the URL of every test has one
			continue
		case "jit":
			want = "on"
		}
		var got string
		if err := s.pool.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v; not %q", name, got, err, want)
		}
	}
}

// TestTheTimeIsThatAfterTheLocks: whoever had to wait for another that then failed
// does not date its orders back to when it began to wait.
func TestTheTimeIsThatAfterTheLocks(t *testing.T) {
	address := leisurely(t)
	first, second := opened(t, address), opened(t, address)
	mark := applied(t, first, orderstore.Mark{}, put(99))
	b := after(mark, buys(1, 10)...)
	clock := func() (now time.Time) {
		if err := first.pool.QueryRow(t.Context(), "SELECT "+storeTime).Scan(&now); err != nil {
			t.Fatal(err)
		}
		return now
	}
	ctx, fail := context.WithCancel(t.Context())
	var waited time.Time
	dated, done := time.Time{}, make(chan error, 1)
	err := first.Apply(ctx, b.Batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		go func() {
			done <- second.Apply(t.Context(), b.Batch, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
				dated = now
				return b.fold(now, states)
			})
		}()
		blocked(t, first, done)
		for began := clock(); !waited.After(began); waited = clock() {
		}
		fail()
		return b.fold(now, states)
	})
	if err == nil {
		t.Error("the first did not fail")
	}
	if err := <-done; err != nil || dated.Before(waited) {
		t.Errorf("%v; it is dated %s, and waited until %s at least", err, dated, waited)
	}
}
