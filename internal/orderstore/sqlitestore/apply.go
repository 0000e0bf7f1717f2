package sqlitestore

import (
	"context"
	"fmt"
	"time"

	"seckill/internal/crash"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// Apply folds one batch in one transaction. It looks at ctx until it begins, and
// once more before it commits.
func (s *Store) Apply(ctx context.Context, b orderstore.Batch, fold func(now time.Time, states []*sale.State) []orderstore.DeadLetter) error {
	c, err := s.take(ctx, s.writing)
	if err != nil {
		return err
	}
	defer func() { s.writing <- c }()
	var paid []sale.Payment
	err = c.within("BEGIN IMMEDIATE", func() error {
		if err := c.moveMark(b); err != nil {
			return err
		}
		entries, err := c.load(b.Concerns, b.Partition)
		if err != nil {
			return err
		}
		letters := fold(s.clock(), states(entries))
		if err := c.write(entries, letters); err != nil {
			return err
		}
		crash.At("sqlitestore: rows are written")
		if err := ctx.Err(); err != nil {
			return s.unavailable(err)
		}
		paid = payments(entries)
		s.recent.takeOut(paid)
		return nil
	})
	s.applied.Add(1) // also if the commit says that it failed
	if err == nil {
		crash.At("sqlitestore: rows are committed")
		s.recent.putIn(paid)
		s.progress.Advance(b.Partition, b.To.Next)
	}
	return err
}

// clock is the store's time, as precise as its tables.
func (s *Store) clock() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// moveMark compares and sets. Nobody else writes to the file, so reading first
// and then writing is one step.
func (c *conn) moveMark(b orderstore.Batch) error {
	at, err := c.mark(context.Background(), b.Partition)
	if err != nil {
		return err
	}
	if at != b.From {
		return fmt.Errorf("%w: order store %s: partition %d is folded up to %+v, not %+v", sale.ErrMoved, c.path, b.Partition, at, b.From)
	}
	return c.setMark(b.Partition, b.To)
}

func (c *conn) setMark(partition int32, m orderstore.Mark) error {
	_, err := c.exec("move the position", `
		INSERT INTO seckill_position (partition, next, sum, cluster, topic, leader) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET next = excluded.next, sum = excluded.sum, cluster = excluded.cluster, topic = excluded.topic, leader = excluded.leader`,
		int64(partition), m.Next, int64(m.Sum), m.Source.Cluster, m.Source.Topic, int64(m.Source.Leader))
	return err
}

// An entry is one product of a batch: as it is kept, and as the fold left it.
type entry struct {
	key      int64 // of the product; 0 if it is new
	before   sale.Product
	kept     map[sale.OrderID]*sale.Order // as the tables have them, of those in the state
	payments map[string]bool              // that the tables have, of those in the state
	state    *sale.State
}

func states(entries []*entry) []*sale.State {
	all := make([]*sale.State, len(entries))
	for i, e := range entries {
		all[i] = e.state
	}
	return all
}
