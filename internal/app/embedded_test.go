package app_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"seckill/internal/app"
	"seckill/internal/sale"
)

func TestASaleOutlivesItsProgram(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, data)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":10}`)
	winners := map[string]string{} // user of each order
	for i := range 10 {
		user := fmt.Sprint("u", i)
		winners[p.buy(201, user).OrderID] = user
	}
	p.buy(409, "late")
	p.end()

	p = start(t, data)
	if got := p.ask(200, "GET", "/api/products/1", ""); got.Held != 10 || got.State != "sold_out" || got.Epoch != 2 {
		t.Errorf("after a restart: %+v", got)
	}
	for i, o := range p.ask(200, "GET", "/api/products/1/orders", "").Orders {
		if winners[o.OrderID] != o.UserID || o.Number != int64(i+1) {
			t.Errorf("after a restart: %+v", o)
		}
		delete(winners, o.OrderID)
	}
	if len(winners) > 0 {
		t.Errorf("lost: %v", winners)
	}
	if a := p.buy(409, "late"); a.Type != "/problems/sold_out" {
		t.Errorf("a buyer who comes late: %+v", a)
	}
	if a := p.buy(409, "u3"); a.Type != "/problems/already_bought" {
		t.Errorf("a winner who comes again: %+v", a)
	}
	report, live, err := app.Verify(t.Context(), data)
	if err != nil || !live || len(report.Findings) > 0 {
		t.Errorf("verify, live %v: %v, %v", live, report.Findings, err)
	}
	p.end()
	report, live, err = app.Verify(t.Context(), data)
	if err != nil || live || len(report.Findings) > 0 {
		t.Errorf("verify, live %v: %v, %v", live, report.Findings, err)
	}
}

// The log makes an order firm, and the store comes after: a reader must not be
// told less than a buyer was.
func TestReadersSeeWhatBuyersWereTold(t *testing.T) {
	p := start(t, t.TempDir())
	p.ask(201, "PUT", "/api/products/1", `{"quantity":200}`)
	for i := range 200 {
		id := p.buy(201, fmt.Sprint("u", i)).OrderID
		asked := time.Now()
		product := p.ask(200, "GET", "/api/products/1", "")
		patient := time.Since(asked) < time.Second // beyond that it tells what is there
		if patient && product.Held != int64(i+1) {
			t.Fatalf("%d held after %d orders", product.Held, i+1)
		}
		p.ask(200, "GET", "/api/orders/"+id, "")
	}
}

// Whoever waits for an order while the program is told to end gets one.
func TestTheEndAnswersWhoWaits(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	const buyers = 20 // each of another product: of one, they would be admitted one batch after the other
	for i := range buyers {
		p.ask(201, "PUT", fmt.Sprint("/api/products/", i), `{"quantity":1}`)
	}
	unlock := lock(t, filepath.Join(data, "orders.log"))
	type told struct {
		answer
		err error
	}
	answers := make(chan told, buyers)
	for i := range buyers {
		go func() {
			a, err := p.try("POST", fmt.Sprintf("/api/products/%d/orders", i), `{"user_id":"a"}`)
			answers <- told{a, err}
		}()
	}
	for waiting := int64(0); waiting < buyers; { // until all of them are admitted, and wait for the log
		waiting = 0
		for _, product := range p.ask(200, "GET", "/api/products", "").Products {
			waiting += product.Queued
		}
	}
	p.stop()
	for a, err := p.try("GET", "/readyz", ""); err == nil && a.Status == 200; {
		a, err = p.try("GET", "/readyz", "")
	}
	unlock()
	for range buyers {
		if a := <-answers; a.err != nil || a.Status != 201 {
			t.Errorf("%+v, %v", a.answer, a.err)
		}
	}
	if err := <-p.ended; err != nil {
		t.Error("run:", err)
	}
	if _, err := p.try("GET", "/livez", ""); err == nil {
		t.Error("it still answers")
	}
}

