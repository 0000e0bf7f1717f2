package sqlitestore

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/orderstore/storetest"
	"seckill/internal/sale"
)

// harmed is a store of a few orders, changed behind its back by statements, each
// on a connection of its own so that it sees what the one before did to the schema.
func harmed(t *testing.T, statements ...string) *Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "orders.db")
	s := open(t, path, time.Now)
	storetest.NewSeller(t, s, sale.Terms{Quantity: 100}).Sell(5, 5)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		db, err := sql.Open("sqlite", path+"?_pragma=writable_schema(1)")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return open(t, path, time.Now)
}

func wantDamage(t *testing.T, s *Store, err error, words string) {
	t.Helper()
	if !errors.Is(err, sale.ErrDamaged) || !strings.Contains(err.Error(), s.path) || !strings.Contains(err.Error(), words) {
		t.Errorf("it is told as %v; want the file, and %q", err, words)
	}
}

// An index that has lost a row hides an order from its buyer, and from none who
// reads the table.
func TestAuditFindsALostIndexEntry(t *testing.T) {
	s := harmed(t,
		`ALTER TABLE seckill_meta ADD COLUMN root INTEGER;
		INSERT INTO seckill_meta SELECT sql, x'', rootpage FROM sqlite_schema WHERE name = 'seckill_order_id';
		DELETE FROM sqlite_schema WHERE name = 'seckill_order_id'`,
		`UPDATE seckill_order SET order_id = randomblob(16) WHERE number = 3`,
		`INSERT INTO sqlite_schema SELECT 'index', 'seckill_order_id', 'seckill_order', root, key FROM seckill_meta WHERE root > 0`)
	err := s.Audit(t.Context(), func(orderstore.Snapshot) error { return nil })
	wantDamage(t, s, err, "index seckill_order_id")
}

// A value of a wrong kind is damage to whoever reads it, and stops nobody else.
func TestAValueThatDoesNotFit(t *testing.T) {
	for words, change := range map[string]string{
		"many stands for an integer": `slot = 'many'`,
		"[18] stands for a text":     `user_id = x'12'`,
		"id stands for bytes":        `order_id = 'id'`,
		"0102 stands for an order":   `order_id = x'0102'`,
		"9 stands for a status":      `status = 9`,
	} {
		s := harmed(t,
			`UPDATE sqlite_schema SET sql = replace(replace(sql, 'STRICT', ''), ' INTEGER NOT NULL', ' BLOB') WHERE name = 'seckill_order'`,
			`PRAGMA ignore_check_constraints = 1; UPDATE seckill_order SET `+change+` WHERE number = 3`)
		_, err := s.List(t.Context(), orderstore.Query{Product: "1", Limit: 10})
		wantDamage(t, s, err, words)
		if orders, err := s.List(t.Context(), orderstore.Query{Product: "1", Limit: 2}); err != nil || len(orders) != 2 {
			t.Errorf("%q: then there are %v, %v", words, orders, err)
		}
	}
}
