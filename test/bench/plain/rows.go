package main

import (
	"context"
	"encoding/json"
	"log"
)

const table = `CREATE TABLE IF NOT EXISTS plain_order (
	order_id text PRIMARY KEY, product_id text NOT NULL, user_id text NOT NULL,
	placed_at timestamptz NOT NULL DEFAULT now(), UNIQUE (product_id, user_id))`

const insert = `INSERT INTO plain_order (order_id, product_id, user_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING`

// consume turns orders into rows, and tells Kafka so after each batch.
func (s *shop) consume(ctx context.Context) {
	for {
		fetched := s.kafka.PollRecords(ctx, 1000)
		var ids, products, users []string
		for _, r := range fetched.Records() {
			var o order
			if err := json.Unmarshal(r.Value, &o); err != nil {
				log.Print(err)
				continue
			}
			ids, products, users = append(ids, o.ID), append(products, o.Product), append(users, o.User)
		}
		tag, err := s.db.Exec(ctx, insert, ids, products, users)
		if err == nil {
			err = s.kafka.CommitRecords(ctx, fetched.Records()...)
		}
		if err != nil {
			log.Fatal(err)
		}
		s.rows.Add(tag.RowsAffected())
	}
}
