package backup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/backup"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/recovery"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

var eight = time.Date(2026, 11, 11, 20, 0, 0, 0, time.UTC)

// A shop is a log and its tables.
type shop struct {
	*testing.T
	log   *sqlitelog.Log
	store *sqlitestore.Store
	now   time.Time // of the store
}

func newShop(t *testing.T) *shop {
	t.Helper()
	dir := t.TempDir()
	log, err := sqlitelog.Open(t.Context(), filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	s := &shop{T: t, log: log, now: eight}
	s.store, err = sqlitestore.Open(filepath.Join(dir, "store"), func() time.Time { return s.now })
	if err != nil {
		t.Fatal(err)
	}
	store := s.store
	t.Cleanup(func() { _ = store.Close() })
	return s
}

func (s *shop) append(records ...sale.Record) {
	s.Helper()
	if _, err := s.log.Append(s.Context(), 0, records); err != nil {
		s.Fatal(err)
	}
}

func (s *shop) fold() {
	s.Helper()
	if _, err := recovery.Fold(s.Context(), s.log, s.store, 0); err != nil {
		s.Fatal(err)
	}
}

func opening(epoch, quantity int64, at time.Time) sale.Record {
	return sale.Record{Kind: sale.KindOpening, ProductID: "a", Epoch: epoch, At: at, Nonce: "n", Secret: "0a1b", By: "ann",
		Terms: sale.Terms{Quantity: quantity, LimitPerUser: 1, PaymentWindow: time.Hour, Price: sale.Price{Amount: 100, Currency: "EUR"}}}
}

func order(epoch int64, n int, at time.Time) sale.Record {
	return sale.Record{Kind: sale.KindOrder, ProductID: "a", Epoch: epoch, At: at, OrderID: sale.OrderID{byte(n >> 8), byte(n), 1}, UserID: fmt.Sprint("u", n), Seq: int64(n)}
}

func cancel(n int, at time.Time) sale.Record {
	return sale.Record{Kind: sale.KindCancel, ProductID: "a", Epoch: 9, At: at, OrderID: sale.OrderID{byte(n >> 8), byte(n), 1}}
}

// payment is one for the order n of a product that has the price of opening.
func payment(product string, n int, at time.Time) sale.Record {
	r := cancel(n, at)
	r.Kind, r.ProductID, r.PaymentID, r.LateID, r.Price = sale.KindPay, product, fmt.Sprint("m", n), sale.OrderID{9, byte(n)}, sale.Price{Amount: 100, Currency: "EUR"}
	return r
}

// trade fills a shop: of the last three records the tables know nothing.
func (s *shop) trade() {
	s.Helper()
	var all []sale.Record
	for n := 1; n <= 1050; n++ {
		all = append(all, order(1, n, eight.Add(time.Duration(n)*time.Second)))
	}
	s.append(opening(1, 2000, eight))
	s.append(all...)
	s.append(cancel(3, eight.Add(2000*time.Second)), cancel(4, eight.Add(2001*time.Second)),
		payment("a", 5, eight.Add(2001*time.Second)), payment("nobody", 6, eight.Add(2001*time.Second)), opening(2, 1999, eight.Add(2002*time.Second)))
	for key, kept := range map[string][]byte{"secret": {0x0a, 0x1b}, "passes": {7}} {
		if _, err := s.store.Meta(s.Context(), key, kept); err != nil {
			s.Fatal(err)
		}
	}
	if err := s.store.AddToken(s.Context(), orderstore.Token{Name: "ann", Role: "operate", Hash: [32]byte{1}, MadeAt: eight}); err != nil {
		s.Fatal(err)
	}
	s.fold()
	s.append(order(2, 2001, eight.Add(3000*time.Second)), order(2, 2002, eight.Add(3000*time.Second)), cancel(2001, eight.Add(3002*time.Second)))
}

func (s *shop) kept() []byte {
	s.Helper()
	var file bytes.Buffer
	err := backup.Write(s.Context(), &file, backup.Sale{Log: s.log, Store: s.store, Secrets: []string{"secret", "passes"}, Program: "v1", Now: eight})
	if err != nil {
		s.Fatal(err)
	}
	return file.Bytes()
}

// open opens a file with these bytes.
func open(t *testing.T, file []byte) (*backup.Backup, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := backup.Open(path)
	if err == nil {
		t.Cleanup(func() { _ = b.Close() })
	}
	return b, err
}

// restored is a shop that a backup was restored into.
func restored(t *testing.T, b *backup.Backup, write func(context.Context, recovery.Log) error) *shop {
	t.Helper()
	to := newShop(t)
	err := b.Begin(t.Context(), to.store)
	if err == nil {
		if err := backup.Unfinished(t.Context(), to.store); !errors.Is(err, sale.ErrUnavailable) {
			t.Errorf("before it is filled: %v", err)
		}
		err = b.Fill(t.Context(), to.log, to.store, write)
	}
	if err == nil {
		err = backup.Unfinished(t.Context(), to.store)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.Stopped(t.Context(), verify.Parts{Log: to.log, Store: to.store})
	if err != nil || !r.Clean() {
		t.Errorf("verify: %+v, %v", r.Findings, err)
	}
	return to
}

// rows are the tables but for their places in the log and what a restore changes.
func (s *shop) rows() (all []string) {
	s.Helper()
	err := s.store.Audit(s.Context(), func(snap orderstore.Snapshot) error {
		products, err := snap.Products()
		for _, p := range products {
			p.Recounts = 0
			all = append(all, fmt.Sprintf("%+v", p))
			err = errors.Join(err, snap.Orders(p.ID, func(o sale.Order) error {
				o.Position = sale.Position{}
				all = append(all, fmt.Sprintf("%+v", o))
				return nil
			}), snap.Returns(p.ID, func(r sale.Return) error { all = append(all, fmt.Sprintf("%+v", r)); return nil }),
				snap.History(p.ID, func(e sale.HistoryEntry) error { all = append(all, fmt.Sprintf("%+v", e)); return nil }))
		}
		return errors.Join(err, snap.Payments(0, func(m sale.Payment) error { all = append(all, fmt.Sprintf("%+v", m)); return nil }))
	})
	tokens, err2 := s.store.Tokens(s.Context())
	passes, err3 := s.store.Meta(s.Context(), "passes", nil)
	if err := errors.Join(err, err2, err3); err != nil {
		s.Fatal(err)
	}
	return append(all, fmt.Sprint(tokens, passes))
}

// areOfTheirTime demands that the order n was placed n seconds after eight, as in trade.
func (s *shop) areOfTheirTime() {
	s.Helper()
	err := s.store.Audit(s.Context(), func(snap orderstore.Snapshot) error {
		return snap.Orders("a", func(o sale.Order) error {
			n := o.Seq
			if n > 2000 {
				n = 3000
			}
			placed := eight.Add(time.Duration(n) * time.Second)
			if !o.PlacedAt.Equal(placed) || !o.PayBy.Equal(placed.Add(time.Hour)) {
				return fmt.Errorf("order %d of %v, to be paid by %v", o.Seq, o.PlacedAt, o.PayBy)
			}
			return nil
		})
	})
	if err != nil {
		s.Error(err)
	}
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= min(len(got), len(want)) || got[i] != want[i] {
			t.Fatalf("row %d of %d and %d\n\t%s\nis\n\t%s", i, len(got), len(want), got[min(i, len(got)-1)], want[min(i, len(want)-1)])
		}
	}
}

// All that the tables had is there again, to the last field, and what the log had beyond.
func TestASaleIsRestored(t *testing.T) {
	s := newShop(t)
	s.trade()
	b, err := open(t, s.kept())
	if err != nil {
		t.Fatal(err)
	}
	if b.Products != 1 || b.Orders != 1050 || b.Position() != "0:1058" || b.Program != "v1" {
		t.Errorf("%+v", b)
	}
	to := restored(t, b, b.Whole)
	s.now = eight.Add(3000 * time.Second) // when the last two orders were placed
	s.fold()
	same(t, to.rows(), s.rows())
	to.append(order(2, 2003, eight), opening(3, 1999, eight), order(3, 2004, eight))
	to.fold()
	if p, err := to.store.Product(t.Context(), "a"); err != nil || p.Held != 1050-2+1+2 {
		t.Errorf("%+v, %v", p, err)
	}
	again, err := open(t, to.kept()) // its log begins with a state
	if err != nil {
		t.Fatal(err)
	}
	same(t, restored(t, again, again.Whole).rows(), to.rows())
	if err := again.Begin(t.Context(), to.store); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("into a sale: %v", err)
	}
}

