package fault

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seckill/internal/verify"
	"seckill/test/program"

	_ "modernc.org/sqlite"
)

const (
	logFile   = "orders.log"
	storeFile = "store.db"
)

// A wreck is a data folder that was harmed while no process used it, and what is
// said of it: the words of verify's findings, and those of a start that is
// refused. If there are none of these the program starts, as it cannot know.
type wreck struct {
	name   string
	harm   func(t *testing.T, data string)
	verify []string
	serve  []string
}

var wrecks = []wreck{
	{"the log cut in the middle", cut(logFile, 2),
		[]string{"FINDING damage", logFile}, []string{logFile}},
	{"the log cut to its first bytes", cut(logFile, 200),
		[]string{"FINDING damage", logFile, "cut to"}, []string{logFile, "cut to"}},
	{"the log emptied", cut(logFile, 1<<30),
		[]string{"FINDING position", logFile, "filled from the log"}, []string{logFile, "filled from the log"}},
	{"the log removed", remove(logFile),
		[]string{"FINDING damage", logFile + " is missing"}, []string{logFile + " is missing"}},
	{"the log overwritten", overwrite(logFile),
		[]string{"FINDING damage", logFile}, []string{logFile}},
	{"a row of the log deleted", statement(logFile, `DELETE FROM log_row WHERE first = (SELECT max(first) FROM log_row WHERE first < 100)`),
		[]string{"FINDING damage", logFile, "the row at offset"}, []string{logFile, "the row at offset"}},
	{"the last row of the log deleted", statement(logFile, `DELETE FROM log_row WHERE first = (SELECT max(first) FROM log_row)`),
		[]string{"FINDING position", logFile, "position <= log end"}, []string{logFile, "the log ends at"}},
	{"a record of the log changed", statement(logFile, `UPDATE log_row SET frames = CAST(replace(frames, 'user-7', 'user-8') AS BLOB)`),
		[]string{"FINDING damage", logFile, "the row at offset"}, []string{logFile, "the row at offset"}},
	{"the store cut in the middle", cut(storeFile, 2),
		[]string{"FINDING damage", storeFile}, []string{storeFile}},
	{"the store overwritten", overwrite(storeFile),
		[]string{"FINDING damage", storeFile}, []string{storeFile}},
	{"an order's row deleted", statement(storeFile, `DELETE FROM seckill_order WHERE number = 7`),
		[]string{"FINDING fold", storeFile, "the order is in the log, but not in the store", "[seckill_order "}, nil},
	{"a product's row deleted", statement(storeFile, `DELETE FROM seckill_product`),
		[]string{"FINDING fold", storeFile, "the product is in the log, but not in the store", "[seckill_product]"}, nil},
	{"a return's row deleted", statement(storeFile, `DELETE FROM seckill_return WHERE number = 1`),
		[]string{"FINDING returns", storeFile, "[seckill_return "}, nil},
	{"a payment of more", statement(storeFile, `UPDATE seckill_payment SET amount = amount + 1`),
		[]string{"FINDING fold", "FINDING money", storeFile, "amount", "[seckill_payment"}, nil},
	{"an order given to somebody else", statement(storeFile, `UPDATE seckill_order SET user_id = 'thief' WHERE number = 7`),
		[]string{"FINDING fold", storeFile, "user_id", "[seckill_order "}, nil},
	{"orders added, more than the quantity", statement(storeFile, added(300, "'more-' || n", "1")),
		[]string{"FINDING quantity", "FINDING counts", "[seckill_order "}, nil},
	{"an order added for who has one", statement(storeFile, added(1, "user_id", "2")),
		[]string{"FINDING limit", "FINDING fold", "holds more units than the limit allows"}, nil},
	{"an order in no slot", statement(storeFile, `UPDATE seckill_order SET slot = 0 WHERE number = 3`),
		[]string{"FINDING slots", "there is no such slot", "[seckill_order "}, nil},
	{"a gap in the numbers", statement(storeFile, `UPDATE seckill_order SET number = number + 1 WHERE number = 151`),
		[]string{"FINDING numbers", "orders are not numbered in a row", "[seckill_order "}, nil},
	{"a step that nothing led to", statement(storeFile, `UPDATE seckill_order SET status = 4 WHERE number = 3`),
		[]string{"FINDING steps", "the status is expired, but ended_at says otherwise", "[seckill_order "}, nil},
	{"a placed order rejected", statement(storeFile, `UPDATE seckill_order SET status = 5 WHERE number = 3`),
		[]string{"FINDING firm", "was answered as placed, and none was rejected"}, nil},
	{"a count moved", statement(storeFile, `UPDATE seckill_product SET rejected = rejected + 1`),
		[]string{"FINDING counts", "the product's counts are those of its rows", "[seckill_product]"}, nil},
	{"an epoch of another opening", statement(storeFile, `UPDATE seckill_product SET nonce = 'forged'`),
		[]string{"FINDING openings", "forged"}, nil},
	{"more time to pay", statement(storeFile, `UPDATE seckill_order SET pay_by = pay_by + 60000 WHERE number = 3`),
		[]string{"FINDING fold", "pay_by", "[seckill_order "}, nil},
	{"an order of another address", statement(storeFile, `UPDATE seckill_order SET origin = '0123456789abcdef' WHERE origin <> '' AND number = 6`),
		[]string{"FINDING fold", storeFile, "origin", "[seckill_order "}, nil},
	{"a paid order that counts against its address", statement(storeFile, `UPDATE seckill_order SET origin = (SELECT max(origin) FROM seckill_order) WHERE number = 1`),
		[]string{"FINDING fold", storeFile, "origin", "[seckill_order "}, nil},
	{"a return of another address", statement(storeFile, `UPDATE seckill_return SET origin = '0123456789abcdef' WHERE number = 1`),
		[]string{"FINDING fold", storeFile, "by the log this return is of order", "[seckill_return "}, nil},
	{"another secret", statement(storeFile, `UPDATE seckill_meta SET value = x'00' WHERE key = 'secret'`),
		[]string{"FINDING secret", "another secret of keyed order ids than the tables"}, []string{"seckill_meta", "remove the key"}},
	{"a position moved on", statement(storeFile, `UPDATE seckill_position SET next = next + 1`),
		[]string{"FINDING position", "position <= log end"}, []string{logFile, "the log ends at"}},
}

