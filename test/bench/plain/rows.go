package main

import (
	"context"
	"encoding/json"
	"log"
)

// Each run has orders of its own.
const table = `DROP TABLE IF EXISTS plain_order; CREATE TABLE plain_order (
	order_id text PRIMARY KEY, product_id text NOT NULL, user_id text NOT NULL,
	placed_at timestamptz NOT NULL DEFAULT now(), UNIQUE (product_id, user_id))`

const insert = `INSERT INTO plain_order (order_id, product_id, user_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`

// write turns orders into rows, all in one statement.
func (s *shop) write(ctx context.Context, orders [][]byte) error {
	var ids, products, users []string
	for _, encoded := range orders {
		var o order
		if err := json.Unmarshal(encoded, &o); err != nil {
			log.Print(err)
			continue
		}
		ids, products, users = append(ids, o.ID), append(products, o.Product), append(users, o.User)
	}
	tag, err := s.db.Exec(ctx, insert, ids, products, users)
	s.rows.Add(tag.RowsAffected())
	return err
}
