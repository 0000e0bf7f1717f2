// Package devtest gives a test binary one real server of each kind, that all of
// its tests share.
//
// The server is the one that the environment names, or else one that is started
// when the first test asks for it and is gone, with its data, when Main returns.
// Tests share it, so each works under a prefix of its own and neither empties nor
// stops it: a test that does such things starts its own with package devstack.
package devtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"seckill/internal/devstack"
)

// Main runs the tests and ends what they started; it is called by TestMain, and
// does not return.
func Main(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "seckill-devtest-")
	if err != nil {
		panic(err) // nothing can be tested without a temporary folder
	}
	defer os.RemoveAll(dir) //nolint:errcheck // what is left of it is the system's to remove
	shared.dir = dir
	defer shared.close()
	return m.Run()
}

// FreeAddress is devstack's.
func FreeAddress(t testing.TB) string {
	t.Helper()
	free, err := devstack.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return free
}

// Redis is the URL of a Redis, that of SECKILL_TEST_REDIS if it is set.
func Redis(t testing.TB) string {
	t.Helper()
	return shared.get(t, "redis", "SECKILL_TEST_REDIS", func(ctx context.Context, dir string) (string, func(), error) {
		s, err := devstack.StartRedis(ctx, dir)
		if err != nil {
			return "", nil, err
		}
		return s.URL(), s.Close, nil
	})
}

// Postgres is the URL of a database, that of SECKILL_TEST_POSTGRES if it is set.
func Postgres(t testing.TB) string {
	t.Helper()
	return shared.get(t, "postgres", "SECKILL_TEST_POSTGRES", func(ctx context.Context, dir string) (string, func(), error) {
		s, err := devstack.StartPostgres(ctx, dir)
		if err != nil {
			return "", nil, err
		}
		return s.URL(), s.Close, nil
	})
}

// PgBouncer is the URL of the database of Postgres through a PgBouncer with this pool_mode.
func PgBouncer(t testing.TB, mode string) string {
	t.Helper()
	to := Postgres(t)
	return shared.get(t, "pgbouncer-"+mode, "", func(ctx context.Context, dir string) (string, func(), error) {
		s, err := devstack.StartPgBouncer(ctx, dir, to, "pool_mode = "+mode, "default_pool_size = 90", "admin_users = seckill")
		if err != nil {
			return "", nil, err
		}
		return s.URL(), s.Close, nil
	})
}

// Kafka is the address of a Kafka of one broker, or the addresses, separated by
// commas, that SECKILL_TEST_KAFKA names.
func Kafka(t testing.TB) string {
	t.Helper()
	return shared.get(t, "kafka", "SECKILL_TEST_KAFKA", func(ctx context.Context, dir string) (string, func(), error) {
		s, err := devstack.StartKafka(ctx, dir, 1)
		if err != nil {
			return "", nil, err
		}
		return s.Addr(), s.Close, nil
	})
}

// shared is what runs in this test binary.
var shared servers

type servers struct {
	dir string // empty: outside of Main

	mu      sync.Mutex
	started map[string]started
	closers []func()
}

type started struct {
	address string
	err     error
}

type start func(ctx context.Context, dir string) (address string, end func(), err error)

// get is the address of a server. A test that cannot have it is skipped if
// that is for want of a program, and has failed otherwise.
func (s *servers) get(t testing.TB, name, variable string, start start) string {
	t.Helper()
	if address := os.Getenv(variable); address != "" { // of the name "" there is none
		return address
	}
	if s.dir == "" {
		t.Fatal("TestMain of this package has to call devtest.Main")
	}
	got := s.once(name, start)
	switch {
	case errors.Is(got.err, devstack.ErrMissing):
		t.Skipf("SKIPPED: %v, and %s names none", got.err, variable)
	case got.err != nil:
		t.Fatal(got.err)
	}
	return got.address
}

// once starts a server unless that was tried before.
func (s *servers) once(name string, start start) started {
	s.mu.Lock()
	defer s.mu.Unlock()
	if got, tried := s.started[name]; tried {
		return got
	}
	// Not the first test's context: the server outlives it.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	address, end, err := start(ctx, filepath.Join(s.dir, name))
	if err == nil {
		s.closers = append(s.closers, end)
	}
	if s.started == nil {
		s.started = map[string]started{}
	}
	s.started[name] = started{address, err}
	return s.started[name]
}

func (s *servers) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, end := range s.closers {
		end()
	}
}
