package sqlitelog_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/sale"
)

// orders are the orders first … first+count-1.
func orders(first, count int64) []sale.Record {
	records := make([]sale.Record, count)
	for i := range records {
		records[i] = order(first + int64(i))
	}
	return records
}

func mustAppend(t testing.TB, l *sqlitelog.Log, first, count int64) {
	t.Helper()
	if _, err := l.Append(t.Context(), 0, orders(first, count)); err != nil {
		t.Fatal(err)
	}
}

// wantOrders checks that the log at path opens and holds exactly the orders 1 … count.
func wantOrders(t testing.TB, path string, count int64) {
	t.Helper()
	l := open(t, path)
	var n int64
	for n < count {
		lines, err := l.Read(t.Context(), 0, n, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if n++; line.Record != order(n) {
				t.Fatalf("the line at %d is %+v", n-1, line)
			}
		}
	}
	if _, end, err := l.Bounds(t.Context(), 0); err != nil || end != count {
		t.Fatalf("the log ends at %d, want %d, error %v", end, count, err)
	}
	mustClose(t, l)
}

// wantFailed checks that the log has failed for good, and says which file it is.
func wantFailed(t testing.TB, l *sqlitelog.Log, path string) {
	t.Helper()
	<-l.Failed()
	if err := l.Err(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("Err of a log that failed at %s: %v", path, err)
	}
	ctx := context.Background()
	if _, err := l.Append(ctx, 0, orders(1, 1)); !errors.Is(err, sale.ErrUnavailable) || !strings.Contains(err.Error(), path) {
		t.Errorf("Append after the failure of %s: %v", path, err)
	}
	if _, err := l.Read(ctx, 0, 0, 1); !errors.Is(err, sale.ErrUnavailable) {
		t.Errorf("Read after the failure: %v", err)
	}
}

func TestAWriteThatFailsEndsTheLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := open(t, path)
	mustAppend(t, l, 1, 10)
	waiting := make(chan error)
	go func() {
		_, err := l.Read(t.Context(), 0, 10, 1)
		waiting <- err
	}()
	if err := l.LimitPages(); err != nil {
		t.Fatal(err)
	}
	_, err := l.Append(t.Context(), 0, orders(11, 1000))
	if !errors.Is(err, sale.ErrUnknownOutcome) || !strings.Contains(err.Error(), path) {
		t.Fatalf("Append that could not be written: %v", err)
	}
	if err := <-waiting; !errors.Is(err, sale.ErrUnavailable) {
		t.Fatalf("Read that waited when the log failed: %v", err)
	}
	wantFailed(t, l, path)
	mustClose(t, l)
	wantOrders(t, path, 10)
}

// Another connection keeps the commit waiting, longer than whoever appends wants to.
func TestAppendGivesUpWaiting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := open(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	blocker, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := blocker.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	outcome := make(chan error)
	go func() {
		_, err := l.Append(ctx, 0, orders(1, 1))
		outcome <- err
	}()
	l.AwaitCommit()
	cancel()
	if err := <-outcome; !errors.Is(err, sale.ErrUnknownOutcome) || !errors.Is(err, context.Canceled) {
		t.Errorf("Append that gave up: %v", err)
	}
	if _, err := blocker.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(blocker.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, 2, 1)
	mustClose(t, l)
	wantOrders(t, path, 2)
}

// Of appends that overlap with the failure each is told the truth: nil is in the
// log, ErrUnavailable is not.
func TestAppendsAroundAFailure(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := open(t, path)
	const appenders = 50
	outcome := make([]error, appenders)
	var group sync.WaitGroup
	for i := range appenders {
		group.Go(func() {
			if i == appenders/2 {
				outcome[i] = l.LimitPages()
				return
			}
			_, outcome[i] = l.Append(context.Background(), 0, orders(int64(i)*100+1, 100))
		})
	}
	group.Wait()
	_, _ = l.Append(context.Background(), 0, orders(1, 1000)) // whoever came first, by now it has failed
	wantFailed(t, l, path)
	mustClose(t, l)

	kept := keptOrders(t, path)
	for i, err := range outcome {
		n := int64(i)*100 + 1
		switch {
		case i == appenders/2:
		case err == nil && !kept[n]:
			t.Errorf("append %d was answered nil and is gone", i)
		case errors.Is(err, sale.ErrUnavailable) && kept[n]:
			t.Errorf("append %d was refused and is in the log", i)
		case err != nil && !errors.Is(err, sale.ErrUnavailable) && !errors.Is(err, sale.ErrUnknownOutcome):
			t.Errorf("append %d: %v", i, err)
		}
	}
}

// keptOrders are the seqs of the orders in the log.
func keptOrders(t *testing.T, path string) map[int64]bool {
	t.Helper()
	l := open(t, path)
	kept := map[int64]bool{}
	_, end, err := l.Bounds(t.Context(), 0)
	for from := int64(0); err == nil && from < end; {
		lines, err := l.Read(t.Context(), 0, from, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			kept[line.Record.Seq] = true
		}
		from += int64(len(lines))
	}
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func TestTheFilesAreTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	l := open(t, filepath.Join(dir, "log"))
	mustAppend(t, l, 1, 1)
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("beside an open log there are %d files, %v", len(files), err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, error %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestOpenWhereThereIsNoFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "log")
	if _, err := sqlitelog.Open(t.Context(), path); !errors.Is(err, sale.ErrUnavailable) || !strings.Contains(err.Error(), path) {
		t.Fatal(err)
	}
}

func TestThereIsOnePartition(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "log"))
	for _, partition := range []int32{-1, 1} {
		_, appendErr := l.Append(t.Context(), partition, orders(1, 1))
		_, readErr := l.Read(t.Context(), partition, 0, 1)
		_, _, boundsErr := l.Bounds(t.Context(), partition)
		_, sourceErr := l.Source(t.Context(), partition)
		for name, err := range map[string]error{"Append": appendErr, "Read": readErr, "Bounds": boundsErr, "Source": sourceErr} {
			if !errors.Is(err, sale.ErrDamaged) {
				t.Errorf("%s of partition %d: %v", name, partition, err)
			}
		}
	}
}

// One row, far beyond what a checkpoint waits for, and many smaller ones.
func TestManyCheckpoints(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := open(t, path)
	mustAppend(t, l, 1, 40_000)
	for n := int64(40_000); n < 80_000; n += 500 {
		mustAppend(t, l, n+1, 500)
	}
	info, err := os.Stat(path + "-wal")
	if err != nil || info.Size() > 10<<20 {
		t.Errorf("the write-ahead log takes %d MB, error %v", info.Size()>>20, err)
	}
	mustClose(t, l)
	wantOrders(t, path, 80_000)
}
