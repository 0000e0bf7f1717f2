package opening_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/opening"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/projector"
	"seckill/internal/sale"
)

const product = "p1"

// A shop is an opener over the keepers of the embedded mode. What it appends is
// in the store at once, unless slow.
type shop struct {
	*opening.Opener
	t         *testing.T
	now       time.Time
	gate      *memgate.Gate
	log       *sqlitelog.Log
	store     *sqlitestore.Store
	projector *projector.Projector
	cursor    *projector.Cursor
	slow      bool
	stale     bool // products are looked at as they were an epoch ago
	opened    int  // calls of Opened
	paused    int
	sign      func()   // of the opener that is at a stage now
	calls     []string // of keepers, by the opener
	// hooks are put into calls of the opener: instead of the call they decide
	// whether it is done, and what it says.
	hooks map[string]hook
}

type hook func(do func() error) error

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, now: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), hooks: map[string]hook{}}
	clock := func() time.Time { return s.now }
	log, err := sqlitelog.Open(t.Context(), filepath.Join(t.TempDir(), "orders.log"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlitestore.Open(filepath.Join(t.TempDir(), "store.db"), clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close(); store.Close() })
	s.gate, s.log, s.store = memgate.New(memgate.Options{Now: clock}), log, store
	s.projector, s.cursor = projector.New(log, store, s.gate, deaf{}), projector.NewCursor(0)
	nonces := 0
	s.Opener = &opening.Opener{
		Gate: touchedGate{s.gate, s}, Log: touchedLog{log, s}, Store: touchedStore{store, s},
		Nonce:  func() string { nonces++; return fmt.Sprint("nonce-", nonces) },
		Pause:  func(ctx context.Context) error { s.paused++; return ctx.Err() },
		Opened: func(string) { s.opened++ },
		Beside: func(sign func()) (stop func()) {
			s.sign = sign
			return func() { s.sign = nil }
		},
		Finish: func(ctx context.Context, a *opening.Attempt) { _ = s.Run(ctx, a) },
	}
	return s
}

// deaf is an observer.
type deaf struct{}

func (deaf) Projected([]*sale.State, int) {}
func (deaf) Returned(string)              {}

func (s *shop) call(name string, do func() error) error {
	s.calls = append(s.calls, name)
	if h := s.hooks[name]; h != nil {
		return h(do)
	}
	return do()
}

// project lets the store apply the whole log.
func (s *shop) project() {
	s.t.Helper()
	for {
		_, end, err := s.log.Bounds(s.t.Context(), 0)
		mark, errMark := s.store.Mark(s.t.Context(), 0)
		if err != nil || errMark != nil {
			s.t.Fatal(err, errMark)
		}
		if mark.Next >= end {
			return
		}
		if _, err := s.projector.Step(s.t.Context(), s.cursor); err != nil {
			s.t.Fatal(err)
		}
	}
}

// append puts records into the log past the opener.
func (s *shop) append(records ...sale.Record) {
	s.t.Helper()
	if _, err := s.log.Append(s.t.Context(), 0, records); err != nil {
		s.t.Fatal(err)
	}
	s.project()
}

