package fault

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Buyers whose orders are on their way into the log when SIGTERM comes are
// answered as if it had not come.
func TestTermWhileBuyersWait(t *testing.T) {
	const buyers = 10
	data := t.TempDir()
	s := serve(t, bin, data)
	for i := range buyers {
		s.Put(t, "p"+itoa(i), `{"quantity":1}`)
	}
	release := holdLog(t, data)
	bought := make(chan answer, buyers)
	for i := range buyers { // each of another product: nobody waits for another's batch
		go func() {
			a, err := s.Buy("p"+itoa(i), "patient", "")
			if err != nil {
				t.Error(err)
			}
			bought <- a
		}()
	}
	for i := range buyers {
		eventually(t, "the gate has admitted them all", func() bool { return s.Remaining(t, "p"+itoa(i)) == 0 })
	}
	s.Signal(syscall.SIGTERM)
	eventually(t, "it is not ready any more", func() bool {
		a, err := s.Get("/readyz")
		return err != nil || a.Status != 200
	})
	if len(bought) > 0 {
		t.Errorf("answered before the log was free: %v", <-bought)
	}
	release()
	for range buyers {
		if a := <-bought; a.Status != 201 {
			t.Errorf("answer %v", a)
		}
	}
	if code := s.Wait(); code != 0 { // as if who waited had not been answered within ten seconds
		t.Errorf("exit code %d:\n%s", code, s.Out.String())
	}
	if found := judged(t, data); len(found) > 0 {
		t.Error(most(found))
	}
}

// Whoever stands in front of a process is told first that it ends, and until then
// sends it buyers over new connections.
func TestTermIsToldFirst(t *testing.T) {
	t.Setenv("SECKILL_DRAIN", "15s")
	data := t.TempDir()
	s := serve(t, bin, data)
	s.Put(t, "1", `{"quantity":100}`)
	s.Signal(syscall.SIGTERM)
	eventually(t, "it says that it ends", func() bool {
		a, err := s.Get("/readyz")
		if err != nil {
			t.Fatalf("it takes no connections any more, and never said so: %v", err)
		}
		return a.Status == 503 && strings.Contains(a.Body, "shutting down")
	})
	for i := range 20 {
		s.HTTP.CloseIdleConnections()
		if a, err := s.Buy("1", itoa(i), ""); err != nil || a.Status != 201 {
			t.Errorf("a buyer after that: %v, %v", a, err)
		}
	}
	if code := s.Wait(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.Out.String())
	}
	if found := judged(t, data); len(found) > 0 {
		t.Error(found)
	}
}

// Who asks for much and takes none of it does not hold up the end, or make it a failure.
func TestTermBesideOneWhoTakesNothing(t *testing.T) {
	s := serve(t, bin, t.TempDir())
	c := dial(t, s)
	asks := []byte(strings.Repeat("GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n", 100))
	for err := error(nil); err == nil; _, err = c.Write(asks) { // until no more is read of them
		if err := c.SetWriteDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	s.Signal(syscall.SIGTERM)
	if code := s.Wait(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.Out.String())
	}
}

// Who presses Ctrl-C is not made to wait for it.
func TestCtrlCDoesNotDrain(t *testing.T) {
	t.Setenv("SECKILL_DRAIN", "1h")
	s := serve(t, bin, t.TempDir())
	s.Signal(syscall.SIGINT)
	if code := s.Wait(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.Out.String())
	}
}

// holdLog keeps every other writer from the log until release is called.
func holdLog(t *testing.T, data string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, logFile)+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
		db.Close()
	}
}

// eventually asks until it is so; three minutes are a hang.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for ; !so(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to pass that %s", what)
		}
	}
}