// lock keeps everybody else from writing to a SQLite file.
func lock(t *testing.T, path string) (unlock func()) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.Conn(t.Context())
	if err == nil {
		_, err = c.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		_, err := c.ExecContext(context.Background(), "ROLLBACK")
		if err = errors.Join(err, c.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	}
}

// A store that is not of this log stops the start, before anything is written.
func TestAStoreThatDoesNotFitItsLogStopsTheStart(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(t *testing.T, log string)
		says []string
	}{
		"ahead of it": {
			func(t *testing.T, log string) { change(t, log, "DELETE FROM log_row WHERE first > 0") },
			[]string{"store.db", "orders.log", "up to 2", "ends at 1"},
		},
		"of another log": {
			func(t *testing.T, log string) {
				other := t.TempDir()
				sold(t, other)
				if err := os.Rename(filepath.Join(other, "orders.log"), log); err != nil {
					t.Fatal(err)
				}
			},
			[]string{"store.db", "orders.log", "was filled from the log"},
		},
		"of none": {
			func(t *testing.T, log string) {
				if err := os.Remove(log); err != nil {
					t.Fatal(err)
				}
			},
			[]string{"store.db", "orders.log", "is missing"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			sold(t, data)
			c.harm(t, filepath.Join(data, "orders.log"))
			for range 2 { // it lets go of the folder, and leaves it as it was
				_, err := app.Open(config(data))
				if !errors.Is(err, sale.ErrDamaged) {
					t.Fatalf("open: %v", err)
				}
				for _, place := range c.says {
					if !strings.Contains(err.Error(), place) {
						t.Errorf("it does not say %q: %v", place, err)
					}
				}
			}
		})
	}
}

// sold leaves a folder with one order in it.
func sold(t *testing.T, data string) {
	t.Helper()
	p := start(t, data)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":10}`)
	p.buy(201, "a")
	p.end()
}

// change does to a SQLite file what nobody should.
func change(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// Tables that are folded anew know the key of a buy: whoever asks again has bought once.
func TestAKeyOutlivesTheTables(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":10,"limit_per_user":2}`)
	first := p.buyKeyed(201, "a", "once")
	p.end()
	for range 2 {
		for _, file := range []string{"store.db", "store.db-wal", "store.db-shm"} {
			if err := os.Remove(filepath.Join(data, file)); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		p = start(t, data)
		if again := p.buyKeyed(200, "a", "once"); again.OrderID != first.OrderID {
			t.Errorf("the same key gave %s, and then %s", first.OrderID, again.OrderID)
		}
		p.end()
	}
}

// A log whose last rows were cut off, and that grew again behind them, does not fit
// tables that have applied what was cut off.
func TestALogThatWasCutOffAndGrewAgain(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := start(t, data)
	p.ask(201, "PUT", "/api/products/1", `{"quantity":10}`)
	for i := range 4 {
		p.buy(201, fmt.Sprint("u", i))
	}
	p.end()
	store, kept := filepath.Join(data, "store.db"), filepath.Join(t.TempDir(), "store.db")
	if err := os.Rename(store, kept); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", filepath.Join(data, "orders.log"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("DELETE FROM log_row WHERE first = (SELECT max(first) FROM log_row)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	p = start(t, data) // with tables made anew
	for i := range 4 {
		p.buy(201, fmt.Sprint("v", i))
	}
	p.end()
	if err := os.Rename(kept, store); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := app.Open(config(data))
		if !errors.Is(err, sale.ErrDamaged) || !strings.Contains(err.Error(), "the log was cut off, and grew again") || !strings.Contains(err.Error(), "store.db does not fit") {
			t.Fatalf("it opened: %v", err)
		}
	}
	report, _, err := app.Verify(t.Context(), data)
	if err != nil || len(report.Findings) == 0 || !strings.Contains(report.Findings[0].Words, "grew again") {
		t.Errorf("verify: %v, %v", report.Findings, err)
	}
}
