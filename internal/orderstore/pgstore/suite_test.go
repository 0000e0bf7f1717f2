package pgstore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/orderstore/storetest"
)

func TestSuite(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T) storetest.Harness {
		address := schema(t)
		s := opened(t, address)
		return storetest.Harness{Keeper: s, Reopen: func() orderstore.Keeper {
			s.Close()
			s = opened(t, address)
			return s
		}}
	})
}

func server(t testing.TB) string {
	address := os.Getenv("SECKILL_TEST_POSTGRES")
	if address == "" {
		t.Skip("SKIPPED: SECKILL_TEST_POSTGRES names no server")
	}
	return address
}

// schema is the URL of a fresh schema on the server that the tests share.
func schema(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test_%016x", rand.Uint64())
	by(t, server(t), "CREATE SCHEMA "+name)
	t.Cleanup(func() { by(t, server(t), "DROP SCHEMA "+name+" CASCADE") })
	u, err := url.Parse(server(t))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// by runs statements as a hand at the server would.
func by(t testing.TB, address string, statements ...string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	for _, sql := range statements {
		if _, err := c.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

// opened is a store that closes with the test.
func opened(t testing.TB, address string) *Store {
	t.Helper()
	s, err := open(t.Context(), address, 20*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
