package projector_test

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/projector"
	"seckill/internal/sale"
)

const product = "p1"

var at = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// A shop is a projector over the keepers of the embedded mode, into the calls of
// which a test can put a hook.
type shop struct {
	*projector.Projector
	t        *testing.T
	log      *sqlitelog.Log
	store    *sqlitestore.Store
	gate     *memgate.Gate
	told     []*sale.State // by the last Projected
	dead     int           // dead letters, by all of them
	returned int           // calls of Returned
	onApply  func(do func() error) error
	onReturn func(do func() error) error

	onReturnTo func(product string)
}

func newShop(t *testing.T) *shop {
	t.Helper()
	log, err := sqlitelog.Open(t.Context(), filepath.Join(t.TempDir(), "orders.log"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlitestore.Open(filepath.Join(t.TempDir(), "store.db"), func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close(); store.Close() })
	s := &shop{t: t, log: log, store: store, gate: memgate.New(memgate.Options{})}
	s.onApply = func(do func() error) error { return do() }
	s.onReturn = s.onApply
	s.Projector = projector.New(log, touchedStore{store, s}, touchedGate{s.gate, s}, s)
	return s
}

func (s *shop) Projected(states []*sale.State, dead int) { s.told, s.dead = states, s.dead+dead }
func (s *shop) Returned(string)                          { s.returned++ }

type touchedStore struct {
	*sqlitestore.Store
	s *shop
}

func (k touchedStore) Apply(ctx context.Context, b orderstore.Batch, fold func(time.Time, []*sale.State) []orderstore.DeadLetter) error {
	return k.s.onApply(func() error { return k.Store.Apply(ctx, b, fold) })
}

type touchedGate struct {
	*memgate.Gate
	s *shop
}

func (g touchedGate) Return(ctx context.Context, product string, epoch int64, returns []sale.Return) (n int64, err error) {
	if g.s.onReturnTo != nil {
		g.s.onReturnTo(product)
	}
	err = g.s.onReturn(func() (err error) { n, err = g.Gate.Return(ctx, product, epoch, returns); return err })
	return n, err
}

func (s *shop) append(records ...sale.Record) {
	s.t.Helper()
	if _, err := s.log.Append(s.t.Context(), 0, records); err != nil {
		s.t.Fatal(err)
	}
}

// steps takes a cursor as many steps on, and demands that each meets so many lines.
func (s *shop) steps(c *projector.Cursor, lines ...int) {
	s.t.Helper()
	for i, want := range lines {
		if n, err := s.Step(s.t.Context(), c); err != nil || n != want {
			s.t.Fatalf("step %d met %d lines (%v), not %d", i+1, n, err, want)
		}
	}
}

// drain takes a cursor to the end of the log.
func (s *shop) drain(c *projector.Cursor) {
	s.t.Helper()
	for {
		_, end, err := s.log.Bounds(s.t.Context(), 0)
		mark, errMark := s.store.Mark(s.t.Context(), 0)
		if err != nil || errMark != nil || mark.Next == end {
			return
		}
		if _, err := s.Step(s.t.Context(), c); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *shop) kept(product string) sale.Product {
	s.t.Helper()
	p, err := s.store.Product(s.t.Context(), product)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *shop) products() []sale.Product {
	s.t.Helper()
	ps, err := s.store.Products(s.t.Context(), false)
	if err != nil {
		s.t.Fatal(err)
	}
	return ps
}

// wantMark demands that the store has applied this much of the log.
func (s *shop) wantMark(next int64) {
	s.t.Helper()
	if m, err := s.store.Mark(s.t.Context(), 0); err != nil || m.Next != next {
		s.t.Errorf("the store is at %d (%v), not at %d", m.Next, err, next)
	}
}

// open opens the gate at epoch with nothing left, and these returns taken.
func (s *shop) open(product string, epoch, returned int64) {
	s.t.Helper()
	in, _, err := s.gate.Shut(s.t.Context(), product, epoch)
	if err == nil {
		err = s.gate.Open(s.t.Context(), product, epoch, in, gate.Start{Returned: returned, Terms: gate.Hours{LimitPerUser: 1}})
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// wantGate demands what the gate counts.
func (s *shop) wantGate(product string, returned, remaining int64) {
	s.t.Helper()
	if v, err := s.gate.View(s.t.Context(), product); err != nil || v.Returned != returned || v.Remaining != remaining {
		s.t.Errorf("the gate of %s has return %d and %d left (%v), not %d and %d", product, v.Returned, v.Remaining, err, returned, remaining)
	}
}

func id(n int) (order sale.OrderID) {
	binary.BigEndian.PutUint64(order[8:], uint64(n))
	return order
}

func opening(product string, epoch int64, terms sale.Terms) sale.Record {
	return sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: epoch, Nonce: "n", Terms: terms, At: at}
}

// plenty is terms that allow anything, and let orders end.
var plenty = sale.Terms{Quantity: sale.MaxQuantity, LimitPerUser: sale.MaxLimit, PaymentWindow: time.Minute}

func order(product string, n int, user string) sale.Record {
	return sale.Record{Kind: sale.KindOrder, ProductID: product, Epoch: 1, OrderID: id(n), UserID: user, Seq: int64(n), At: at}
}

func cancel(product string, n int) sale.Record {
	return sale.Record{Kind: sale.KindCancel, ProductID: product, Epoch: 1, OrderID: id(n), At: at}
}

// many are n records, of the numbers from first.
func many(first, n int, f func(n int) sale.Record) (records []sale.Record) {
	for i := range n {
		records = append(records, f(first+i))
	}
	return records
}
