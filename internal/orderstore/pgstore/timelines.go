package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Rows are locked by id, so that two processes never wait for each other.
const (
	firstTimelines = `INSERT INTO seckill_timeline (product_id, body) SELECT id, '' FROM seckill_product
		WHERE id = any($1) AND NOT deleted ORDER BY id ON CONFLICT DO NOTHING`
	lockTimelines  = "SELECT product_id, body FROM seckill_timeline WHERE product_id = any($1) ORDER BY product_id FOR UPDATE"
	writeTimelines = `UPDATE seckill_timeline t SET body = n.body FROM unnest($1::text[], $2::bytea[]) n (id, body) WHERE t.product_id = n.id`
	wipeTimelines  = "DELETE FROM seckill_timeline WHERE product_id = any($1)"
)

// AddToTimelines is orderstore.Timelines's.
func (s *Store) AddToTimelines(ctx context.Context, products []string, add func(product string, kept []byte) []byte) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.within(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, firstTimelines, products); err != nil {
			return translate("write seckill_timeline", err)
		}
		var ids []string
		var bodies [][]byte
		err := query(ctx, tx, lockTimelines, []any{products}, func(rows pgx.Rows) error {
			var id string
			var kept []byte
			err := rows.Scan(&id, &kept)
			if len(kept) == 0 {
				kept = nil
			}
			ids, bodies = append(ids, id), append(bodies, add(id, kept))
			return err
		})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, writeTimelines, ids, bodies)
		return translate("write seckill_timeline", err)
	})
}

// Timeline is orderstore.Timelines's.
func (s *Store) Timeline(ctx context.Context, product string) (body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = query(ctx, s.pool, "SELECT body FROM seckill_timeline WHERE product_id = $1", []any{product}, func(rows pgx.Rows) error { return rows.Scan(&body) })
	return body, err
}