// added is so many orders more, like the third but for their user and slot.
func added(count int, user, slot string) string {
	return `WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < ` + itoa(count) + `)
		INSERT INTO seckill_order (place, order_id, user_id, status, slot, product, number, seq, epoch, placed_at, pay_by, ended_at, partition, position)
		SELECT place + 1000 + n, randomblob(16), ` + user + `, status, ` + slot + `, product, number + 148 + n,
			seq, epoch, placed_at, pay_by, ended_at, partition, position FROM seckill_order, more WHERE number = 3`
}

// Every invariant of the audit is broken by some wreck; those named here need a gate
// to be asked, which package cluster can damage.
func TestEveryInvariantHasAWreck(t *testing.T) {
	broken := "FINDING units, FINDING seqs, FINDING sold out, FINDING terms, FINDING buyers, FINDING waiting, FINDING addresses"
	for _, w := range wrecks {
		broken += strings.Join(w.verify, ", ")
	}
	for _, invariant := range verify.Invariants {
		if !strings.Contains(broken, "FINDING "+string(invariant)) {
			t.Errorf("nothing here breaks %q", invariant)
		}
	}
}

// What was done to the files is told by verify, and by a start that it forbids,
// with the file and the place in it.
func TestDamageIsNamed(t *testing.T) {
	whole := soldFolder(t)
	for _, w := range wrecks {
		t.Run(w.name, func(t *testing.T) {
			data := copyFolder(t, whole)
			w.harm(t, data)
			w.judge(t, copyFolder(t, data))
			if w.serve == nil {
				serve(t, bin, data).Stop(t)
				return
			}
			w.refused(t, data)
			w.refused(t, data) // the first time did not paper over it
			w.judge(t, data)
		})
	}
}

func (w *wreck) judge(t *testing.T, data string) {
	t.Helper()
	code, out := program.Run(t, bin, "verify", "--data", data)
	if code != 1 || !hasAll(out, w.verify) {
		t.Errorf("verify: exit code %d, wanted 1 and %q:\n%s", code, w.verify, out)
	}
}

