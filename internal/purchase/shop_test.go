package purchase_test

import (
	"context"
	"encoding/binary"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

const product = "p1"

// onSale is that product as the store has it.
var onSale = sale.Product{ID: product, Epoch: 1}

// A shop is a desk over a gate in memory and a log on disk, both of which a test
// can hold up or let fail.
type shop struct {
	*purchase.Desk
	t       *testing.T
	gate    *tappedGate
	log     *tappedLog
	catalog catalog
}

// inBubble runs test with a shop whose every clock is the bubble's.
func inBubble(t *testing.T, test func(t *testing.T, s *shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(t, newShop(t)) })
}

func newShop(t *testing.T, change ...func(*purchase.Parts)) *shop {
	t.Helper()
	log, err := sqlitelog.Open(t.Context(), filepath.Join(t.TempDir(), "orders.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &shop{t: t, gate: &tappedGate{Gate: memgate.New(memgate.Options{MaxUnrelayed: 50})}, log: &tappedLog{Log: log}, catalog: catalog{product: nil}}
	s.renew(change...)
	return s
}

// renew gives the shop a fresh desk over the same keepers.
func (s *shop) renew(change ...func(*purchase.Parts)) {
	p := purchase.Parts{
		Gate: s.gate, Log: s.log, Catalog: s.catalog, Confirm: purchase.AfterAppend{},
		Allow: func(context.Context, int) error { return nil },
		Now:   time.Now, Spawn: func(work func()) { go work() }, Await: await, Linger: linger, Pause: pause,
	}
	for _, c := range change {
		c(&p)
	}
	s.Desk = purchase.New(s.t.Context(), p)
}

func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func linger(done <-chan struct{}) {
	select {
	case <-done:
	case <-time.After(purchase.SlowAppend): // by the bubble's clock
	}
}

func pause(ctx context.Context) error {
	select {
	case <-time.After(10 * time.Millisecond): // by the bubble's clock
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// open goes the way of an opening, with holdings already there.
func (s *shop) open(epoch int64, start gate.Start, holdings ...gate.Holding) {
	s.t.Helper()
	s.openAs(product, epoch, start, holdings...)
}

func (s *shop) openAs(product string, epoch int64, start gate.Start, holdings ...gate.Holding) {
	s.t.Helper()
	ctx := s.t.Context()
	in, _, err := s.gate.Shut(ctx, product, epoch)
	if err == nil && len(holdings) > 0 {
		err = s.gate.Load(ctx, product, epoch, in, holdings)
	}
	if err == nil {
		err = s.gate.Open(ctx, product, epoch, in, start)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// selling is a start with so many units, one a user.
func selling(units int64) gate.Start {
	return gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: units}
}

// id is the order id that a test calls n.
func id(n int) (order sale.OrderID) {
	binary.BigEndian.PutUint64(order[8:], uint64(n))
	return order
}

// A said is what one buyer was told.
type said struct {
	purchase.Answer
	err error
}

// buys is Buy, for a test that goes on meanwhile.
func (s *shop) buys(ctx context.Context, user string, order int) <-chan said {
	told := make(chan said, 1)
	go func() {
		a, err := s.Buy(ctx, ctx, product, purchase.Request{User: user, Order: id(order)})
		told <- said{a, err}
	}()
	return told
}

// gets buys and demands the result.
func (s *shop) gets(user string, order int, want purchase.Result) purchase.Answer {
	s.t.Helper()
	a, err := s.Buy(s.t.Context(), s.t.Context(), product, purchase.Request{User: user, Order: id(order)})
	if err != nil || a.Result != want {
		s.t.Fatalf("%s got %v (%v), not %v", user, a.Result, err, want)
	}
	waitIdle()
	return a
}

// waitIdle waits until no lane works any more.
func waitIdle() { synctest.Wait() }

// refuses demands that the process itself tells user this.
func (s *shop) refuses(user string, want purchase.Result) purchase.Answer {
	s.t.Helper()
	synctest.Wait() // what a view needs is fetched beside the buyers
	a, sure := s.Refuse([]byte(product), []byte(user))
	if !sure || a.Result != want {
		s.t.Fatalf("%s is told %v (%v), not %v", user, a.Result, sure, want)
	}
	return a
}

// asks demands that user is sent to the gate.
func (s *shop) asks(user string) {
	s.t.Helper()
	if a, sure := s.Refuse([]byte(product), []byte(user)); sure {
		s.t.Fatalf("%s is told %v by the view", user, a.Result)
	}
}

// logged are all records of the log.
func (s *shop) logged() (records []sale.Record) {
	s.t.Helper()
	_, end, err := s.log.Bounds(s.t.Context(), 0)
	for int64(len(records)) < end && err == nil {
		lines, e := s.log.Read(s.t.Context(), 0, int64(len(records)), int(end))
		for _, l := range lines {
			records = append(records, l.Record)
		}
		err = e
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return records
}

func (s *shop) pending() []gate.Entry {
	s.t.Helper()
	entries, err := s.gate.Pending(s.t.Context(), product, 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	return entries
}

// catalog is the products that exist; an error is what the store says of one.
type catalog map[string]error

func (c catalog) Exists(_ context.Context, product string) (bool, error) {
	err, known := c[product]
	return known && err == nil, err
}

// A tappedGate is a gate that notes what it is asked, and into which a test can
// put a hook.
type tappedGate struct {
	*memgate.Gate
	mu      sync.Mutex
	batches []int
	try     gate.Try // of the last one
	onAdmit func(batch []gate.Request, admit func() (gate.Admission, error)) (gate.Admission, error)
	onUsers func(from int64)
	onView  func() error
}

func (g *tappedGate) View(ctx context.Context, product string) (gate.View, error) {
	if g.onView != nil {
		if err := g.onView(); err != nil {
			return gate.View{}, err
		}
	}
	return g.Gate.View(ctx, product)
}

func (g *tappedGate) Admit(ctx context.Context, product string, try gate.Try, batch []gate.Request) (gate.Admission, error) {
	g.mu.Lock()
	g.batches, g.try = append(g.batches, len(batch)), try
	hook := g.onAdmit
	g.mu.Unlock()
	admit := func() (gate.Admission, error) { return g.Gate.Admit(ctx, product, try, batch) }
	if hook == nil {
		return admit()
	}
	return hook(batch, admit)
}

func (g *tappedGate) Users(ctx context.Context, product string, epoch, from int64, f func(string)) error {
	if g.onUsers != nil {
		g.onUsers(from)
	}
	return g.Gate.Users(ctx, product, epoch, from, f)
}

func (g *tappedGate) asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.batches)
}

// A tappedLog is a log into which a test can put a hook.
type tappedLog struct {
	*sqlitelog.Log
	onAppend func(append func() (sale.Position, error)) (sale.Position, error)
}

func (l *tappedLog) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	add := func() (sale.Position, error) { return l.Log.Append(ctx, partition, records) }
	if l.onAppend == nil {
		return add()
	}
	return l.onAppend(add)
}
