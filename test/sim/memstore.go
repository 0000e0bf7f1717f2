package sim

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// memStore is an order store in memory. storetest holds it to the contract.
type memStore struct {
	mu      sync.Mutex
	now     func() time.Time
	tables  tables
	meta    map[string][]byte
	alive   map[string]aliveProcess
	tokens  map[string]orderstore.Token
	allowed int           // version of records
	gone    time.Duration // after it a process that does not say so is not alive
	changed chan struct{} // closed and made anew with every batch
}

// tables are what one transaction sees and replaces as a whole.
type tables struct {
	marks    map[int32]orderstore.Mark
	products map[string]sale.Product
	orders   map[sale.OrderID]sale.Order
	returns  map[string][]sale.Return
	history  map[string][]sale.HistoryEntry
	payments map[[2]string]sale.Payment // by product and id
	dead     []orderstore.DeadLetter
	timeline map[string][]byte
	wiped    map[string]int64 // the epoch at which a product was last deleted: for the findings alone
}

var _ orderstore.Keeper = (*memStore)(nil)

func newMemStore(now func() time.Time) *memStore {
	return &memStore{now: now, meta: map[string][]byte{}, alive: map[string]aliveProcess{}, tokens: map[string]orderstore.Token{}, allowed: 1, gone: orderstore.ProcessGone, changed: make(chan struct{}), tables: tables{
		marks: map[int32]orderstore.Mark{}, products: map[string]sale.Product{},
		orders: map[sale.OrderID]sale.Order{}, returns: map[string][]sale.Return{}, history: map[string][]sale.HistoryEntry{}, payments: map[[2]string]sale.Payment{}, timeline: map[string][]byte{}, wiped: map[string]int64{},
	}}
}

func (t tables) clone() tables {
	return tables{maps.Clone(t.marks), maps.Clone(t.products), maps.Clone(t.orders), maps.Clone(t.returns), maps.Clone(t.history), maps.Clone(t.payments), slices.Clip(t.dead), maps.Clone(t.timeline), maps.Clone(t.wiped)}
}

func (s *memStore) Mark(_ context.Context, partition int32) (orderstore.Mark, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tables.marks[partition], nil
}

func (s *memStore) Apply(ctx context.Context, b orderstore.Batch, fold func(time.Time, []*sale.State) []orderstore.DeadLetter) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tables.marks[b.Partition] != b.From {
		return fmt.Errorf("store: partition %d: %w", b.Partition, sale.ErrMoved)
	}
	states := make([]*sale.State, len(b.Concerns))
	for i, c := range b.Concerns {
		states[i] = s.tables.state(c, b.Partition)
	}
	dead := fold(s.now().UTC().Truncate(time.Millisecond), states)
	if ctx.Err() != nil {
		return fmt.Errorf("store: %w: %w", sale.ErrUnavailable, ctx.Err())
	}
	next := s.tables.clone()
	next.marks[b.Partition] = b.To
	next.dead = append(next.dead, dead...)
	for _, state := range states {
		if err := next.keep(state); err != nil {
			return err
		}
	}
	s.tables = next
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

func (t tables) state(c orderstore.Concern, partition int32) *sale.State {
	p, known := t.products[c.Product]
	if !known {
		p = sale.Product{ID: c.Product, Partition: partition}
	}
	state := sale.NewState(p)
	held := map[string]int{}
	for _, o := range t.orders {
		holds := o.ProductID == c.Product && o.Status.Holds()
		if holds {
			held[o.UserID]++
		}
		if slices.Contains(c.Orders, o.ID) || holds && slices.Contains(c.Users, o.UserID) {
			state.Add(o)
		}
	}
	t.addPayments(c, state)
	if c.MostHeld {
		for _, n := range held {
			state.MostHeld = max(state.MostHeld, n)
		}
	}
	return state
}

func (t tables) keep(state *sale.State) error {
	p := state.Product
	for _, m := range state.TouchedPayments() {
		t.payments[[2]string{m.ProductID, m.ID}] = *m
	}
	if p.Epoch == 0 {
		return nil
	}
	if state.Wiped() {
		maps.DeleteFunc(t.orders, func(_ sale.OrderID, o sale.Order) bool { return o.ProductID == p.ID })
		delete(t.returns, p.ID)
		delete(t.timeline, p.ID)
		t.wiped[p.ID] = p.Epoch
	}
	t.products[p.ID] = p
	for _, o := range state.Touched() {
		if kept, known := t.orders[o.ID]; known && kept.ProductID != o.ProductID {
			return fmt.Errorf("store: order %s is of %s too: %w", o.ID, kept.ProductID, sale.ErrDamaged)
		}
		t.orders[o.ID] = *o
	}
	if returns := state.Returns(); len(returns) > 0 {
		t.returns[p.ID] = append(slices.Clip(t.returns[p.ID]), returns...)
	}
	if entries := state.History(); len(entries) > 0 {
		t.history[p.ID] = append(slices.Clip(t.history[p.ID]), entries...)
	}
	return t.check(p)
}

