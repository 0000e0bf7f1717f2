package sim

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

func (s *memStore) Audit(_ context.Context, f func(orderstore.Snapshot) error) error {
	return f(s.view())
}

// view is the tables as they are now: Apply replaces them and never changes them.
func (s *memStore) view() tables {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tables
}

func (t tables) sorted(want func(sale.Order) bool) []sale.Order {
	var orders []sale.Order
	for _, o := range t.orders {
		if want(o) {
			orders = append(orders, o)
		}
	}
	slices.SortFunc(orders, func(a, b sale.Order) int {
		return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Position.Offset, b.Position.Offset))
	})
	return orders
}

func (t tables) Marks() (map[int32]orderstore.Mark, error) { return t.marks, nil }

func (t tables) Products() ([]sale.Product, error) {
	return slices.SortedFunc(maps.Values(t.products), func(a, b sale.Product) int { return cmp.Compare(a.ID, b.ID) }), nil
}

func (t tables) Orders(product string, f func(sale.Order) error) error {
	for _, o := range t.sorted(func(o sale.Order) bool { return o.ProductID == product }) {
		if err := f(o); err != nil {
			return err
		}
	}
	return nil
}

func (t tables) Returns(product string, f func(sale.Return) error) error {
	for _, r := range t.returns[product] {
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

func (t tables) History(product string, f func(sale.HistoryEntry) error) error {
	for _, e := range t.history[product] {
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}

func (s *memStore) History(_ context.Context, product string, before int64, max int) (entries []sale.HistoryEntry, err error) {
	for _, e := range slices.Backward(s.view().history[product]) {
		if len(entries) < max && (before == 0 || e.Number < before) {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func (t tables) DeadLetters() ([]orderstore.DeadLetter, error) { return t.dead, nil }

func (s *memStore) AddToken(_ context.Context, t orderstore.Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.tokens[t.Name]; taken {
		return fmt.Errorf("store: token %s: %w", t.Name, sale.ErrTaken)
	}
	s.tokens[t.Name] = t
	return nil
}

func (s *memStore) RevokeToken(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, kept := s.tokens[name]; !kept {
		return fmt.Errorf("store: token %s: %w", name, sale.ErrNotFound)
	}
	delete(s.tokens, name)
	return nil
}

func (s *memStore) Tokens(context.Context) ([]orderstore.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.tokens), func(a, b orderstore.Token) int { return cmp.Compare(a.Name, b.Name) }), nil
}
