package pgstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"seckill/internal/devstack/devtest"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// TestManyStartAtOnce on an empty database, each as a process would.
func TestManyStartAtOnce(t *testing.T) { manyStartAtOnce(t, schema(t)) }

func manyStartAtOnce(t *testing.T, address string) {
	t.Helper()
	var all sync.WaitGroup
	stores := make([]*Store, 8)
	for i := range stores {
		all.Go(func() { stores[i] = opened(t, address) })
	}
	all.Wait()
	mark := applied(t, stores[0], orderstore.Mark{}, put(9))
	applied(t, stores[7], mark, buy(1))
	holds(t, stores[3], 1)
}

// Who only looks makes nothing, and wants what this program would make.
func TestTablesThatAreMissingAreNotMade(t *testing.T) {
	address := schema(t)
	for range 2 {
		if s, err := OpenExisting(t.Context(), address); !errors.Is(err, sale.ErrNotFound) {
			t.Fatalf("%v, %v", s, err)
		}
	}
	opened(t, address)
	s, err := OpenExisting(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	psql(t, address)("DELETE FROM seckill_version WHERE version_id > 0")
	if _, err := OpenExisting(t.Context(), address); !errors.Is(err, sale.ErrUnavailable) || !strings.Contains(err.Error(), "of version 0") {
		t.Errorf("an older version: %v", err)
	}
}

func TestTablesOfANewerVersion(t *testing.T) {
	address := schema(t)
	opened(t, address)
	psql(t, address)("INSERT INTO seckill_version (version_id, is_applied) VALUES (99, true)")
	refused(t, address, "its tables are of version 99")
}

// refused demands that nothing opens, for want of what words say.
func refused(t *testing.T, address, words string) {
	t.Helper()
	s, err := Open(t.Context(), address)
	if err == nil {
		s.Close()
	}
	if !errors.Is(err, sale.ErrUnavailable) || !strings.Contains(err.Error(), words) {
		t.Errorf("%v, not %q with %q", err, sale.ErrUnavailable, words)
	}
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	closed := devtest.FreeAddress(t)
	there := schema(t)
	config, err := pgx.ParseConfig(there)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ address, words string }{
		"nobody listens": {"postgres://u:secret@" + closed + "/seckill?sslmode=disable", "refused"},
		"no URL":         {"postgres://u:secret@[/", "must be as postgres://"},
		"no database":    {strings.Replace(there, "/"+config.Database+"?", "/never?", 1), "never"},
		"no schema":      {strings.Replace(there, "search_path=", "search_path=x", 1), "schema"},
		"no user":        {strings.Replace(there, config.User+"@", "nobody:secret@", 1), "nobody"},
	} {
		t.Run(what, func(t *testing.T) {
			if err := CheckURL(c.address); (err != nil) != (what == "no URL") {
				t.Errorf("CheckURL: %v", err)
			}
			refused(t, c.address, c.words)
			if _, err := Open(t.Context(), c.address); strings.Contains(err.Error(), "secret") {
				t.Errorf("the password is in %v", err)
			}
		})
	}
}

func TestClosed(t *testing.T) {
	s := opened(t, schema(t))
	mark := applied(t, s, orderstore.Mark{}, put(9))
	waiting := make(chan error)
	go func() { waiting <- s.Passed(t.Context(), sale.Position{Offset: 7}) }()
	s.Close()
	_, read := s.Products(t.Context(), false)
	for what, err := range map[string]error{
		"Passed": <-waiting, "Apply": after(mark, buy(1)).to(t.Context(), s), "Products": read,
		"Passed again": s.Passed(t.Context(), sale.Position{Offset: 7}),
	} {
		if !errors.Is(err, sale.ErrUnavailable) {
			t.Errorf("%s of a closed store: %v, not %q", what, err, sale.ErrUnavailable)
		}
	}
}

// Two recoveries at once would each make the log anew, and the second one's is another.
func TestOneRecoversAtATime(t *testing.T) { oneRecoversAtATime(t, schema(t)) }

func oneRecoversAtATime(t *testing.T, address string) {
	t.Helper()
	first, second := opened(t, address), opened(t, address)
	_, release, err := first.LockRecovery(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := second.LockRecovery(t.Context()); !errors.Is(err, sale.ErrUnavailable) || !strings.Contains(err.Error(), "another process is recovering") {
		t.Fatalf("beside another: %v", err)
	}
	release()
	_, again, err := second.LockRecovery(t.Context())
	if err != nil {
		t.Fatalf("after it: %v", err)
	}
	again()
}

// With its session the lock goes to whoever asks next: who had it is told.
func TestALockThatIsLost(t *testing.T) {
	address := schema(t)
	first, second := opened(t, address), opened(t, address)
	held, release, err := first.LockRecovery(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	psql(t, address)("SELECT pg_terminate_backend(pid, 3600000) FROM pg_locks JOIN pg_stat_activity USING (pid) " +
		"WHERE locktype = 'advisory' AND application_name = current_setting('application_name')")
	<-held.Done()
	if why := context.Cause(held); !errors.Is(why, sale.ErrUnavailable) || !strings.Contains(why.Error(), "the lock of the recovery is lost") {
		t.Errorf("it is told %v", why)
	}
	_, again, err := second.LockRecovery(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// Whatever a database bounds transactions by, a lock that has to last does, and so does a snapshot.
func TestADatabaseThatBoundsTransactions(t *testing.T) {
	pooled, direct := database(t, "transaction")
	bounds := []string{"idle_in_transaction_session_timeout", "transaction_timeout"} // Postgres 15 has the first alone
	for _, name := range bounds {
		psql(t, direct)(fmt.Sprintf("DO $$ BEGIN IF EXISTS (SELECT FROM pg_settings WHERE name = '%[1]s') "+
			"THEN EXECUTE format('ALTER DATABASE %%I SET %[1]s = 3600000', current_database()); END IF; END $$", name))
	}
	for _, address := range []string{direct, pooled} {
		s := opened(t, address)
		lasts := func(what string, q querier) {
			t.Helper()
			for _, name := range bounds {
				err := query(t.Context(), q, "SELECT setting FROM pg_settings WHERE name = $1", []any{name}, func(rows pgx.Rows) error {
					var bound string
					err := rows.Scan(&bound)
					if bound != "0" {
						t.Errorf("%s has %s %s", what, name, bound)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		}
		c, release, err := lasting(t.Context(), s.pool)
		if err != nil {
			t.Fatal(err)
		}
		lasts("a lock", c)
		release()
		err = s.Audit(t.Context(), func(a orderstore.Snapshot) error {
			lasts("a snapshot", a.(audit).tx)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
