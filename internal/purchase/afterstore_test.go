package purchase_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// counted is a store that counts its queries, and can be away.
type counted struct {
	*sqlitestore.Store
	mu      sync.Mutex
	queries int
	away    bool
	asked   chan struct{} // of each query
	joined  chan struct{} // of each buyer who waits for one
	held    chan struct{} // until it is closed, no query goes on; nil: none is held
}

func (c *counted) OrdersByID(ctx context.Context, ids []sale.OrderID) ([]sale.Order, error) {
	c.mu.Lock()
	c.queries++
	away := c.away
	c.mu.Unlock()
	c.asked <- struct{}{}
	if c.held != nil {
		<-c.held
	}
	if away {
		return nil, sale.ErrUnavailable
	}
	return c.Store.OrdersByID(ctx, ids)
}

// A ledger is a store, and the records that it has folded.
type ledger struct {
	t *testing.T
	*counted
	mark orderstore.Mark
}

func newLedger(t *testing.T) *ledger {
	s, err := sqlitestore.Open(filepath.Join(t.TempDir(), "store.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	l := &ledger{t: t, counted: &counted{Store: s, asked: make(chan struct{}, 10_000), joined: make(chan struct{}, 10_000)}}
	l.open(1, 2)
	return l
}

// fold has the store fold a record, and returns its position.
func (l *ledger) fold(r sale.Record) *sale.Position {
	l.t.Helper()
	at := sale.Position{Offset: l.mark.Next}
	next := l.mark
	next.Next++
	r.ProductID, r.At = "p", time.Now()
	b := orderstore.Batch{From: l.mark, To: next, Concerns: []orderstore.Concern{{
		Product: "p", Orders: []sale.OrderID{r.OrderID}, Users: []string{r.UserID}, MostHeld: r.Kind == sale.KindOpening,
	}}}
	err := l.Apply(l.t.Context(), b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		sale.Fold(states[0], r, at, now)
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	l.mark = next
	return &at
}

func (l *ledger) open(epoch, quantity int64) {
	l.fold(sale.Record{Kind: sale.KindOpening, Epoch: epoch, Nonce: fmt.Sprint(epoch), Terms: sale.Terms{Quantity: quantity, LimitPerUser: 1}})
}

func (l *ledger) order(n byte, user string, epoch int64) *sale.Position {
	return l.fold(sale.Record{Kind: sale.KindOrder, OrderID: sale.OrderID{n}, UserID: user, Epoch: epoch, Seq: int64(n)})
}

func claim(n byte, epoch int64, at *sale.Position) purchase.Claim {
	return purchase.Claim{Product: "p", Order: sale.OrderID{n}, Epoch: epoch, Appended: at != nil, At: at}
}

type told struct {
	is  purchase.Confirmation
	err error
}

func (l *ledger) afterStore(store purchase.PlacedStore) *purchase.AfterStore {
	return purchase.NewAfterStore(l.t.Context(), purchase.AfterStoreParts{
		Store: store, Spawn: func(work func()) { go work() },
		Await: func(ctx context.Context, done <-chan struct{}) error {
			l.joined <- struct{}{}
			return await(ctx, done)
		},
		Again: pause,
	})
}

// confirm asks, and gives what is told.
func confirm(ctx context.Context, s *purchase.AfterStore, c purchase.Claim) <-chan told {
	answer := make(chan told, 1)
	go func() {
		is, err := s.Confirm(ctx, c)
		answer <- told{is, err}
	}()
	return answer
}

func (l *ledger) is(got told, want purchase.Confirmation) {
	l.t.Helper()
	if got.err != nil || got.is != want {
		l.t.Errorf("told %v, %v, not %v", got.is, got.err, want)
	}
}

func TestAnOrderIsPlacedOnceTheStoreHasIt(t *testing.T) {
	for name, at := range map[string]*sale.Position{"in the log": {Offset: 1}, "nobody knows where": nil} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			answer := confirm(t.Context(), l.afterStore(l), claim(1, 1, at))
			looks := 0
			if at == nil {
				looks = 3 // and it was not there, nor after the look at the epoch, and is looked for again
			}
			for range looks {
				select {
				case got := <-answer:
					t.Fatalf("told %+v of an order that is not there", got)
				case <-l.asked:
				}
			}
			l.order(1, "u", 1)
			l.is(<-answer, purchase.IsPlaced)
		})
	}
}

