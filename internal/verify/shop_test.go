package verify_test

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"seckill/internal/gate/memgate"
	"seckill/internal/opening"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/projector"
	"seckill/internal/purchase"
	"seckill/internal/sale"
	"seckill/internal/settle"
	"seckill/internal/verify"
)

// A shop is the real keepers and the rooms that work with them, on files in a
// folder of the test.
type shop struct {
	t       testing.TB
	path    func(file string) string
	log     *sqlitelog.Log
	store   *sqlitestore.Store
	gate    *memgate.Gate
	desk    *purchase.Desk
	settle  *settle.Settler
	opener  *opening.Opener
	project *projector.Projector
	close   func()
}

type observer struct{ desk func() *purchase.Desk }

func (observer) Projected([]*sale.State, int) {}
func (o observer) Returned(product string)    { o.desk().Invalidate(product) }

type catalog struct{ *sqlitestore.Store }

func (c catalog) Exists(ctx context.Context, product string) (bool, error) {
	p, err := c.Product(ctx, product)
	if errors.Is(err, sale.ErrNotFound) {
		return false, nil
	}
	return p.Exists(), err
}

func newShop(t testing.TB) *shop {
	dir := t.TempDir()
	s := &shop{t: t, path: func(file string) string { return filepath.Join(dir, file) }}
	ctx, cancel := context.WithCancel(context.Background())
	s.reopen(ctx)
	s.gate = memgate.New(memgate.Options{})
	s.settle = settle.New(s.log, s.store, time.Now, settle.SideBySide)
	s.project = projector.New(s.log, s.store, s.gate, observer{func() *purchase.Desk { return s.desk }})
	s.desk = purchase.New(ctx, purchase.Parts{
		Gate: s.gate, Log: s.log, Catalog: catalog{s.store}, Confirm: purchase.AfterAppend{}, Now: time.Now,
		Allow: func(context.Context, int) error { return nil },
		Spawn: func(work func()) { go work() },
		Await: func(ctx context.Context, done <-chan struct{}) error {
			select {
			case <-done:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
		Linger: func(done <-chan struct{}) { <-done },
		Pause:  yield,
	})
	s.opener = &opening.Opener{
		Gate: s.gate, Log: s.log, Store: s.store, Nonce: rand.Text, Pause: yield, Opened: s.desk.Invalidate,
		Beside: func(func()) (stop func()) { return func() {} },
		Finish: func(ctx context.Context, a *opening.Attempt) { _ = s.opener.Run(ctx, a) },
	}
	done := make(chan error, 1)
	go func() { done <- s.project.Run(ctx, 0, func(ctx context.Context, _ error) error { return yield(ctx) }) }()
	s.close = func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("projector: %v", err)
		}
		s.shutFiles()
		s.close = func() {}
	}
	t.Cleanup(func() { s.close() })
	return s
}

func (s *shop) reopen(ctx context.Context) {
	var err error
	if s.log, err = sqlitelog.Open(ctx, s.path("orders.log")); err != nil {
		s.t.Fatal(err)
	}
	if s.store, err = sqlitestore.Open(s.path("store.db"), time.Now); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) shutFiles() {
	for _, f := range []interface{ Close() error }{s.log, s.store} {
		if err := f.Close(); err != nil {
			s.t.Error(err)
		}
	}
}

// stopped judges the closed shop's files.
func (s *shop) stopped() verify.Report {
	s.t.Helper()
	s.close()
	s.reopen(context.Background())
	defer s.shutFiles()
	r, err := verify.Stopped(context.Background(), verify.Parts{Log: s.log, Store: s.store})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *shop) live(ctx context.Context) (verify.Report, error) {
	return verify.Live(ctx, verify.Parts{Gate: s.gate, Log: s.log, Store: s.store, Pause: s.stand})
}

// stand lets the store pass what the log holds: an opening that was under way is
// over then, or is overtaken.
func (s *shop) stand(ctx context.Context) error { return s.settle.CatchUp(ctx) }

func yield(ctx context.Context) error { return ctx.Err() }

func (s *shop) put(product string, terms sale.Terms) {
	s.t.Helper()
	if _, err := s.opener.Put(s.t.Context(), product, "", func(sale.Product) (sale.Terms, error) { return terms, nil }); err != nil {
		s.t.Fatal(err)
	}
}

var lastOrder atomic.Uint64

// buy asks for a unit, and returns the order if it was placed.
func (s *shop) buy(ctx context.Context, product, user string) (sale.OrderID, bool) {
	var random [10]byte
	n := lastOrder.Add(1)
	for i := range 8 {
		random[9-i] = byte(n >> (8 * i))
	}
	a, err := s.desk.Buy(ctx, ctx, product, purchase.Request{User: user, Order: sale.NewOrderID(time.Now(), random)})
	return a.Order, err == nil && a.Result == purchase.Placed
}
