package sqlitestore

import (
	"context"
	"database/sql/driver"
	"slices"
)

const (
	readTimeline  = "SELECT body FROM seckill_timeline WHERE product_id = ?"
	writeTimeline = `INSERT INTO seckill_timeline (product_id, body) SELECT product_id, ?2 FROM seckill_product WHERE product_id = ?1 AND deleted = 0
		ON CONFLICT (product_id) DO UPDATE SET body = excluded.body`
)

// AddToTimelines is orderstore.Timelines's.
func (s *Store) AddToTimelines(ctx context.Context, products []string, add func(product string, kept []byte) []byte) error {
	c, err := s.take(ctx, s.writing)
	if err != nil {
		return err
	}
	defer func() { s.writing <- c }()
	return c.within("BEGIN IMMEDIATE", func() error {
		for _, product := range products {
			kept, err := c.timeline(ctx, product)
			if err != nil {
				return err
			}
			if _, err := c.exec("write seckill_timeline", writeTimeline, product, add(product, kept)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Timeline is orderstore.Timelines's.
func (s *Store) Timeline(ctx context.Context, product string) (body []byte, err error) {
	err = s.read(ctx, func(c *conn) error {
		body, err = c.timeline(ctx, product)
		return err
	})
	return body, err
}

func (c *conn) timeline(ctx context.Context, product string) (body []byte, err error) {
	err = c.query(ctx, "read seckill_timeline", readTimeline, []driver.Value{product}, func(v []driver.Value) error {
		body = slices.Clone(blob(v[0]))
		return nil
	})
	return body, err
}
