package sim

import (
	"context"
	"fmt"
	"maps"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

func (s *memStore) Renew(_ context.Context, from, to map[int32]orderstore.Mark) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !maps.Equal(s.tables.marks, from) {
		return fmt.Errorf("store: %w", sale.ErrMoved)
	}
	next := s.tables.clone()
	next.marks, next.dead = map[int32]orderstore.Mark{}, nil
	maps.Copy(next.marks, to)
	for id, o := range next.orders {
		o.Position.Offset = -1
		next.orders[id] = o
	}
	for id, p := range next.products {
		if !p.Deleted {
			p.Recounts++
		}
		next.products[id] = p
	}
	if len(to) == 0 {
		clear(next.orders)
		clear(next.products)
		clear(next.returns)
		clear(next.history)
		clear(next.payments)
	}
	s.tables = next
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}
