package pgstore

import (
	"context"
	"fmt"
	"maps"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// Renew puts the tables under another log, or under none. It may take as long as
// there are orders, so nothing but ctx bounds it.
func (s *Store) Renew(ctx context.Context, from, to map[int32]orderstore.Mark) error {
	changes := []string{
		"UPDATE seckill_order SET position = -1",
		"UPDATE seckill_product SET recounts = recounts + 1 WHERE NOT deleted",
	}
	if len(to) == 0 {
		changes = []string{"DELETE FROM seckill_order", "DELETE FROM seckill_return", "DELETE FROM seckill_history", "DELETE FROM seckill_product", "DELETE FROM seckill_payment"}
	}
	return s.within(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "LOCK TABLE seckill_position IN EXCLUSIVE MODE"); err != nil {
			return translate("renew", err)
		}
		kept, err := marks(ctx, tx)
		if err != nil {
			return err
		}
		if !maps.Equal(kept, from) {
			return fmt.Errorf("%w: order store: it is folded up to %v, not %v", sale.ErrMoved, kept, from)
		}
		q := &pgx.Batch{}
		for _, sql := range append(changes, "DELETE FROM seckill_dead_letter", "DELETE FROM seckill_position") {
			q.Queue(sql)
		}
		for partition, m := range to {
			q.Queue(firstMark, append([]any{partition}, markValues(m)...)...)
		}
		return translate("renew", tx.SendBatch(ctx, q).Close())
	})
}
