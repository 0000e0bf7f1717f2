package pgstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"seckill/internal/devstack"
	"seckill/internal/devstack/devtest"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/storetest"
	"seckill/internal/sale"
)

// through is the URL of the same schema through a PgBouncer.
func through(t testing.TB, address, mode string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	pooler, err := url.Parse(devtest.PgBouncer(t, mode))
	if err != nil {
		t.Fatal(err)
	}
	u.Host = pooler.Host
	return u.String()
}

// Behind a PgBouncer that keeps sessions the store keeps all of its promises.
func TestSuiteBehindPgBouncer(t *testing.T) {
	devtest.PgBouncer(t, "session")
	storetest.Exercise(t, func(t *testing.T) storetest.Harness {
		direct := schema(t)
		address := through(t, direct, "session")
		s := opened(t, address)
		return storetest.Harness{Keeper: s, Pass: ages(t, direct), Reopen: func() orderstore.Keeper {
			s.Close()
			s = opened(t, address)
			return s
		}}
	})
}

// database is the URL of a fresh database on the server that the tests share, through a PgBouncer, and without.
func database(t testing.TB, mode string) (address, direct string) {
	t.Helper()
	name := fmt.Sprintf("test_%016x", rand.Uint64())
	u, err := url.Parse(devtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	run := psql(t, u.String())
	u.Path = "pgbouncer"
	pooler := psql(t, through(t, u.String(), mode))
	run("CREATE DATABASE " + name)
	t.Cleanup(func() {
		// PgBouncer ends its sessions once nobody is in one. To KILL them, or have Postgres do it, ends 1.18
		// itself where that meets a statement that is being cancelled.
		pooler("PAUSE " + name)
		run("DROP DATABASE " + name)
	})
	u.Path = name
	return through(t, u.String(), mode), u.String()
}

// So it does behind one that gives each transaction another session, of which others take some.
func TestSuiteBehindAPoolerOfTransactions(t *testing.T) {
	devtest.PgBouncer(t, "transaction")
	storetest.Exercise(t, func(t *testing.T) storetest.Harness {
		address, direct := database(t, "transaction")
		s := opened(t, address)
		if s.begin == "" {
			t.Fatal("it takes sessions for granted")
		}
		return storetest.Harness{Keeper: s, Pass: ages(t, direct), Reopen: func() orderstore.Keeper {
			s.Close()
			s = opened(t, address)
			return s
		}}
	})
}

// However many sessions it has, and however it takes turns with them.
func TestAPoolerOfTransactionsIsKnown(t *testing.T) {
	for turns := range 2 {
		pooler, err := devstack.StartPgBouncer(t.Context(), t.TempDir(), devtest.Postgres(t), "pool_mode = transaction", fmt.Sprintf("server_round_robin = %d", turns))
		if errors.Is(err, devstack.ErrMissing) {
			t.Skipf("SKIPPED: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(pooler.Close)
		var taken []*pgx.Conn
		for sessions := 1; sessions <= 4; sessions++ {
			c, err := pgx.Connect(t.Context(), withoutParameters(t, pooler.URL())+"&default_query_exec_mode=simple_protocol")
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close(t.Context())
			taken = append(taken, c)
			for _, sql := range []string{"BEGIN", "ROLLBACK"} { // of all at once, so that each has a session
				for _, c := range taken {
					if _, err := c.Exec(t.Context(), sql); err != nil {
						t.Fatal(err)
					}
				}
			}
			config, session, err := configure(pooler.URL())
			if err != nil {
				t.Fatal(err)
			}
			if begin, err := pooled(t.Context(), config, session); err != nil || begin == "" {
				t.Errorf("%d sessions, server_round_robin %d: sessions are taken for granted, %v", sessions, turns, err)
			}
		}
	}
}

// What stands beside the suite: processes that start at once, and recover one at a time.
func TestLocksBehindAPoolerOfTransactions(t *testing.T) {
	address, _ := database(t, "transaction")
	manyStartAtOnce(t, address)
	oneRecoversAtATime(t, address)
}

// A transaction has our settings, and leaves none of them to who has its session next.
func TestNothingIsLeftInASessionOfAPooler(t *testing.T) {
	address, _ := database(t, "transaction")
	s := opened(t, address+"&enable_sort=on")
	said := func(q interface {
		QueryRow(context.Context, string, ...any) pgx.Row
	}, name string) (got string) {
		t.Helper()
		if err := q.QueryRow(t.Context(), "SHOW "+name).Scan(&got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, o := range []pgx.TxOptions{{}, {IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}} {
		err := s.within(t.Context(), o, func(tx pgx.Tx) error {
			for name, want := range map[string]string{"enable_seqscan": "off", "enable_sort": "on", "idle_in_transaction_session_timeout": stall,
				"transaction_isolation": string(cmp.Or(o.IsoLevel, pgx.ReadCommitted)), "transaction_read_only": map[bool]string{true: "on", false: "off"}[o.AccessMode == pgx.ReadOnly]} {
				if got := said(tx, name); got != want {
					t.Errorf("a transaction has %s %s", name, got)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if got := said(s.pool, "enable_seqscan"); got != "on" {
			t.Errorf("others have enable_seqscan %s", got)
		}
	}
	if rows := said(s.pool, "idle_in_transaction_session_timeout"); rows != "0" {
		t.Errorf("others have idle_in_transaction_session_timeout %s", rows)
	}
}

// One that refuses transactions is named, and a URL that asks for what cannot be had is, too;
// nothing of ours is left in sessions, which others are given as well.
func TestAPoolerThatWillNotDoIsRefused(t *testing.T) {
	for mode, want := range map[string]string{"transaction": "search_path", "statement": "pool_mode = session or transaction"} {
		t.Run(mode, func(t *testing.T) {
			direct := schema(t)
			address := through(t, direct, mode)
			for range 3 {
				s, err := Open(t.Context(), address)
				if err == nil {
					s.Close()
				}
				if err == nil || errors.Is(err, sale.ErrUnavailable) || !strings.Contains(err.Error(), want) {
					t.Fatalf("%v, %v", s, err)
				}
			}
			c, err := pgx.Connect(t.Context(), withoutParameters(t, address)+"&default_query_exec_mode=simple_protocol")
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close(t.Context())
			var plans string
			if err := c.QueryRow(t.Context(), "SHOW enable_seqscan").Scan(&plans); err != nil || plans != "on" {
				t.Errorf("others have enable_seqscan %s, %v", plans, err)
			}
		})
	}
}

// withoutParameters is a URL that asks for nothing that PgBouncer refuses.
func withoutParameters(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.RawQuery = "sslmode=disable"
	return u.String()
}

// What a URL says of the session wins over ours, in every connection.
func TestSettingsOfAURL(t *testing.T) {
	s := opened(t, schema(t)+"&enable_seqscan=on")
	hears, err := s.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer hears.Close(t.Context())
	for who, q := range map[string]interface {
		QueryRow(context.Context, string, ...any) pgx.Row
	}{"the pool": s.pool, "the one that listens": hears} {
		for name, want := range map[string]string{"enable_seqscan": "on", "enable_sort": "off", "timezone": "UTC", "idle_in_transaction_session_timeout": stall} {
			var got string
			if err := q.QueryRow(t.Context(), "SHOW "+name).Scan(&got); err != nil || got != want {
				t.Errorf("%s has %s %s, %v", who, name, got, err)
			}
		}
	}
}
