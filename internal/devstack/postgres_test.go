//go:build unix

package devstack

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func startPostgres(t *testing.T) *Postgres {
	t.Helper()
	p, err := StartPostgres(t.Context(), t.TempDir())
	skipMissing(t, err)
	t.Cleanup(p.Close)
	return p
}

// query runs statements that return at most one number.
func (p *Postgres) query(t *testing.T, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil && !errors.Is(err, pgx.ErrNoRows) {
		t.Fatal(err)
	}
	return n
}

func TestPostgresKeepsItsPromisesAboutANode(t *testing.T) {
	p := startPostgres(t)
	tables := func(want int) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			if n := p.query(t, "SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'"); n != want {
				t.Fatalf("there are %d tables, not %d", n, want)
			}
		}
	}
	exerciseNode(t, p.Node, p.Close, subject{
		put:  func(t *testing.T) { p.query(t, "CREATE TABLE kept ()") },
		has:  tables(1),
		lost: tables(0),
	})
}

// Each connection has a process of its own, which has to be frozen as well.
func TestAFrozenPostgresIsFrozenForThoseItKnows(t *testing.T) {
	p := startPostgres(t)
	conn, err := pgx.Connect(t.Context(), p.URL())
	if err != nil {
		t.Fatal(err)
	}
	p.Freeze()
	answer := make(chan error, 1)
	go func() { _, err := conn.Exec(t.Context(), "SELECT 1"); answer <- err }()
	select {
	case err := <-answer:
		t.Fatalf("it answers, with %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	p.Thaw()
	if err := <-answer; err != nil {
		t.Error(err)
	}
}

func TestPostgresIsPutBackToACopy(t *testing.T) {
	p := startPostgres(t)
	p.query(t, "CREATE TABLE n AS SELECT 1 AS n")
	p.Stop()
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(p.Data())); err != nil {
		t.Fatal(err)
	}
	restart(t, p.Node)
	p.query(t, "UPDATE n SET n = 2")
	p.Kill()
	if err := p.Wipe(); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(p.Data(), os.DirFS(copied)); err != nil {
		t.Fatal(err)
	}
	restart(t, p.Node)
	if n := p.query(t, "SELECT n FROM n"); n != 1 {
		t.Errorf("the copy has 1, and it has %d", n)
	}
}

func TestAStandbyTakesOver(t *testing.T) {
	p := startPostgres(t)
	p.query(t, "CREATE TABLE n AS SELECT 1 AS n")
	standby, err := p.StartStandby(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(standby.Close)
	p.query(t, "UPDATE n SET n = 2")
	for standby.query(t, "SELECT n FROM n") != 2 {
		<-time.After(10 * time.Millisecond)
	}
	p.Kill()
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	standby.query(t, "UPDATE n SET n = 3")
	if n := standby.query(t, "SELECT n FROM n"); n != 3 {
		t.Errorf("it has %d", n)
	}
}

func TestPostgresSyncsToTheDisk(t *testing.T) {
	p := startPostgres(t)
	if p.query(t, "SELECT (current_setting('fsync') || current_setting('synchronous_commit') = 'onon')::int") != 1 {
		t.Error("it answers before it syncs")
	}
}

func TestOnlyTemporaryFoldersAreOpened(t *testing.T) {
	temp := os.TempDir()
	closed := filepath.Join(t.TempDir(), "closed")
	data := filepath.Join(closed, "server", "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	a := &account{name: "postgres", uid: os.Getuid(), gid: os.Getgid()}
	t.Setenv("TMPDIR", "/elsewhere")
	if err := a.give(data); err == nil || !strings.Contains(err.Error(), "may not enter "+closed) {
		t.Errorf("a folder that is not temporary: %v", err)
	}
	t.Setenv("TMPDIR", temp)
	if err := a.give(data); err != nil {
		t.Error(err)
	}
	for folder, want := range map[string]os.FileMode{closed: 0o711, filepath.Dir(data): 0o711, data: 0o700} {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", folder, info.Mode(), err, want)
		}
	}
}