// Tables that have folded nothing of a log that begins with a state.
func TestALogOfWhichTheTablesHaveNothing(t *testing.T) {
	s := newShop(t)
	s.trade()
	b, err := open(t, s.kept())
	if err != nil {
		t.Fatal(err)
	}
	to := restored(t, b, b.Whole)
	want := to.rows()
	empty := newShop(t)
	to.store = empty.store
	if b, err = open(t, to.kept()); err != nil {
		t.Fatal(err)
	}
	to = restored(t, b, b.Whole)
	same(t, to.rows()[:len(want)-1], want[:len(want)-1]) // tokens and passes are in no log
}

// The sale as it was: what came later is lost, and named.
func TestASaleAsItWas(t *testing.T) {
	s := newShop(t)
	s.trade()
	b, err := open(t, s.kept())
	if err != nil {
		t.Fatal(err)
	}
	for until, c := range map[string]struct {
		held, orders int64
		lost         string
	}{
		eight.Add(1000 * time.Second).Format(time.RFC3339): {1000, 1000, "of product a, what only the log has: 52 orders, whose buyers are told rejected, 1 payment, or step of a payment, that leaves no trace, 2 cancellations, 1 change of terms\nof product nobody, what only the log has: 1 payment, or step of a payment, that leaves no trace"},
		"0:1000":               {1000, 1000, "of product a, what only the log has: 52 orders, whose buyers are told rejected, 1 payment, or step of a payment, that leaves no trace, 2 cancellations, 1 change of terms\nof product nobody, what only the log has: 1 payment, or step of a payment, that leaves no trace"},
		"0:1051":               {1049, 1050, "of product a, what only the log has: 2 orders, whose buyers are told rejected, 1 payment, or step of a payment, that leaves no trace, 1 cancellation, 1 change of terms\nof product nobody, what only the log has: 1 payment, or step of a payment, that leaves no trace"},
		"2027-01-01T00:00:00Z": {1049, 1052, ""},
	} {
		t.Run(until, func(t *testing.T) {
			ends, err := b.Point(until)
			if err != nil {
				t.Fatal(err)
			}
			past := b.Past(ends)
			scratch, err := sqlitestore.Open(filepath.Join(t.TempDir(), "scratch"), func() time.Time { return eight })
			if err != nil {
				t.Fatal(err)
			}
			defer scratch.Close()
			plan, err := past.Fold(t.Context(), scratch)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(plan.Lost, "\n"); got != c.lost {
				t.Errorf("lost: %s", got)
			}
			to := restored(t, b, func(ctx context.Context, log recovery.Log) error {
				_, err := plan.Write(ctx, log, eight)
				return err
			})
			p, err := to.store.Product(t.Context(), "a")
			if err != nil || p.Held != c.held || p.LastNumber != c.orders {
				t.Errorf("held %d, orders %d, %v", p.Held, p.LastNumber, err)
			}
			to.areOfTheirTime()
		})
	}
	const neither = "is neither a time, as in 2026-11-11T20:00:00Z (RFC 3339), nor a position, as in 0:8161 (PARTITION:OFFSET,…)"
	for wrong, want := range map[string]string{
		"yesterday": neither, "00:07": neither, "+0:+7": neither, "0:07": neither, "0:-1": neither, "0": neither, "0:": neither, "0:1,x": neither, "": neither,
		"20:00:00": neither, "0:1 ": neither,
		"0:9999": "is not in the backup", "1:1": "is not in the backup", "0:99999999999999999999": "is not in the backup", "99999999999999999999:0": "is not in the backup",
		"0:5,0:3":              "partition 0 is named twice",
		"2026-11-11T19:59:59Z": "the first record is of 2026-11-11T20:00:00",
	} {
		if _, err := b.Point(wrong); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", wrong, err, want)
		}
	}
	whole := restored(t, b, b.Whole)
	if b, err = open(t, whole.kept()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Point("0:0"); err == nil || !strings.Contains(err.Error(), "cannot be cut") {
		t.Errorf("within the tables that a log begins with: %v", err)
	}
}