func TestAnOrderThatCannotComeIsVoid(t *testing.T) {
	l := newLedger(t)
	s := l.afterStore(l)
	l.order(1, "u", 1)
	refused := l.order(2, "u", 1) // one too many of this user
	l.is(<-confirm(t.Context(), s, claim(2, 1, refused)), purchase.IsVoid)

	late := confirm(t.Context(), s, claim(3, 1, nil))
	l.open(2, 2)
	l.is(<-late, purchase.IsVoid)
	l.is(<-confirm(t.Context(), s, claim(4, 1, l.order(4, "w", 1))), purchase.IsVoid)
}

// An order that was placed and has ended is told apart: to who asks again, it is no news.
func TestAnOrderThatHasEndedIsToldApart(t *testing.T) {
	l := newLedger(t)
	s := l.afterStore(l)
	l.fold(sale.Record{Kind: sale.KindOpening, Epoch: 2, Nonce: "2", Terms: sale.Terms{Quantity: 2, LimitPerUser: 1, PaymentWindow: time.Minute}})
	l.order(1, "u", 2)
	l.fold(sale.Record{Kind: sale.KindCancel, OrderID: sale.OrderID{1}, Epoch: 2})
	l.is(<-confirm(t.Context(), s, claim(1, 2, nil)), purchase.IsOver)
}

// An order that another product has under the same id is not this one, which is poison.
func TestAnotherProductsOrderIsNotThisOne(t *testing.T) {
	l := newLedger(t)
	l.order(1, "u", 1)
	c := claim(1, 1, nil)
	c.Product = "q"
	ctx, cancel := context.WithCancel(t.Context())
	answer := confirm(ctx, l.afterStore(l), c)
	for range 2 { // once more: it was not there
		select {
		case <-l.asked:
		case got := <-answer:
			t.Fatalf("told %+v", got)
		}
	}
	cancel()
	l.is(<-answer, purchase.IsPending)
}

// overtaken is a store that folds an order, and then the next opening, just before
// it is asked for the product's epoch.
type overtaken struct{ *ledger }

func (o overtaken) Product(ctx context.Context, id string) (sale.Product, error) {
	o.order(1, "u", 1)
	o.open(2, 2)
	return o.ledger.Product(ctx, id)
}

// What came between the look at the orders and that at the epoch is no void order.
func TestAnOrderThatCameJustBeforeTheNextOpeningIsPlaced(t *testing.T) {
	l := newLedger(t)
	l.is(<-confirm(t.Context(), l.afterStore(overtaken{l}), claim(1, 1, nil)), purchase.IsPlaced)
}

// Refused at an epoch that has passed, it may be on its way again.
func TestARefusalOfAnEarlierEpochSaysNothing(t *testing.T) {
	l := newLedger(t)
	s := l.afterStore(l)
	l.order(1, "u", 1)
	l.order(2, "u", 1)
	l.open(2, 2)
	ctx, cancel := context.WithCancel(t.Context())
	answer := confirm(ctx, s, claim(2, 2, nil))
	<-l.asked
	cancel()
	l.is(<-answer, purchase.IsPending)
}

func TestWhoCannotWaitForTheStoreIsPending(t *testing.T) {
	l := newLedger(t)
	s := l.afterStore(l)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l.is(<-confirm(ctx, s, claim(1, 1, &sale.Position{Offset: 5})), purchase.IsPending)
	l.is(<-confirm(ctx, s, claim(1, 1, nil)), purchase.IsPending)
}

func TestAStoreThatIsAwayIsWaitedFor(t *testing.T) {
	l := newLedger(t)
	s := l.afterStore(l)
	at := l.order(1, "u", 1)
	l.mu.Lock()
	l.away = true
	l.mu.Unlock()
	answer := confirm(t.Context(), s, claim(1, 1, at))
	<-l.asked
	l.mu.Lock()
	l.away = false
	l.mu.Unlock()
	l.is(<-answer, purchase.IsPlaced)
}

// While a query is under way all others who come share the next one.
func TestBuyersShareQueries(t *testing.T) {
	l := newLedger(t)
	s := l.afterStore(l)
	l.order(1, "u", 1)
	l.held = make(chan struct{})
	answers := []<-chan told{confirm(t.Context(), s, claim(1, 1, nil))}
	<-l.asked
	const buyers = 1000
	for range buyers {
		answers = append(answers, confirm(t.Context(), s, claim(1, 1, nil)))
	}
	for range 1 + buyers {
		<-l.joined
	}
	close(l.held)
	for _, a := range answers {
		l.is(<-a, purchase.IsPlaced)
	}
	if l.queries != 2 {
		t.Errorf("%d queries", l.queries)
	}
}
