package settle_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"seckill/internal/sale"
)

type end func(context.Context, sale.OrderID) (sale.Order, error)

func (s *shop) pay() end    { return by(s.Settler.Pay) }
func (s *shop) cancel() end { return by(s.Settler.Cancel) }

// by ends an order as ann does.
func by(f func(context.Context, sale.OrderID, string) (sale.Order, error)) end {
	return func(ctx context.Context, id sale.OrderID) (sale.Order, error) { return f(ctx, id, "ann") }
}

// From every state an order can be in, what paying and cancelling come to.
func TestPayAndCancel(t *testing.T) {
	for _, c := range []struct {
		window time.Duration
		before sale.Kind // that befell the order first
		end    func(*shop) end
		status sale.Status
		err    error
		writes int64 // records
	}{
		{window, "", (*shop).pay, sale.Paid, nil, 1},
		{window, "", (*shop).cancel, sale.Cancelled, nil, 1},
		{window, sale.KindPay, (*shop).pay, sale.Paid, nil, 0}, // again: as it is
		{window, sale.KindCancel, (*shop).cancel, sale.Cancelled, nil, 0},
		{window, sale.KindPay, (*shop).cancel, sale.Paid, sale.ErrFinal, 0},
		{window, sale.KindCancel, (*shop).pay, sale.Cancelled, sale.ErrFinal, 0},
		{window, sale.KindExpire, (*shop).pay, sale.Expired, sale.ErrFinal, 0},
		{window, sale.KindExpire, (*shop).cancel, sale.Expired, sale.ErrFinal, 0},
		{0, "", (*shop).pay, sale.Placed, sale.ErrFinal, 0}, // final once placed
		{0, "", (*shop).cancel, sale.Placed, sale.ErrFinal, 0},
	} {
		inBubble(t, func(t *testing.T, s *shop) {
			s.sell(c.window, 1)
			if c.before != "" {
				s.append(s.ends(c.before, 1))
			}
			records := s.logged()
			o, err := c.end(s)(t.Context(), id(1))
			if o.Status != c.status || !errors.Is(err, c.err) || s.logged()-records != c.writes {
				t.Errorf("window %v, after %q: %s, %v and %d records, not %s, %v and %d",
					c.window, c.before, o.Status, err, s.logged()-records, c.status, c.err, c.writes)
			}
			if kept := s.wantKept(1, c.status); kept != o {
				t.Errorf("told %+v, kept %+v", o, kept)
			}
		})
	}
}

// A cancel frees the unit, and tells when.
func TestACancelFreesTheUnit(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 2)
		time.Sleep(time.Second)
		o, err := s.Cancel(t.Context(), id(1), "")
		if err != nil || !o.EndedAt.Equal(time.Now()) {
			t.Errorf("%+v, %v", o, err)
		}
		epoch, returns, err := s.store.ReturnsAbove(t.Context(), product, 0, 10)
		if err != nil || epoch != 1 || len(returns) != 1 || returns[0].OrderID != id(1) {
			t.Errorf("%+v, %v", returns, err)
		}
	})
}

// An order may be in the log and not in the store yet: it is waited for.
func TestAnOrderThatTheStoreHasNotMet(t *testing.T) {
	for name, f := range map[string]func(*shop) end{
		"find": func(s *shop) end { return s.Find }, "pay": (*shop).pay, "cancel": (*shop).cancel,
	} {
		inBubble(t, func(t *testing.T, s *shop) {
			s.sell(window, 0)
			s.asleep = true
			s.append(s.order(1))
			s.onPassed = s.project
			if o, err := f(s)(t.Context(), id(1)); err != nil || o.UserID != "u0" || o.Number != 1 {
				t.Errorf("%s: %+v, %v", name, o, err)
			}
		})
	}
}

// ...for as long as the caller has patience.
func TestAStoreThatStaysBehind(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 1)
		time.Sleep(window) // so that there is something to expire
		s.asleep = true
		s.append(s.order(2))
		for name, f := range map[string]func(context.Context) error{
			"find":    func(ctx context.Context) error { _, err := s.Find(ctx, id(2)); return err },
			"pay":     func(ctx context.Context) error { _, err := s.Pay(ctx, id(1), ""); return err },
			"expire":  func(ctx context.Context) error { _, err := s.Expire(ctx, 0); return err },
			"catchup": s.CatchUp,
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			asked := time.Now()
			err := f(ctx)
			cancel()
			if !errors.Is(err, sale.ErrUnavailable) || time.Since(asked) != time.Second {
				t.Errorf("%s: %v after %v", name, err, time.Since(asked))
			}
		}
		// What was answered with an error counts all the same.
		s.project()
		s.wantKept(1, sale.Paid)
		if o, err := s.Pay(t.Context(), id(1), ""); err != nil || o.Status != sale.Paid {
			t.Errorf("again: %+v, %v", o, err)
		}
	})
}

