package pgstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seckill/internal/crash"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// The mark is compared and set in one statement, and the row stays locked until
// the commit: a second projector waits here, and then finds another mark. The
// clock is read behind that wait.
const (
	storeTime = "date_trunc('milliseconds', clock_timestamp())"
	moveMark  = `UPDATE seckill_position SET next = $2, sum = $3, cluster = $4, topic = $5, leader = $6
		WHERE partition = $1 AND next = $7 AND sum = $8 AND cluster = $9 AND topic = $10 AND leader = $11 RETURNING ` + storeTime
	firstMark = `INSERT INTO seckill_position (partition, next, sum, cluster, topic, leader) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING RETURNING ` + storeTime
)

// Apply folds one batch in one transaction, in two exchanges with the server
// between its begin and its commit. If another partition's batch has brought an
// order under an id of this one meanwhile, it begins anew, and sees that order.
func (s *Store) Apply(ctx context.Context, b orderstore.Batch, fold func(now time.Time, states []*sale.State) []orderstore.DeadLetter) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := s.apply(ctx, b, fold)
	if isTaken(err) {
		err = s.apply(ctx, b, fold)
	}
	if err == nil {
		crash.At("pgstore: rows are committed")
	}
	return err
}

func (s *Store) apply(ctx context.Context, b orderstore.Batch, fold func(now time.Time, states []*sale.State) []orderstore.DeadLetter) error {
	return s.within(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		var now time.Time
		entries := newEntries(b)
		reads := &pgx.Batch{}
		queueMove(reads, b, &now)
		queueLoad(reads, entries, b.Concerns)
		if err := tx.SendBatch(ctx, reads).Close(); err != nil {
			return translate("read what a batch concerns", err)
		}
		letters := fold(now, states(entries))
		writes := &pgx.Batch{}
		queueWrites(writes, entries, letters)
		queueNotify(writes, b)
		err := tx.SendBatch(ctx, writes).Close()
		crash.At("pgstore: rows are written")
		return translate("write a batch", err)
	})
}

func queueMove(q *pgx.Batch, b orderstore.Batch, now *time.Time) {
	sql, args := firstMark, append([]any{b.Partition}, markValues(b.To)...)
	if b.From != (orderstore.Mark{}) {
		sql, args = moveMark, append(args, markValues(b.From)...)
	}
	q.Queue(sql, args...).QueryRow(func(row pgx.Row) error {
		err := row.Scan(now)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("%w: order store: partition %d is not folded up to %+v", sale.ErrMoved, b.Partition, b.From)
		}
		return err
	})
}

func markValues(m orderstore.Mark) []any {
	return []any{m.Next, int64(m.Sum), m.Source.Cluster, m.Source.Topic, m.Source.Leader}
}

// An entry is one product of a batch: as it is kept, and as the fold left it.
type entry struct {
	isKept bool
	before sale.Product
	kept   map[sale.OrderID]bool // the orders that the tables have, of those in the state
	state  *sale.State
}

func newEntries(b orderstore.Batch) []*entry {
	entries := make([]*entry, len(b.Concerns))
	for i, c := range b.Concerns {
		p := sale.Product{ID: c.Product, Partition: b.Partition}
		entries[i] = &entry{before: p, kept: map[sale.OrderID]bool{}, state: sale.NewState(p)}
	}
	return entries
}

func states(entries []*entry) []*sale.State {
	all := make([]*sale.State, len(entries))
	for i, e := range entries {
		all[i] = e.state
	}
	return all
}