// check is the store's own word on what the fold did.
func (t tables) check(p sale.Product) error {
	if p.Held < 0 || p.Held > p.Terms.Quantity {
		return fmt.Errorf("store: %s holds %d of %d: %w", p.ID, p.Held, p.Terms.Quantity, sale.ErrDamaged)
	}
	type slot struct {
		user string
		slot int
	}
	taken := map[slot]bool{}
	for _, o := range t.orders {
		if o.ProductID != p.ID || !o.Status.Holds() {
			continue
		}
		if taken[slot{o.UserID, o.Slot}] {
			return fmt.Errorf("store: slot %d of %s twice: %w", o.Slot, o.UserID, sale.ErrDamaged)
		}
		taken[slot{o.UserID, o.Slot}] = true
	}
	return nil
}

func (s *memStore) ReturnsAbove(_ context.Context, product string, after int64, max int) (int64, []sale.Return, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.tables.products[product]
	if !known {
		return 0, nil, fmt.Errorf("store: product %s: %w", product, sale.ErrNotFound)
	}
	returns := s.tables.returns[product]
	returns = returns[min(after, int64(len(returns))):]
	return p.Epoch, returns[:min(max, len(returns))], nil
}

func (s *memStore) Product(_ context.Context, id string) (sale.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.tables.products[id]
	if !known {
		return p, fmt.Errorf("store: product %s: %w", id, sale.ErrNotFound)
	}
	return p, nil
}

func (s *memStore) Products(_ context.Context, deleted bool) ([]sale.Product, error) {
	all, err := s.view().Products()
	return slices.DeleteFunc(slices.Clone(all), func(p sale.Product) bool { return p.Deleted != deleted }), err
}

func (s *memStore) Snapshot(ctx context.Context, product string, f func([]sale.Order) error) (sale.Product, error) {
	s.mu.Lock()
	t := s.tables
	s.mu.Unlock()
	p, known := t.products[product]
	if !known {
		return p, fmt.Errorf("store: product %s: %w", product, sale.ErrNotFound)
	}
	orders := t.sorted(func(o sale.Order) bool { return o.ProductID == product && o.Status != sale.Rejected })
	for chunk := range slices.Chunk(orders, 100) {
		if err := f(chunk); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (s *memStore) Passed(ctx context.Context, at sale.Position) error {
	for {
		s.mu.Lock()
		next, changed := s.tables.marks[at.Partition].Next, s.changed
		s.mu.Unlock()
		if next > at.Offset {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("store: %w: %w", sale.ErrUnavailable, ctx.Err())
		}
	}
}

func (s *memStore) Order(_ context.Context, id sale.OrderID) (sale.Order, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, known := s.tables.orders[id]
	if !known {
		return o, fmt.Errorf("store: order %s: %w", id, sale.ErrNotFound)
	}
	return o, nil
}

func (s *memStore) OrdersByID(_ context.Context, ids []sale.OrderID) ([]sale.Order, error) {
	return s.view().sorted(func(o sale.Order) bool { return slices.Contains(ids, o.ID) }), nil
}

func (s *memStore) List(_ context.Context, q orderstore.Query) ([]sale.Order, error) {
	orders := s.view().sorted(func(o sale.Order) bool {
		return o.ProductID == q.Product && o.Number > 0 && (q.Status == "" || o.Status == q.Status) &&
			(q.After == 0 || (o.Number > q.After) != q.Newest && o.Number != q.After)
	})
	if q.Newest {
		slices.Reverse(orders)
	}
	return orders[:min(q.Limit, len(orders))], nil
}

func (s *memStore) Due(_ context.Context, partition int32, max int) ([]sale.Order, error) {
	now := s.now()
	due := s.view().sorted(func(o sale.Order) bool {
		return o.Position.Partition == partition && o.Status == sale.Placed && !o.PayBy.IsZero() && !now.Before(o.PayBy)
	})
	slices.SortStableFunc(due, func(a, b sale.Order) int { return a.PayBy.Compare(b.PayBy) })
	return due[:min(max, len(due))], nil
}

func (s *memStore) Meta(_ context.Context, key string, propose []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, kept := s.meta[key]; !kept && propose != nil {
		s.meta[key] = bytes.Clone(propose)
	}
	return bytes.Clone(s.meta[key]), nil
}