// Whatever is changed or cut off is refused, and named by its line.
func TestAFlippedByteIsNamed(t *testing.T) {
	s := newShop(t)
	s.append(opening(1, 5, eight), order(1, 1, eight))
	s.fold()
	s.append(order(1, 2, eight))
	file := s.kept()
	for at := 0; at < len(file); at += 3 {
		changed := slices.Clone(file)
		changed[at] ^= 1 << (at % 8)
		line := fmt.Sprintf("line %d ", 1+bytes.Count(file[:at], []byte("\n")))
		if _, err := open(t, changed); !errors.Is(err, sale.ErrDamaged) && !errors.Is(err, sale.ErrNewer) || !strings.Contains(err.Error(), line) {
			t.Fatalf("byte %d, in %s: %v", at, line, err)
		}
	}
	for n := 0; n < len(file); n += 11 {
		if _, err := open(t, file[:n]); !errors.Is(err, sale.ErrDamaged) {
			t.Fatalf("cut to %d of %d bytes: %v", n, len(file), err)
		}
	}
	lines := bytes.SplitAfter(file, []byte("\n"))
	for i := range lines[:len(lines)-1] {
		without := slices.Concat(slices.Concat(lines[:i]...), slices.Concat(lines[i+1:]...))
		if _, err := open(t, without); !errors.Is(err, sale.ErrDamaged) {
			t.Fatalf("without line %d: %v", i+1, err)
		}
	}
	if _, err := open(t, append(slices.Clone(file), '\n')); !errors.Is(err, sale.ErrDamaged) {
		t.Errorf("with something behind: %v", err)
	}
}

