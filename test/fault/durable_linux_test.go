package fault

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"seckill/test/program"
)

// Between the reading of a buy and the writing of its 201, the log is synced;
// and so for a payment and a cancellation.
func TestDurableBeforeTheAnswer(t *testing.T) {
	if err := tracedAnswers(t, bin); err != nil {
		t.Error(err)
	}
}

// The test above would see it: with the sync taken out it fails.
func TestAMissingSyncIsFoundOut(t *testing.T) {
	careless := program.Broken(t, "internal/orderlog/sqlitelog/database.go", "synchronous(FULL)", "synchronous(OFF)")
	err := tracedAnswers(t, careless)
	if err == nil || !strings.Contains(err.Error(), "before a sync of the log") {
		t.Errorf("a log that is never synced was found to be: %v", err)
	}
}

// tracedAnswers has the program answer a buy, a payment and a cancellation, and
// looks at what it did in between.
func tracedAnswers(t *testing.T, program string) error {
	t.Helper()
	s, trace := serveTraced(t, program, t.TempDir(), "-e", "trace=read,write,writev,pwrite64,fsync,fdatasync")
	s.Put(t, "1", `{"quantity":10,"payment_window":"15m"}`)
	type exchange struct{ request, answer string }
	var all []exchange
	for _, end := range []string{"pay", "cancel"} {
		user := "who-" + end + "s"
		a, err := s.Buy("1", user, "")
		if err != nil || a.Status != 201 {
			t.Fatalf("buy: %v, %v", a, err)
		}
		path := "/api/orders/" + a.Order.ID + "/" + end
		if a, err = s.Ask("POST", path, "", ""); err != nil || a.Status != 200 {
			t.Fatalf("%s: %v, %v", end, a, err)
		}
		all = append(all, exchange{"POST " + path[:40], "HTTP/1.1 200"})
	}
	s.Stop(t)
	calls, err := readTrace(trace)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range append(all, exchange{"POST /api/products/1/orders", "HTTP/1.1 201"}) {
		if err := syncedBetween(calls, e.request, e.answer); err != nil {
			return err
		}
	}
	return nil
}

// Before it is ready, the disk knows each folder and file that was made, also if
// a file system does not write names down with what is synced in them.
func TestTheFolderIsSynced(t *testing.T) {
	above := t.TempDir()
	deep := filepath.Join(above, "deep")
	data := filepath.Join(deep, "data")
	s, trace := serveTraced(t, bin, data, "-e", "trace=mkdirat,openat,renameat,fsync,write")
	s.Stop(t)
	calls, err := readTrace(trace)
	if err != nil {
		t.Fatal(err)
	}
	for _, order := range [][]string{
		{`mkdirat(`, deep + `"`, `fsync(`, above + `>`},
		{`mkdirat(`, data + `"`, `fsync(`, deep + `>`},
		{`fsync(`, data + `/version.new>`, `renameat(`, data + `/version"`, `fsync(`, data + `>`},
		{`openat(`, data + `/orders.log"`, `fsync(`, data + `>`},
		{`openat(`, data + `/store.db"`, `fsync(`, data + `>`},
	} {
		if err := inOrder(calls, append(order, "write(", "msg=ready")); err != nil {
			t.Error(err)
		}
	}
}

// inOrder says what is missing of a chain of calls, a name and a word of each, of
// which each ended before the next began.
func inOrder(calls []*call, chain []string) error {
	after := 0
	for i := 0; i < len(chain); i += 2 {
		found := false
		for _, c := range calls {
			if c.began > after && c.ended > 0 && strings.HasPrefix(c.text, chain[i]) && strings.Contains(c.text, chain[i+1]) {
				after, found = c.ended, true
				break
			}
		}
		if !found {
			return fmt.Errorf("no %s…%s after %q", chain[i], chain[i+1], chain[:i])
		}
	}
	return nil
}
