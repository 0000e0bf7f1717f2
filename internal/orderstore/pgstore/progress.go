package pgstore

import (
	"context"
	"fmt"
	"maps"
	"os"
	"sync"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A progress is how far each partition is folded, as far as this process has
// heard, for those who wait for it.
type progress struct {
	mu    sync.Mutex
	next  map[int32]int64
	moved chan struct{} // closed at the next move
}

// set takes what was read, also where it is less: the store may have been put
// back to an older copy. Nothing is what is known while nobody listens.
func (p *progress) set(next map[int32]int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	differs := !maps.Equal(p.next, next)
	if p.next = next; differs {
		p.wake()
	}
}

// advance takes what was notified. It may be older than what was read.
func (p *progress) advance(partition int32, next int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if next > p.next[partition] {
		p.next[partition] = next
		p.wake()
	}
}

func (p *progress) wake() {
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

// Passed waits for the feed of positions, which one connection has for all.
func (s *Store) Passed(ctx context.Context, at sale.Position) error {
	for {
		passed, moved := s.progress.passed(at)
		if passed {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return unavailable(ctx.Err())
		case <-s.closed.Done():
			return unavailable(os.ErrClosed)
		}
	}
}

func unavailable(err error) error {
	return fmt.Errorf("%w: order store: wait for a position: %w", sale.ErrUnavailable, err)
}

const markColumns = "partition, next, cluster, topic, leader"

// Mark returns how far a partition has been folded.
func (s *Store) Mark(ctx context.Context, partition int32) (m orderstore.Mark, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = query(ctx, s.pool, "SELECT "+markColumns+" FROM seckill_position WHERE partition = $1", []any{partition},
		func(row pgx.Rows) (err error) { _, m, err = scanMark(row); return err })
	return m, err
}

func marks(ctx context.Context, q querier) (map[int32]orderstore.Mark, error) {
	all := map[int32]orderstore.Mark{}
	err := query(ctx, q, "SELECT "+markColumns+" FROM seckill_position", nil, func(row pgx.Rows) error {
		partition, m, err := scanMark(row)
		all[partition] = m
		return err
	})
	return all, err
}

func scanMark(row pgx.Row) (partition int32, m orderstore.Mark, err error) {
	err = row.Scan(&partition, &m.Next, &m.Source.Cluster, &m.Source.Topic, &m.Source.Leader)
	return partition, m, err
}
