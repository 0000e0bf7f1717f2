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

func (s *memStore) History(_ context.Context, q sale.HistoryQuery) (entries []sale.HistoryEntry, err error) {
	for _, e := range slices.Backward(s.view().history[q.Product]) {
		if len(entries) < q.Limit && (q.Before == 0 || e.Number < q.Before) && (q.Order == sale.OrderID{} || e.OrderID == q.Order) {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func (s *memStore) Search(_ context.Context, q sale.Search) ([]sale.Order, error) {
	orders := s.view().sorted(func(o sale.Order) bool {
		return q.Fits(&o) && (q.Behind == sale.Placing{} || o.Placing().Compare(q.Behind) < 0)
	})
	slices.SortFunc(orders, func(a, b sale.Order) int { return b.Placing().Compare(a.Placing()) })
	return orders[:min(q.Limit, len(orders))], nil
}

func (s *memStore) Count(ctx context.Context, q sale.Search) (int64, error) {
	q.Behind = sale.Placing{}
	orders, err := s.Search(ctx, q)
	return int64(len(orders)), err
}

func (t tables) addPayments(c orderstore.Concern, state *sale.State) {
	for _, m := range t.payments {
		if m.ProductID != c.Product {
			continue
		}
		pays := slices.ContainsFunc(c.Orders, func(id sale.OrderID) bool { o := state.Order(id); return o != nil && o.PaymentID == m.ID })
		if pays || slices.Contains(c.Payments, m.ID) || m.WasLate && slices.Contains(c.Orders, m.LateID) {
			state.AddPayment(m)
		}
		state.Owes = state.Owes || c.MostHeld && m.Status.IsOpen()
	}
}

func (t tables) paymentsOf(want func(sale.Payment) bool) []sale.Payment {
	all := slices.DeleteFunc(slices.Collect(maps.Values(t.payments)), func(m sale.Payment) bool { return !want(m) })
	slices.SortFunc(all, func(a, b sale.Payment) int {
		return cmp.Or(cmp.Compare(a.ProductID, b.ProductID), cmp.Compare(a.ID, b.ID))
	})
	return all
}

func (t tables) Payments(partition int32, f func(sale.Payment) error) error {
	for _, m := range t.paymentsOf(func(m sale.Payment) bool { return m.Partition == partition }) {
		if err := f(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *memStore) Payment(_ context.Context, product, id string) (sale.Payment, error) {
	m, known := s.view().payments[[2]string{product, id}]
	if !known {
		return m, fmt.Errorf("store: payment %s: %w", id, sale.ErrNotFound)
	}
	return m, nil
}

func (s *memStore) PaymentsByID(_ context.Context, keys []sale.PaymentKey) ([]sale.Payment, error) {
	return s.view().paymentsOf(func(m sale.Payment) bool { return slices.Contains(keys, m.Key()) }), nil
}

func (s *memStore) Payments(_ context.Context, q sale.PaymentQuery) ([]sale.Payment, error) {
	all := s.view().paymentsOf(func(m sale.Payment) bool {
		return m.ProductID == q.Product && m.ID > q.After && m.Concerns(q.Order) && (q.Status == "" || m.Status == q.Status)
	})
	return all[:min(q.Limit, len(all))], nil
}

func (s *memStore) Late(_ context.Context, partition int32, after sale.Payment, max int) ([]sale.Payment, error) {
	all := s.view().paymentsOf(func(m sale.Payment) bool {
		return m.Partition == partition && m.Status == sale.PaymentLate && cmp.Or(cmp.Compare(m.ProductID, after.ProductID), cmp.Compare(m.ID, after.ID)) > 0
	})
	return all[:min(max, len(all))], nil
}

func (s *memStore) OpenPayments(context.Context) (all []sale.OpenPayments, err error) {
	for _, status := range sale.PaymentStatuses {
		if !status.IsOpen() {
			continue
		}
		o := sale.OpenPayments{Status: status}
		for _, m := range s.view().paymentsOf(func(m sale.Payment) bool { return m.Status == status }) {
			if o.Count++; o.Count == 1 || m.ChangedAt.Before(o.Since) {
				o.Since = m.ChangedAt
			}
		}
		all = append(all, o)
	}
	return all, nil
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

func (s *memStore) AddToTimelines(_ context.Context, products []string, add func(string, []byte) []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables.timeline = maps.Clone(s.tables.timeline)
	for _, product := range products {
		if s.tables.products[product].Exists() {
			s.tables.timeline[product] = add(product, s.tables.timeline[product])
		}
	}
	return nil
}

func (s *memStore) Timeline(_ context.Context, product string) ([]byte, error) {
	return s.view().timeline[product], nil
}
