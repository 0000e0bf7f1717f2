package purchase

import (
	"context"
	"sync"
	"time"

	"seckill/internal/sale"
)

// LookAgain is how long an order is left alone whose place in the log nobody
// knows, or that is not where it was thought to be.
const LookAgain = 100 * time.Millisecond

// A PlacedStore is what AfterStore needs of an order store; package orderstore
// has the contract.
type PlacedStore interface {
	// Passed waits until the store has folded the record at this position, or ctx is done.
	Passed(ctx context.Context, at sale.Position) error
	// OrdersByID returns those of these orders that the store has, rejected ones included.
	OrdersByID(ctx context.Context, ids []sale.OrderID) ([]sale.Order, error)
	// Product returns one product, its tombstone included.
	Product(ctx context.Context, id string) (sale.Product, error)
}

// AfterStoreParts is what an AfterStore works with. Every field is needed; the
// functions are as in Parts.
type AfterStoreParts struct {
	Store PlacedStore
	Spawn func(work func())
	Await func(ctx context.Context, done <-chan struct{}) error
	Again func(ctx context.Context) error // waits for LookAgain
}

// AfterStore confirms an order once the store has it: the choice of the cluster,
// where another process may open the gate anew while an order is on its way.
//
// Buyers who wait for one position share the wait for it, and those who look for
// their orders at the same time share a query: while one is under way the next
// one fills.
type AfterStore struct {
	AfterStoreParts
	ctx context.Context // of the waits and queries

	mu      sync.Mutex
	passing map[sale.Position]chan struct{}
	reads   *Shared[Claim, certain]
}

// certain is what the store can tell of claims.
type certain map[orderAtEpoch]Confirmation

// An orderAtEpoch is an order with the epoch of the gate that admitted it: under a
// later one the same order may be admitted again.
type orderAtEpoch struct {
	order sale.OrderID
	epoch int64
}

// NewAfterStore makes an AfterStore whose waits and queries end with ctx.
func NewAfterStore(ctx context.Context, parts AfterStoreParts) *AfterStore {
	s := &AfterStore{AfterStoreParts: parts, ctx: ctx, passing: map[sale.Position]chan struct{}{}}
	s.reads = NewShared(ctx, s.look, parts.Spawn, parts.Await)
	return s
}

// Confirm implements Confirmer. A store that cannot be asked is waited
// for as well: the order is on its way to it.
func (s *AfterStore) Confirm(ctx context.Context, c Claim) (Confirmation, error) {
	if c.At != nil && s.Await(ctx, s.pass(*c.At)) != nil {
		return IsPending, nil
	}
	for {
		known, err := s.reads.Ask(ctx, c)
		if err != nil && ctx.Err() != nil {
			return IsPending, nil
		}
		if k := known[orderAtEpoch{c.Order, c.Epoch}]; k != 0 {
			return k, nil
		}
		if s.Again(ctx) != nil {
			return IsPending, nil
		}
	}
}

// pass joins the wait for a position. What it ends with does not matter: the
// orders are looked for either way.
func (s *AfterStore) pass(at sale.Position) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	done := s.passing[at]
	if done == nil {
		done = make(chan struct{})
		s.passing[at] = done
		s.Spawn(func() {
			_ = s.Store.Passed(s.ctx, at)
			s.mu.Lock()
			delete(s.passing, at)
			s.mu.Unlock()
			close(done)
		})
	}
	return done
}

// look finds out what the store can tell about the claims. An order that is not
// there may still come, unless its epoch has passed: an order of a past epoch has
// no effect. So the epoch is read before the orders are looked for again. What it
// could not find out is asked for again.
func (s *AfterStore) look(ctx context.Context, claims []Claim) (certain, error) {
	known := certain{}
	missing, err := known.find(ctx, s.Store, claims)
	if err != nil || len(missing) == 0 {
		return known, err
	}
	epochs := map[string]int64{}
	for _, c := range missing {
		if _, read := epochs[c.Product]; read {
			continue
		}
		p, err := s.Store.Product(ctx, c.Product)
		if err != nil {
			return known, err
		}
		epochs[c.Product] = p.Epoch
	}
	if missing, err = known.find(ctx, s.Store, missing); err != nil {
		return known, err
	}
	for _, c := range missing {
		if epochs[c.Product] > c.Epoch {
			known[orderAtEpoch{c.Order, c.Epoch}] = IsVoid
		}
	}
	return known, nil
}

// find notes what is certain of the claims whose orders are there, and returns the others.
func (k certain) find(ctx context.Context, store PlacedStore, claims []Claim) (missing []Claim, err error) {
	ids := make([]sale.OrderID, len(claims))
	for i, c := range claims {
		ids[i] = c.Order
	}
	orders, err := store.OrdersByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	kept := make(map[sale.OrderID]*sale.Order, len(orders))
	for i := range orders {
		kept[orders[i].ID] = &orders[i]
	}
	for _, c := range claims {
		o := kept[c.Order]
		if o != nil && o.ProductID != c.Product {
			o = nil // somebody else has the id: this one is poison
		}
		switch {
		case o != nil && o.Status == sale.Placed:
			k[orderAtEpoch{c.Order, c.Epoch}] = IsPlaced
		case o != nil && o.Status != sale.Rejected:
			k[orderAtEpoch{c.Order, c.Epoch}] = IsOver
		case o != nil && o.Epoch >= c.Epoch: // the fold refused it
			k[orderAtEpoch{c.Order, c.Epoch}] = IsVoid
		default:
			missing = append(missing, c)
		}
	}
	return missing, nil
}
