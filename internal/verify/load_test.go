package verify_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"seckill/internal/sale"
	"seckill/internal/verify"
)

// While buyers buy, pay and cancel as fast as they can, the audit finds nothing;
// nor once all has stopped.
func TestNothingIsFoundUnderFullLoad(t *testing.T) {
	s := newShop(t)
	s.put("a", sale.Terms{Quantity: 5000, LimitPerUser: 3, PaymentWindow: time.Hour})
	s.put("b", sale.Terms{Quantity: 100, LimitPerUser: 1})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var buyers sync.WaitGroup
	sold := make(chan struct{}, 1<<20)
	for n := range 8 {
		buyers.Go(func() { s.shopper(ctx, n, sold) })
	}
	for range 5 {
		for range 100 { // so that each look meets another sale
			<-sold
		}
		r, err := s.live(ctx)
		if err != nil {
			t.Fatal(err)
		}
		wantClean(t, r)
		if len(r.LeftOut) > 0 {
			t.Errorf("left out: %v", r.LeftOut)
		}
	}
	s.put("a", sale.Terms{Quantity: 6000, LimitPerUser: 4, PaymentWindow: time.Hour})
	r, err := s.live(ctx)
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
	cancel()
	buyers.Wait()
	r = s.stopped()
	wantClean(t, r)
	t.Logf("%d orders, %d records", r.Orders, r.Records)
}

// shopper buys, and of what it got pays some and cancels some, until ctx is
// done. It tells sold of each order.
func (s *shop) shopper(ctx context.Context, n int, sold chan<- struct{}) {
	for i := 0; ctx.Err() == nil; i++ {
		order, placed := s.buy(ctx, "a", fmt.Sprintf("user-%d-%d", n, i/4))
		if placed {
			sold <- struct{}{}
		}
		switch {
		case placed && i%3 == 0:
			_, _ = s.settle.Cancel(ctx, order, "") // if it loses, the shop is closing
		case placed && i%3 == 1:
			_, _ = s.settle.Pay(ctx, order, "")
		}
		s.buy(ctx, "b", fmt.Sprintf("user-%d-%d", n, i))
	}
}

// Tampering with the real tables is found out.
func TestTamperedTables(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		want verify.Invariant
	}{
		"nothing":            {"SELECT 1", ""},
		"an order's row":     {"DELETE FROM seckill_order WHERE rowid = (SELECT max(rowid) FROM seckill_order)", verify.Fold},
		"a product's counts": {"UPDATE seckill_product SET cancelled = cancelled + 1", verify.Counts},
		"a return":           {"DELETE FROM seckill_return", verify.Returns},
		"a user":             {"UPDATE seckill_order SET user_id = 'zoe' WHERE user_id = 'ann'", verify.Fold},
		"the position":       {"UPDATE seckill_position SET next = next + 1000", verify.Position},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			s.put("a", sale.Terms{Quantity: 5, LimitPerUser: 2, PaymentWindow: time.Hour})
			for _, user := range []string{"ann", "bob", "bob"} {
				order, placed := s.buy(t.Context(), "a", user)
				if !placed {
					t.Fatal("not placed")
				}
				if user == "ann" {
					continue
				}
				if _, err := s.settle.Cancel(t.Context(), order, ""); err != nil {
					t.Fatal(err)
				}
			}
			s.close()
			s.tamper(c.sql)
			r := s.stopped()
			if c.want == "" {
				wantClean(t, r)
				return
			}
			for _, f := range r.Findings {
				if f.Invariant == c.want {
					return
				}
			}
			t.Errorf("no finding against %q:\n%s", c.want, printed(r))
		})
	}
}

func (s *shop) tamper(statement string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.path("store.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		s.t.Fatal(err)
	}
}
