package sqlitestore

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTablesOfTheFirstVersion: what an earlier program kept is brought up to date.
func TestTablesOfTheFirstVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.db")
	const added = "\torders_per_user INTEGER NOT NULL DEFAULT 0, -- 0: the terms do not say\n"
	old := strings.Replace(tables, added, "", 1)
	if old == tables {
		t.Fatal("the tables have no such column")
	}
	c, err := connect(path, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.exec("make the tables", old+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 1", applicationID))
	if err == nil {
		_, err = c.exec("put", `INSERT INTO seckill_product SELECT 1, 'p', 'name', 7, 1, NULL, NULL, 0, 0, 0, 0, 3, 'n', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0`)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s := open(t, path, time.Now)
		p, err := s.Product(t.Context(), "p")
		if err != nil || p.Terms.Quantity != 7 || p.Epoch != 3 || p.Terms.OrdersPerUser != 0 || p.Terms.MostOrders() != 20 {
			t.Fatalf("%+v, %v", p, err)
		}
	}
}
