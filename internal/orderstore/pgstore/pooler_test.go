package pgstore

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"seckill/internal/devstack/devtest"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/storetest"
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

// One that does not is named, and nothing of ours is left in its sessions, which
// others are given as well.
func TestAPoolerThatKeepsNoSessionsIsRefused(t *testing.T) {
	for _, mode := range []string{"transaction", "statement"} {
		t.Run(mode, func(t *testing.T) {
			direct := schema(t)
			address := through(t, direct, mode)
			for range 3 {
				s, err := Open(t.Context(), address)
				if err == nil {
					s.Close()
				}
				if err == nil || !strings.Contains(err.Error(), "pool_mode = session") {
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