func (w *wreck) refused(t *testing.T, data string) {
	t.Helper()
	s := tryServe(t, bin, data)
	if s.Out.Await("msg=ready") {
		t.Fatalf("it is ready:\n%s", s.Out.String())
	}
	if code, out := s.Wait(), s.Out.String(); code != 1 || !hasAll(out, w.serve) || lines(out) != 1 {
		t.Errorf("serve: exit code %d, wanted 1 and one line with %q:\n%s", code, w.serve, out)
	}
}

func hasAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// If the log lost what it never had moved into its file, the store tells.
func TestALogThatLostItsTail(t *testing.T) {
	data := t.TempDir()
	sellSome(t, serve(t, bin, data)).Kill()
	w := &wreck{
		verify: []string{"FINDING position", logFile},
		serve:  []string{logFile, storeFile},
	}
	cut(logFile+"-wal", 2)(t, data)
	w.judge(t, copyFolder(t, data))
	w.refused(t, data)
}

// Tables that are gone are made again from the log.
func TestTheTablesAreMadeAgain(t *testing.T) {
	data := soldFolder(t)
	before := ordersIn(t, data)
	remove(storeFile)(t, data)
	if after := ordersIn(t, data); len(before) != sold || !slices.Equal(before, after) {
		t.Errorf("%d orders, were %d", len(after), len(before))
	}
	if found := judged(t, data); len(found) > 0 {
		t.Error(most(found))
	}
}

// ordersIn is what a server started on the folder says.
func ordersIn(t *testing.T, data string) []order {
	t.Helper()
	s := serve(t, bin, data)
	defer s.Stop(t)
	return s.Orders(t, "1")
}

// soldFolder is a data folder with orders in every state, all from one address, its program stopped.
func soldFolder(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	sellSome(t, serve(t, bin, data, "--trusted-proxies", "127.0.0.1/32").From("203.0.113.7")).Stop(t)
	return data
}

// sold is how many orders sellSome leaves.
const sold = 151

// sellSome sells, and returns when the store knows all of it.
func sellSome(t *testing.T, s *server) *server {
	t.Helper()
	s.Put(t, "1", `{"quantity":400,"payment_window":"1h","unpaid_per_address":400}`)
	for i := range sold {
		a, err := s.Buy("1", "user-"+itoa(i), "")
		if err != nil || a.Status != 201 {
			t.Fatalf("buy: %v, %v", a, err)
		}
		// The look at an order waits for the store.
		method, path := "GET", "/api/orders/"+a.Order.ID
		if end := [...]string{"/pay", "/cancel", ""}[i%3]; end != "" {
			method, path = "POST", path+end
		}
		if a, err = s.Ask(method, path, "", ""); err != nil || a.Status != 200 {
			t.Fatalf("%s %s: %v, %v", method, path, a, err)
		}
		if i == 2 {
			body := `{"payment_id":"m","product_id":"1","order_id":"` + a.Order.ID + `","amount":5,"currency":"EUR"}`
			if a, err = s.Ask("POST", "/api/payments", "", body); err != nil || a.Status != 200 {
				t.Fatalf("a payment: %v, %v", a, err)
			}
		}
	}
	return s
}

func harmFile(name string, change func(data []byte) []byte) func(*testing.T, string) {
	return func(t *testing.T, data string) {
		t.Helper()
		path := filepath.Join(data, name)
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		mustWrite(t, path, change(was))
	}
}

// cut leaves one part in so many.
func cut(name string, parts int) func(*testing.T, string) {
	return harmFile(name, func(was []byte) []byte { return was[:len(was)/parts] })
}

func overwrite(name string) func(*testing.T, string) {
	return harmFile(name, func(was []byte) []byte { return []byte(strings.Repeat("lorem ipsum ", len(was)/12)) })
}

func remove(name string) func(*testing.T, string) {
	return func(t *testing.T, data string) {
		t.Helper()
		if err := os.Remove(filepath.Join(data, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// statement does what somebody with SQL in their hands may do.
func statement(name, sqlText string) func(*testing.T, string) {
	return func(t *testing.T, data string) {
		t.Helper()
		db, err := sql.Open("sqlite", filepath.Join(data, name))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		done, err := db.ExecContext(t.Context(), sqlText)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			t.Fatalf("%q changed %d rows, %v", sqlText, n, err)
		}
	}
}
