package sqlitestore

import (
	"context"
	"database/sql/driver"
	"os"
	"sync"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A progress is how far each partition is folded, for those who wait for it.
type progress struct {
	mu    sync.Mutex
	next  map[int32]int64
	moved chan struct{} // closed at the next move
}

func (s *Store) loadProgress(c *conn) error {
	marks, err := c.marks(context.Background())
	s.progress.next, s.progress.moved = map[int32]int64{}, make(chan struct{})
	for partition, m := range marks {
		s.progress.next[partition] = m.Next
	}
	return err
}

func (p *progress) move(partition int32, next int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next[partition] = next
	close(p.moved)
	p.moved = make(chan struct{})
}

// passed reports whether the record at this position is folded, and what is
// closed when that may have changed.
func (p *progress) passed(at sale.Position) (bool, chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next[at.Partition] > at.Offset, p.moved
}

// Passed waits for Apply, which nobody else in the world can call on this file.
func (s *Store) Passed(ctx context.Context, at sale.Position) error {
	for {
		passed, moved := s.progress.passed(at)
		if passed {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return s.unavailable(ctx.Err())
		case <-s.closed:
			return s.unavailable(os.ErrClosed)
		}
	}
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
	err = c.query(ctx, "read seckill_position", "SELECT next, cluster, topic, leader FROM seckill_position WHERE partition = ?",
		[]driver.Value{int64(partition)}, func(v []driver.Value) error { m = scanMark(v); return nil })
	return m, err
}

func (c *conn) marks(ctx context.Context) (map[int32]orderstore.Mark, error) {
	marks := map[int32]orderstore.Mark{}
	err := c.query(ctx, "read seckill_position", "SELECT next, cluster, topic, leader, partition FROM seckill_position",
		nil, func(v []driver.Value) error { marks[int32(integer(v[4]))] = scanMark(v); return nil })
	return marks, err
}

func scanMark(v []driver.Value) orderstore.Mark {
	return orderstore.Mark{
		Next:   integer(v[0]),
		Source: orderlog.Source{Cluster: text(v[1]), Topic: text(v[2]), Leader: int32(integer(v[3]))},
	}
}
