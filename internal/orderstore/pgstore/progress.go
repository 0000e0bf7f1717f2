package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// Passed waits for the feed of positions, which one connection has for all.
func (s *Store) Passed(ctx context.Context, at sale.Position) error {
	return s.progress.Await(ctx, at, s.closed.Done())
}

const markColumns = "partition, next, sum, cluster, topic, leader"

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
	var sum int64
	err = row.Scan(&partition, &m.Next, &sum, &m.Source.Cluster, &m.Source.Topic, &m.Source.Leader)
	m.Sum = uint32(sum)
	return partition, m, err
}
