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
		c.trial(t, 1_500, pace, func(s *sale) {
			on.postgres.Stop()
			if err := os.CopyFS(copied, os.DirFS(on.postgres.Data())); err != nil {
				t.Fatal(err)
			}
			up(t, on.postgres.Node)
			s.sold(1 + t.IntN(pace))
			c.any().Put(t, s.product, `{"quantity":1400,"name":"changed"}`)
			s.quantity = 1_400
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