// put opens the product under these terms.
func (s *shop) put(terms sale.Terms) sale.Product {
	s.t.Helper()
	p, err := s.Put(s.t.Context(), product, "", to(terms))
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func to(terms sale.Terms) func(sale.Product) (sale.Terms, error) {
	terms.LimitPerUser = max(1, terms.LimitPerUser)
	return func(sale.Product) (sale.Terms, error) { return terms, nil }
}

func keep(p sale.Product) (sale.Terms, bool, error) { return p.Terms, p.Deleted, nil }

// admit lets a buyer in; the order stays in the outbox.
func (s *shop) admit(user string, order int) gate.Verdict {
	s.t.Helper()
	a, err := s.gate.Admit(s.t.Context(), product, gate.Try{}, []gate.Request{{User: user, Order: id(order)}})
	if err != nil {
		s.t.Fatal(err)
	}
	return a.Decisions[0].Verdict
}

func id(n int) (order sale.OrderID) {
	binary.BigEndian.PutUint64(order[8:], uint64(n))
	return order
}

func (s *shop) kept() sale.Product {
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
	tombs, failed := s.store.Products(s.t.Context(), true)
	if err = errors.Join(err, failed); err == nil {
		ps = slices.Concat(ps, tombs)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return ps
}

// wantOpen demands a gate open at epoch with so many units left.
func (s *shop) wantOpen(epoch, remaining int64) {
	s.t.Helper()
	if v, err := s.gate.View(s.t.Context(), product); err != nil || v.Epoch != epoch || v.Remaining != remaining {
		s.t.Errorf("the gate is at epoch %d with %d left (%v), not at %d with %d", v.Epoch, v.Remaining, err, epoch, remaining)
	}
}

// logged are all lines of the log.
func (s *shop) logged() (records []sale.Record) {
	s.t.Helper()
	_, end, err := s.log.Bounds(s.t.Context(), 0)
	if err != nil || end == 0 {
		return nil
	}
	lines, err := s.log.Read(s.t.Context(), 0, 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, l := range lines {
		records = append(records, l.Record)
	}
	return records
}

type touchedGate struct {
	*memgate.Gate
	s *shop
}

func (g touchedGate) Shut(ctx context.Context, p string, epoch int64) (in string, now time.Time, err error) {
	err = g.s.call("shut", func() (err error) { in, now, err = g.Gate.Shut(ctx, p, epoch); return err })
	return in, now, err
}

func (g touchedGate) Load(ctx context.Context, p string, epoch int64, in string, hs []gate.Holding) error {
	name := "load"
	if len(hs) == 0 {
		name = "sign"
	}
	return g.s.call(name, func() error { return g.Gate.Load(ctx, p, epoch, in, hs) })
}

func (g touchedGate) Open(ctx context.Context, p string, epoch int64, in string, start gate.Start) error {
	return g.s.call("open", func() error { return g.Gate.Open(ctx, p, epoch, in, start) })
}

func (g touchedGate) Remove(ctx context.Context, p string, epoch int64) error {
	return g.s.call("remove", func() error { return g.Gate.Remove(ctx, p, epoch) })
}

func (g touchedGate) Pending(ctx context.Context, p string, age time.Duration, max int) (es []gate.Entry, err error) {
	err = g.s.call("pending", func() (err error) { es, err = g.Gate.Pending(ctx, p, age, max); return err })
	return es, err
}

func (g touchedGate) Forget(ctx context.Context, p string, es []gate.EntryID) error {
	return g.s.call("forget", func() error { return g.Gate.Forget(ctx, p, es) })
}

func (g touchedGate) View(ctx context.Context, p string) (v gate.View, err error) {
	err = g.s.call("view", func() (err error) { v, err = g.Gate.View(ctx, p); return err })
	return v, err
}

type touchedLog struct {
	*sqlitelog.Log
	s *shop
}

func (l touchedLog) Append(ctx context.Context, partition int32, records []sale.Record) (at sale.Position, err error) {
	err = l.s.call("append "+string(records[0].Kind), func() (err error) { at, err = l.Log.Append(ctx, partition, records); return err })
	if !l.s.slow {
		l.s.project()
	}
	return at, err
}

type touchedStore struct {
	*sqlitestore.Store
	s *shop
}

func (k touchedStore) Product(ctx context.Context, id string) (p sale.Product, err error) {
	err = k.s.call("product", func() (err error) { p, err = k.Store.Product(ctx, id); return err })
	return p, err
}

func (k touchedStore) Snapshot(ctx context.Context, id string, f func([]sale.Order) error) (p sale.Product, err error) {
	err = k.s.call("snapshot", func() (err error) { p, err = k.Store.Snapshot(ctx, id, f); return err })
	return p, err
}

func (k touchedStore) Passed(ctx context.Context, at sale.Position) error {
	return k.s.call("passed", func() error { return k.Store.Passed(ctx, at) })
}

func start(units int64) gate.Start {
	p := sale.Product{Terms: sale.Terms{LimitPerUser: 1}}
	return gate.Start{Terms: gate.HoursOf(&p), Remaining: units}
}

// incarnation is the gate's, which Shut tells.
func incarnation(s *shop) string {
	s.t.Helper()
	in, _, err := s.gate.Shut(s.t.Context(), "another", 1)
	if err != nil {
		s.t.Fatal(err)
	}
	return in
}

// due is how many attempts a monitor finds to be due.
func (s *shop) due(w *opening.Monitor) int {
	s.t.Helper()
	return len(s.finds(w))
}

func (s *shop) finds(w *opening.Monitor) (due []*opening.Attempt) {
	for _, p := range s.products() {
		if s.stale {
			p.Epoch--
		}
		if a := w.Look(s.t.Context(), p); a != nil {
			due = append(due, a)
		}
	}
	return due
}

// relay appends what the outbox has, and loseOutbox forgets it.
func (s *shop) relay() {
	s.t.Helper()
	s.empty(func(orders []sale.Record) {
		if _, err := (touchedLog{s.log, s}).Append(s.t.Context(), 0, orders); err != nil {
			s.t.Fatal(err)
		}
	})
}

func (s *shop) loseOutbox() { s.empty(func([]sale.Record) {}) }

func (s *shop) empty(to func([]sale.Record)) {
	s.t.Helper()
	err := gate.Drain(s.t.Context(), s.gate, product, 0, func(_ context.Context, orders []sale.Record) error {
		to(orders)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}