// What a newer program wrote is not taken for damage, and nothing is made of it.
func TestANewerProgramsFile(t *testing.T) {
	s := newShop(t)
	s.append(opening(1, 5, eight))
	lines := bytes.SplitAfter(s.kept(), []byte("\n"))
	for line, change := range [][2]string{{`"format":1`, `"format":2`}, {`"version":3`, `"version":4`}} {
		_, document, _ := bytes.Cut(lines[line], []byte(" "))
		changed := bytes.Replace(document, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, document) {
			t.Fatalf("line %d: %s", line+1, document)
		}
		file := slices.Concat(lines[:line]...)
		file = fmt.Appendf(file, "%08x %s", crc32.Checksum(changed, crc32.MakeTable(crc32.Castagnoli)), changed)
		if _, err := open(t, slices.Concat(file, slices.Concat(lines[line+1:]...))); !errors.Is(err, sale.ErrNewer) {
			t.Errorf("line %d: %v", line+1, err)
		}
	}
}

// A log that is not the one of the tables makes no backup.
func TestAnotherLogIsNotBackedUp(t *testing.T) {
	s := newShop(t)
	s.trade()
	other := newShop(t)
	other.append(opening(1, 5, eight))
	s.log = other.log
	err := backup.Write(t.Context(), &bytes.Buffer{}, backup.Sale{Log: s.log, Store: s.store})
	if !errors.Is(err, sale.ErrDamaged) {
		t.Errorf("%v", err)
	}
	forgets := &forgetful{Log: newShop(t).log}
	forgets.append(t, opening(1, 5, eight), order(1, 1, eight))
	if err := backup.Write(t.Context(), &bytes.Buffer{}, backup.Sale{Log: forgets, Store: newShop(t).store}); !errors.Is(err, sale.ErrDamaged) || !strings.Contains(err.Error(), "offsets 0 to 0") {
		t.Errorf("a log that has lost its beginning: %v", err)
	}
}

// A forgetful log has lost its first line.
type forgetful struct{ *sqlitelog.Log }

func (l *forgetful) append(t *testing.T, records ...sale.Record) {
	t.Helper()
	if _, err := l.Log.Append(t.Context(), 0, records); err != nil {
		t.Fatal(err)
	}
}

func (l *forgetful) Bounds(ctx context.Context, partition int32) (first, end int64, err error) {
	_, end, err = l.Log.Bounds(ctx, partition)
	return 1, end, err
}

// What is no backup is told as what it is, before anything is read of it.
func TestWhatIsNoFile(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(read.Close(), write.Close()) })
	if _, err := fmt.Fprint(write, "0 {}\n"); err != nil {
		t.Fatal(err)
	}
	packed := filepath.Join(t.TempDir(), "backup.gz")
	if err := os.WriteFile(packed, []byte{0x1f, 0x8b, 8, 0}, 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "orders.csv")
	if err := os.WriteFile(other, []byte("order_id,user_id\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Open(other); err == nil || !strings.Contains(err.Error(), "line 1 (from byte 0 on): data is damaged: it is no backup, or its beginning is not as it was written") {
		t.Errorf("another file: %v", err)
	}
	for path, want := range map[string]string{
		fmt.Sprintf("/dev/fd/%d", read.Fd()): "must be a file, not a pipe",
		t.TempDir():                          "must be a file, not a folder",
		os.DevNull:                           "must be a file",
		packed:                               "is packed by gzip: unpack it first",
	} {
		if _, err := backup.Open(path); err == nil || !strings.Contains(err.Error(), path+" "+want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
