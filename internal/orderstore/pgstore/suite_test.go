package pgstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"seckill/internal/devstack/devtest"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/storetest"
)

func TestMain(m *testing.M) { devtest.Main(m) }

func TestSuite(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T) storetest.Harness {
		address := schema(t)
		s := opened(t, address)
		return storetest.Harness{Keeper: s, Pass: ages(t, address), Reopen: func() orderstore.Keeper {
			s.Close()
			s = opened(t, address)
			return s
		}}
	})
}

// ages has the processes of a store be seen longer ago.
func ages(t testing.TB, address string) func(time.Duration) {
	return func(d time.Duration) {
		psql(t, address)(fmt.Sprintf("UPDATE seckill_process SET seen_at = seen_at - interval '%f s'", d.Seconds()))
	}
}

// schema is the URL of a fresh schema on the server that the tests share.
func schema(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%016x", rand.Uint64())
	run := psql(t, devtest.Postgres(t))
	run("CREATE SCHEMA " + name)
	t.Cleanup(func() { run("DROP SCHEMA " + name + " CASCADE") })
	u, err := url.Parse(devtest.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	q.Set("application_name", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// psql is somebody at the server, who runs statements.
func psql(t testing.TB, address string) func(sql string) {
	t.Helper()
	ctx := context.Background() // Cleanup has one too
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(ctx) })
	return func(sql string) {
		t.Helper()
		if _, err := c.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// opened is a store that closes with the test. It looks up no positions: it has
// to be notified of them.
func opened(t testing.TB, address string) *Store { return looking(t, address, time.Hour) }

// looking is a store that looks up positions every so often.
func looking(t testing.TB, address string, every time.Duration) *Store {
	t.Helper()
	s, err := open(t.Context(), address, every, migrate)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
