package sqlitestore

import (
	"context"
	"fmt"
	"maps"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// Renew puts the tables under another log, or under none.
func (s *Store) Renew(ctx context.Context, from, to map[int32]orderstore.Mark) error {
	changes := "UPDATE seckill_order SET position = -1; UPDATE seckill_product SET recounts = recounts + 1 WHERE deleted = 0"
	if len(to) == 0 {
		changes = "DELETE FROM seckill_order; DELETE FROM seckill_return; DELETE FROM seckill_history; DELETE FROM seckill_product; DELETE FROM seckill_payment"
	}
	err := s.durably(ctx, func(c *conn) error {
		s.recent.forget()
		kept, err := c.marks(ctx)
		if err != nil {
			return err
		}
		if !maps.Equal(kept, from) {
			return fmt.Errorf("%w: order store %s: it is folded up to %v, not %v", sale.ErrMoved, c.path, kept, from)
		}
		if _, err := c.exec("renew", changes+"; DELETE FROM seckill_dead_letter; DELETE FROM seckill_position"); err != nil {
			return err
		}
		for partition, m := range to {
			if err := c.setMark(partition, m); err != nil {
				return err
			}
		}
		return nil
	})
	s.applied.Add(1) // also if the commit says that it failed
	if err == nil {
		next := map[int32]int64{}
		for partition, m := range to {
			next[partition] = m.Next
		}
		s.progress.Set(next)
	}
	return err
}
