package sqlitestore

import (
	"context"
	"database/sql/driver"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

func (s *Store) loadProgress(c *conn) error {
	marks, err := c.marks(context.Background())
	for partition, m := range marks {
		s.progress.Advance(partition, m.Next)
	}
	return err
}

// Passed waits for Apply, which nobody else in the world can call on this file.
func (s *Store) Passed(ctx context.Context, at sale.Position) error {
	return s.progress.Await(ctx, at, s.closed)
}

// Mark returns how far a partition has been folded.
func (s *Store) Mark(ctx context.Context, partition int32) (m orderstore.Mark, err error) {
	err = s.read(ctx, func(c *conn) error {
		m, err = c.mark(ctx, partition)
		return err
	})
	return m, err
}

func (c *conn) mark(ctx context.Context, partition int32) (m orderstore.Mark, err error) {
	err = c.query(ctx, "read seckill_position", "SELECT next, cluster, topic, leader, sum FROM seckill_position WHERE partition = ?",
		[]driver.Value{int64(partition)}, func(v []driver.Value) error { m = scanMark(v); return nil })
	return m, err
}

func (c *conn) marks(ctx context.Context) (map[int32]orderstore.Mark, error) {
	marks := map[int32]orderstore.Mark{}
	err := c.query(ctx, "read seckill_position", "SELECT next, cluster, topic, leader, sum, partition FROM seckill_position",
		nil, func(v []driver.Value) error { marks[int32(integer(v[5]))] = scanMark(v); return nil })
	return marks, err
}

func scanMark(v []driver.Value) orderstore.Mark {
	return orderstore.Mark{
		Next:   integer(v[0]),
		Sum:    uint32(integer(v[4])),
		Source: orderlog.Source{Cluster: text(v[1]), Topic: text(v[2]), Leader: int32(integer(v[3]))},
	}
}
