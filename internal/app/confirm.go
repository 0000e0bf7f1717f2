package app

import (
	"context"
	"sync"
	"time"

	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// lookAgain is how long an order is left alone whose place in the log nobody
// knows, or that is not where it was thought to be.
const lookAgain = 100 * time.Millisecond

// A placedStore is what afterStore needs of an order store.
type placedStore interface {
	Passed(ctx context.Context, at sale.Position) error
	OrdersByID(ctx context.Context, ids []sale.OrderID) ([]sale.Order, error)
	Product(ctx context.Context, id string) (sale.Product, error)
}

// afterStore confirms an order once the store has it: the choice of the cluster,
// where another process may open the gate anew while an order is on its way.
//
// Buyers who wait for one position share the wait for it, and those who look for
// their orders at the same time share a query: while one is under way the next
// one fills.
type afterStore struct {
	ctx   context.Context // of the waits and queries
	store placedStore

	mu      sync.Mutex
	passing map[sale.Position]chan struct{}
	next    *reading // the one that fills; nil where none does
	busy    bool     // one is under way
}

// A reading looks for the orders of some claims.
type reading struct {
	claims []purchase.Claim
	done   chan struct{}
	fates  map[admitted]purchase.Fate // of those that are certain
}

// admitted is an order at the epoch of the gate that admitted it.
type admitted struct {
	order sale.OrderID
	epoch int64
}

func newAfterStore(ctx context.Context, store placedStore) *afterStore {
	return &afterStore{ctx: ctx, store: store, passing: map[sale.Position]chan struct{}{}}
}

// Confirm implements purchase.Confirmer. A store that cannot be asked is waited
// for as well: the order is on its way to it.
func (s *afterStore) Confirm(ctx context.Context, c purchase.Claim) (purchase.Fate, error) {
	if c.At != nil && await(ctx, s.pass(*c.At)) != nil {
		return purchase.IsPending, nil
	}
	for {
		r := s.read(c)
		if await(ctx, r.done) != nil {
			return purchase.IsPending, nil
		}
		if fate := r.fates[admitted{c.Order, c.Epoch}]; fate != 0 {
			return fate, nil
		}
		if sleep(ctx, lookAgain) != nil {
			return purchase.IsPending, nil
		}
	}
}

// pass joins the wait for a position. What it ends with does not matter: the
// orders are looked for either way.
func (s *afterStore) pass(at sale.Position) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	done := s.passing[at]
	if done == nil {
		done = make(chan struct{})
		s.passing[at] = done
		go func() {
			_ = s.store.Passed(s.ctx, at)
			s.mu.Lock()
			delete(s.passing, at)
			s.mu.Unlock()
			close(done)
		}()
	}
	return done
}

// read joins the next query.
func (s *afterStore) read(c purchase.Claim) *reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = &reading{done: make(chan struct{}), fates: map[admitted]purchase.Fate{}}
	}
	r := s.next
	r.claims = append(r.claims, c)
	if !s.busy {
		s.busy = true
		go s.work()
	}
	return r
}

// work makes one query after the other, for as long as somebody waits for one.
func (s *afterStore) work() {
	for {
		s.mu.Lock()
		r := s.next
		s.next, s.busy = nil, r != nil
		s.mu.Unlock()
		if r == nil {
			return
		}
		_ = r.look(s.ctx, s.store) // what it could not find out is asked for again
		close(r.done)
	}
}
