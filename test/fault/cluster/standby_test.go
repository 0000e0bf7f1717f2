package cluster

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"seckill/internal/devstack"
	"seckill/test/ledger"
)

// Postgres dies in a sale, and a standby of it takes over, which processes find by the
// addresses of both. A synchronous one has every order that was placed; one that is not
// lacks some, which the log has.
func TestAPostgresStandbyTakesOver(all *testing.T) {
	all.Parallel()
	on := ownServers(all, 1)
	ledger.Trials(all, "Postgres failover", 2, func(t *ledger.Trial) {
		primary := on.postgres
		standby, err := primary.StartStandby(all.Context(), all.TempDir()) // the next trial's primary
		if err != nil {
			t.Fatal(err)
		}
		all.Cleanup(standby.Close)
		synchronous := t.Seed%2 == 0
		if synchronous {
			alter(t, primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
		}
		both := "@" + hostOf(primary) + "," + hostOf(standby) + "/"
		url := strings.Replace(primary.URL(), "@"+hostOf(primary)+"/", both, 1) + "&target_session_attrs=read-write"
		c := start(t, bin, append(on.flags()[:4:4], "--postgres", url))
		c.trial(t, 6_000, pace, func(s *sale) {
			s.sold(1 + t.IntN(pace))
			if !synchronous {
				standby.Freeze()
				alter(t, primary, "SELECT pg_terminate_backend(pid) FROM pg_stat_replication") // what is under way to it, too
				s.sold(1 + t.IntN(pace))
			}
			told := s.placed(time.Time{})
			primary.Kill()
			standby.Thaw()
			if err := standby.Promote(t.Context()); err != nil {
				t.Fatal(err)
			}
			on.postgres = standby
			var kept int
			s.ask1(on, &kept, `SELECT count(*) FROM seckill_order WHERE product_id = $1`)
			if synchronous && kept < told {
				t.Find(fmt.Sprintf("the standby has %d orders of %d that were placed", kept, told))
			}
			t.Count("placed, and not in the standby", max(0, told-kept))
		})
		c.leave()
	})
}

func hostOf(p *devstack.Postgres) string {
	_, host, _ := strings.Cut(p.URL(), "@")
	host, _, _ = strings.Cut(host, "/")
	return host
}

// alter changes a Postgres's settings, which it takes at once.
func alter(t testing.TB, p *devstack.Postgres, statement string) {
	t.Helper()
	db, err := pgx.Connect(t.Context(), p.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	for _, sql := range []string{statement, "SELECT pg_reload_conf()"} {
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}
