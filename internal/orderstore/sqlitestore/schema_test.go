package sqlitestore

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// TestTablesOfTheFirstVersion: what an earlier program kept is brought up to date.
func TestTablesOfTheFirstVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.db")
	old := tables
	for _, added := range []string{
		"\torders_per_user INTEGER NOT NULL DEFAULT 0, -- 0: the terms do not say\n",
		"\tmet INTEGER NOT NULL DEFAULT -1,\n",
		"\tahead TEXT NOT NULL DEFAULT '',\n",
		"\tfor_group TEXT NOT NULL DEFAULT '', -- empty: for everybody\n",
		"\tsum INTEGER NOT NULL DEFAULT 0, -- of the line before next; 0: not known\n",
		"\tamount INTEGER NOT NULL DEFAULT 0, -- of the price; 0: there is none\n\tcurrency TEXT NOT NULL DEFAULT '',\n\turl TEXT NOT NULL DEFAULT '',\n\timage_url TEXT NOT NULL DEFAULT '',\n",
		",\n\tamount INTEGER NOT NULL DEFAULT 0, -- of the price at which it was placed\n\tcurrency TEXT NOT NULL DEFAULT '',\n\tpayment_id TEXT NOT NULL DEFAULT '',\n\tvoid_reason TEXT NOT NULL DEFAULT '', -- empty: the shop has not cancelled it\n\torigin TEXT NOT NULL DEFAULT '' -- of sale.OriginOf, while it waits for payment",
		"\tunpaid_per_address INTEGER NOT NULL DEFAULT 0, -- 0: any number\n",
		"\torigin TEXT NOT NULL DEFAULT '',\n\tpaid INTEGER NOT NULL DEFAULT 0, -- 1: the order keeps its unit\n",
		"\tlast_entry INTEGER NOT NULL DEFAULT 0,\n",
		"\tarchived INTEGER NOT NULL DEFAULT 0,\n",
		tokenTable, historyTable, paymentTable, waitingIndex, timelineTable, searchIndexes,
	} {
		if !strings.Contains(old, added) {
			t.Fatalf("the tables do not have %q", added)
		}
		old = strings.Replace(old, added, "", 1)
	}
	c, err := connect(path, "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.exec("make the tables", old+fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = 1", applicationID))
	if err == nil {
		_, err = c.exec("put", `INSERT INTO seckill_product SELECT 1, 'p', 'name', 7, 1, NULL, NULL, 0, 0, 0, 0, 3, 'n', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0`)
	}
	if err == nil {
		_, err = c.exec("fold", "INSERT INTO seckill_position VALUES (0, 6, 'c', 't', 1)")
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
		if err != nil || p.Terms.Quantity != 7 || p.Epoch != 3 || p.Terms.OrdersPerUser != 0 || p.Terms.MostOrders() != 20 || p.Applied != -1 || p.Ahead != "" || p.Terms.Group != "" || p.Terms.Price != (sale.Price{}) || p.Terms.URL+p.Terms.ImageURL != "" {
			t.Fatalf("%+v, %v", p, err)
		}
		if m, err := s.Mark(t.Context(), 0); err != nil || m != (orderstore.Mark{Next: 6, Source: orderlog.Source{Cluster: "c", Topic: "t", Leader: 1}}) {
			t.Fatalf("%+v, %v", m, err)
		}
	}
}
