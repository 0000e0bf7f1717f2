package pgstore

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// TestTamperedTables: what somebody did to them breaks a batch that meets it,
// which then leaves nothing behind.
func TestTamperedTables(t *testing.T) {
	for what, sql := range map[string]string{
		"a number that is taken":                 "UPDATE seckill_order SET number = 2",
		"a product that sold more than is known": "UPDATE seckill_product SET held = 0, placed = 0, last_number = 0",
		"a table that is gone":                   "DROP TABLE seckill_return, seckill_order",
		"a column that is gone":                  "ALTER TABLE seckill_order DROP COLUMN slot",
		"a value that cannot be":                 "ALTER TABLE seckill_order ALTER slot DROP NOT NULL; UPDATE seckill_order SET slot = NULL",
	} {
		t.Run(what, func(t *testing.T) {
			address := schema(t)
			s := opened(t, address)
			mark := applied(t, s, orderstore.Mark{}, put(99), buy(1))
			for _, one := range strings.Split(sql, "; ") {
				psql(t, address)(one)
			}
			err := after(mark, buy(1), buy(2)).to(t.Context(), s)
			if errors.Is(err, sale.ErrUnavailable) { // once: the plan of before is of no use
				err = after(mark, buy(1), buy(2)).to(t.Context(), s)
			}
			if !errors.Is(err, sale.ErrDamaged) {
				t.Errorf("%v, not %q", err, sale.ErrDamaged)
			}
			if m, err := s.Mark(t.Context(), 0); err != nil || m != mark {
				t.Errorf("the mark is %v, %v; not %v", m, err, mark)
			}
		})
	}
}

// TestNoStatementWalksTheOrders, also if its plan was made when there were only a few.
func TestNoStatementWalksTheOrders(t *testing.T) {
	address := schema(t)
	s := opened(t, address)
	mark := applied(t, s, orderstore.Mark{}, put(9999), buy(1))
	run := psql(t, address)
	run("ANALYZE")
	for n := range 9 { // more often than Postgres tries other plans
		mark = applied(t, s, mark, append(buys(n*100+2, 100),
			sale.Record{Kind: sale.KindPay, ProductID: "1", Epoch: 1, At: written, OrderID: id(n*100 + 2)},
			sale.Record{Kind: sale.KindCancel, ProductID: "1", Epoch: 1, At: written, OrderID: id(n*100 + 3)})...)
		for _, q := range []orderstore.Query{{Product: "1", Limit: 9}, {Product: "1", Newest: true, After: 99, Limit: 9}, {Product: "1", Status: sale.Paid, Limit: 9}} {
			if _, err := s.List(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		for _, q := range []sale.Search{{}, {Status: sale.Paid}, {User: "u7"}, {User: "u7", Status: sale.Placed}, {Behind: sale.Placing{At: time.Now(), Product: "1", Number: 7}}} {
			q.Limit = 9
			if _, err := s.Search(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Count(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		_, e1 := s.OrdersByID(t.Context(), []sale.OrderID{id(1), id(2)})
		_, e2 := s.Due(t.Context(), 0, 9)
		_, _, e3 := s.ReturnsAbove(t.Context(), "1", 0, 9)
		_, e4 := s.Snapshot(t.Context(), "1", func([]sale.Order) error { return nil })
		if err := errors.Join(e1, e2, e3, e4); err != nil {
			t.Fatal(err)
		}
	}
	closed(run, s)
	// The making of indexes walked too, but not as often.
	run(`DO $$ BEGIN IF EXISTS (SELECT FROM pg_stat_user_tables
		WHERE schemaname = current_schema() AND relname IN ('seckill_order', 'seckill_return') AND seq_scan >= 9)
		THEN RAISE 'a table was walked'; END IF; END $$`)
}

// closed closes a store and waits for its connections to be gone: then they have
// told what they did.
func closed(run func(string), s *Store) {
	s.Close()
	run(`DO $$ BEGIN LOOP
		PERFORM pg_stat_clear_snapshot();
		EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid());
		PERFORM pg_sleep(0.01);
		END LOOP; END $$`)
}

func TestAPageCostsItsLength(t *testing.T) {
	address := schema(t)
	s := opened(t, address)
	applied(t, s, orderstore.Mark{}, append([]sale.Record{put(9999)}, buys(1, 5000)...)...)
	for _, q := range []orderstore.Query{{After: 2000}, {Newest: true, After: 3000}, {Newest: true}} {
		q.Product, q.Limit = "1", 9
		if got, err := s.List(t.Context(), q); err != nil || len(got) != 9 {
			t.Fatal(len(got), err)
		}
	}
	run := psql(t, address)
	closed(run, s)
	run(`DO $$ DECLARE read bigint; BEGIN
		SELECT idx_tup_read INTO read FROM pg_stat_user_indexes WHERE schemaname = current_schema() AND indexrelname = 'seckill_order_number';
		IF read > 100 THEN RAISE 'three pages of 9 read % orders', read; END IF; END $$`)
}

// TestALetterMayHoldAnything, also what no text of Postgres can.
func TestALetterMayHoldAnything(t *testing.T) {
	s := opened(t, schema(t))
	want := []orderstore.DeadLetter{
		{Position: sale.Position{Offset: 0}, Product: "a\x00b", Reason: "no \xff", Raw: []byte("\x00\xff")},
		{Position: sale.Position{Offset: 1}, Product: "é", Reason: "\x00", Raw: nil},
	}
	b := orderstore.Batch{To: orderstore.Mark{Next: 2, Source: source}}
	err := s.Apply(t.Context(), b, func(time.Time, []*sale.State) []orderstore.DeadLetter { return want })
	if err != nil {
		t.Fatal(err)
	}
	want[0].Product, want[0].Reason, want[1].Reason = "a\uFFFDb", "no \uFFFD", "\uFFFD"
	err = s.Audit(t.Context(), func(a orderstore.Snapshot) error {
		got, err := a.DeadLetters()
		same := func(a, b orderstore.DeadLetter) bool {
			return a.Position == b.Position && a.Product == b.Product && a.Reason == b.Reason && string(a.Raw) == string(b.Raw)
		}
		if !slices.EqualFunc(got, want, same) {
			t.Errorf("%v, not %v", got, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCheckWarnsOfWhatEndangersThePromise(t *testing.T) {
	address := schema(t)
	if warnings, err := opened(t, address).Check(t.Context()); err != nil || len(warnings) > 0 {
		t.Errorf("%q, %v", warnings, err)
	}
	warnings, err := opened(t, address+"&synchronous_commit=off").Check(t.Context())
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], "synchronous_commit off") {
		t.Errorf("%q, %v", warnings, err)
	}
}