func TestAnOrderThatIsNotThere(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		for _, orders := range []int{0, 3} {
			if orders > 0 {
				s.sell(window, orders)
			}
			records := s.logged()
			for name, f := range map[string]end{"find": s.Find, "pay": s.pay(), "cancel": s.cancel()} {
				if _, err := f(t.Context(), id(99)); !errors.Is(err, sale.ErrNotFound) {
					t.Errorf("%s, with %d orders: %v", name, orders, err)
				}
			}
			if s.logged() != records {
				t.Error("something was written")
			}
		}
	})
}

// An order that stands in the store is not waited for behind others.
func TestFindDoesNotWaitForOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 1)
		s.asleep = true
		s.append(s.order(2))
		if o, err := s.Find(t.Context(), id(1)); err != nil || o.ID != id(1) || len(s.calls) > 0 {
			t.Errorf("%+v, %v", o, err)
		}
	})
}

func TestAnAppendThatFails(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 1)
		for _, want := range []error{sale.ErrUnavailable, sale.ErrUnknownOutcome} {
			s.onAppend = func() error { return want }
			if _, err := s.Pay(t.Context(), id(1), ""); !errors.Is(err, want) {
				t.Errorf("pay: %v, not %v", err, want)
			}
			time.Sleep(window)
			if n, err := s.Expire(t.Context(), 0); !errors.Is(err, want) || n != 0 {
				t.Errorf("expire: %d, %v", n, err)
			}
		}
		s.wantKept(1, sale.Placed)
	})
}

// Of two records that race the first in the log counts, and each caller is told
// how it stands.
func TestRaces(t *testing.T) {
	for _, c := range []struct {
		end    func(*shop) end
		first  sale.Kind // gets into the log before it
		status sale.Status
		err    error
	}{
		{(*shop).pay, sale.KindExpire, sale.Expired, sale.ErrFinal},
		{(*shop).pay, sale.KindCancel, sale.Cancelled, sale.ErrFinal},
		{(*shop).pay, sale.KindPay, sale.Paid, nil},
		{(*shop).cancel, sale.KindPay, sale.Paid, sale.ErrFinal},
		{(*shop).cancel, sale.KindExpire, sale.Expired, sale.ErrFinal},
		{(*shop).cancel, sale.KindCancel, sale.Cancelled, nil},
	} {
		inBubble(t, func(t *testing.T, s *shop) {
			s.sell(window, 1)
			s.onAppend = func() error { s.append(s.ends(c.first, 1)); return nil }
			o, err := c.end(s)(t.Context(), id(1))
			if o.Status != c.status || !errors.Is(err, c.err) {
				t.Errorf("after a %s: %s, %v, not %s, %v", c.first, o.Status, err, c.status, c.err)
			}
			s.wantKept(1, c.status)
			if p, err := s.store.Product(t.Context(), product); err != nil || p.LastReturn > 1 {
				t.Errorf("%d units came free of one order", p.LastReturn)
			}
		})
	}
}

// Whoever ends an order as an operator stands in the product's history; its buyer does not.
func TestWhoEndedIt(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 3)
		for n, by := range []string{"till", "", "bob"} {
			end := s.Cancel
			if by == "till" {
				end = s.Pay
			}
			if _, err := end(t.Context(), id(n+1), by); err != nil {
				t.Fatal(err)
			}
		}
		entries, err := s.store.History(t.Context(), sale.HistoryQuery{Product: product, Limit: 10})
		if err != nil || len(entries) != 2 || entries[0].By != "bob" || entries[0].What != sale.DeedCancel || entries[0].OrderID != id(3) ||
			entries[1].By != "till" || entries[1].What != sale.DeedPay || entries[1].OrderID != id(1) {
			t.Errorf("%+v, %v", entries, err)
		}
	})
}
