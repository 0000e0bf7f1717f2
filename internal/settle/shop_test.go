package settle_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/projector"
	"seckill/internal/sale"
	"seckill/internal/settle"
)

const product = "p1"

// window is how long an order may wait to be paid.
const window = time.Minute

// A shop is a desk over a log and a store, whose clock is the bubble's. What is
// appended is in the store at once, unless the projector sleeps.
type shop struct {
	*settle.Settler
	t         *testing.T
	log       *sqlitelog.Log
	store     *sqlitestore.Store
	projector *projector.Projector
	cursor    *projector.Cursor
	asleep    bool
	rots      bool // what is appended is nothing when it is read
	mu        sync.Mutex
	calls     []string
	onAppend  func() error // before it
	onPassed  func()       // likewise
	onRows    func()       // likewise
}

func inBubble(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		log, err := sqlitelog.Open(t.Context(), filepath.Join(t.TempDir(), "orders.log"))
		if err != nil {
			t.Fatal(err)
		}
		store, err := sqlitestore.Open(filepath.Join(t.TempDir(), "store.db"), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		defer store.Close()
		s := &shop{t: t, log: log, store: store}
		s.projector, s.cursor = projector.New(log, store, nil, deaf{}), projector.NewCursor(0)
		s.Settler = settle.New(touchedLog{log, s}, touchedStore{store, s}, time.Now, settle.SideBySide)
		test(t, s)
	})
}

// deaf is an observer.
type deaf struct{}

func (deaf) Projected([]*sale.State, int) {}
func (deaf) Returned(string)              {}

// project lets the store apply the whole log.
func (s *shop) project() {
	s.t.Helper()
	for {
		_, end, err := s.log.Bounds(s.t.Context(), 0)
		mark, errMark := s.store.Mark(s.t.Context(), 0)
		if err != nil || errMark != nil || mark.Next >= end {
			return
		}
		if _, err := s.projector.Step(s.t.Context(), s.cursor); err != nil {
			s.t.Fatal(err)
		}
	}
}

type touchedLog struct {
	*sqlitelog.Log
	s *shop
}

func (l touchedLog) Append(ctx context.Context, partition int32, records []sale.Record) (at sale.Position, err error) {
	l.s.called("append")
	if l.s.onAppend != nil {
		if err := l.s.onAppend(); err != nil {
			return at, err
		}
	}
	if l.s.rots {
		records = []sale.Record{sale.Probe(product, time.Now())}
	}
	at, err = l.Log.Append(ctx, partition, records)
	if !l.s.asleep {
		l.s.project()
	}
	return at, err
}

type touchedStore struct {
	*sqlitestore.Store
	s *shop
}

func (k touchedStore) Passed(ctx context.Context, at sale.Position) error {
	k.s.called("passed")
	if k.s.onPassed != nil {
		k.s.onPassed()
	}
	return k.Store.Passed(ctx, at)
}

func (k touchedStore) Due(ctx context.Context, partition int32, max int) ([]sale.Order, error) {
	k.s.called("due")
	return k.Store.Due(ctx, partition, max)
}

func (k touchedStore) OrdersByID(ctx context.Context, ids []sale.OrderID) ([]sale.Order, error) {
	k.s.called("orders")
	return k.Store.OrdersByID(ctx, ids)
}

func (k touchedStore) PaymentsByID(ctx context.Context, keys []sale.PaymentKey) ([]sale.Payment, error) {
	k.s.called("rows")
	if k.s.onRows != nil {
		k.s.onRows()
	}
	return k.Store.PaymentsByID(ctx, keys)
}

func (s *shop) called(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, what)
}

// append puts records into the log past the desk.
func (s *shop) append(records ...sale.Record) {
	s.t.Helper()
	if _, err := s.log.Append(s.t.Context(), 0, records); err != nil {
		s.t.Fatal(err)
	}
	if !s.asleep {
		s.project()
	}
}

// sell opens the product with this payment window, and lets buyers 1 to n have an order each.
func (s *shop) sell(window time.Duration, n int) {
	s.t.Helper()
	s.append(sale.Record{
		Kind: sale.KindOpening, ProductID: product, Epoch: 1, Nonce: "n", At: time.Now(),
		Terms: sale.Terms{Quantity: 5000, LimitPerUser: 100, PaymentWindow: window},
	})
	for i := range n {
		s.append(s.order(i + 1))
	}
}

func (s *shop) order(n int) sale.Record {
	return sale.Record{Kind: sale.KindOrder, ProductID: product, Epoch: 1, OrderID: id(n), UserID: fmt.Sprint("u", n/100), Seq: int64(n), At: time.Now()}
}

func (s *shop) ends(kind sale.Kind, n int) sale.Record {
	return sale.Record{Kind: kind, ProductID: product, Epoch: 1, OrderID: id(n), At: time.Now()}
}

func id(n int) (order sale.OrderID) {
	binary.BigEndian.PutUint64(order[8:], uint64(n))
	return order
}

// wantKept demands the status of an order in the store.
func (s *shop) wantKept(n int, want sale.Status) sale.Order {
	s.t.Helper()
	o, err := s.store.Order(s.t.Context(), id(n))
	if err != nil || o.Status != want {
		s.t.Errorf("order %d is %s (%v), not %s", n, o.Status, err, want)
	}
	return o
}

// logged is how many records the log has.
func (s *shop) logged() int64 {
	_, end, err := s.log.Bounds(s.t.Context(), 0)
	if err != nil {
		s.t.Fatal(err)
	}
	return end
}
