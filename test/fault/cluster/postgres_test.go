package cluster

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"seckill/test/ledger"
)

// Postgres is put back to a copy that was made earlier in the same sale, before
// the terms were changed: the log has all that happened since.
func TestPostgresPutBack(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	ledger.Trials(t, "older Postgres", 1, func(t *ledger.Trial) {
		copied := t.TempDir()
		c.trial(t, 6_000, pace, func(s *sale) {
			on.postgres.Stop()
			if err := os.CopyFS(copied, os.DirFS(on.postgres.Data())); err != nil {
				t.Fatal(err)
			}
			up(t, on.postgres.Node)
			s.sold(1 + t.IntN(pace))
			c.any().Put(t, s.product, `{"quantity":5900,"name":"changed"}`)
			s.quantity = 5_900
			s.sold(1 + t.IntN(pace))

			on.postgres.Kill()
			if err := on.postgres.Wipe(); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(on.postgres.Data(), os.DirFS(copied)); err != nil {
				t.Fatal(err)
			}
			up(t, on.postgres.Node)
		})
	})
}

// Postgres is lost, and with it the secret of keyed order ids: who asks again with
// the same key, after the tables were folded anew, has bought once.
func TestPostgresLost(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	s := c.newSale(10)
	c.any().Put(t, s.product, `{"quantity":10,"limit_per_user":2}`)
	const user, key = "asks-twice", "once"
	first, err := c.any().Buy(s.product, user, key)
	if err != nil || first.Status > 202 {
		t.Fatal(first, err)
	}
	c.leave()
	wiped(t, on.postgres.Node)
	again := start(t, bin, on.flags())
	s.c = again
	s.eventually("the order is found", func() bool {
		a, err := again.any().Buy(s.product, user, key)
		if err == nil && a.Order.ID != "" && a.Order.ID != first.Order.ID {
			t.Fatalf("the same key gave %s, and then %v", first.Order.ID, a)
		}
		return err == nil && a.Status == 200
	})
}

// partition is where the product's records go.
func (s *sale) partition(on *servers) (partition int32) {
	s.t.Helper()
	s.ask1(on, &partition, `SELECT partition FROM seckill_product WHERE id = $1`)
	return partition
}

// ask1 asks Postgres for one value about the product.
func (s *sale) ask1(on *servers, to any, query string) {
	s.t.Helper()
	db, err := pgx.Connect(s.t.Context(), on.postgres.URL())
	if err == nil {
		defer db.Close(s.t.Context())
		err = db.QueryRow(s.t.Context(), query, s.product).Scan(to)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}
