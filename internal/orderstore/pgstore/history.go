package pgstore

import (
	"context"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"seckill/internal/sale"
)

const (
	readHistory   = "SELECT number, at, by_name, what, order_id, changes FROM seckill_history WHERE product_id = $1 AND number "
	insertHistory = `INSERT INTO seckill_history (product_id, number, at, by_name, what, order_id, changes)
		SELECT * FROM unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::uuid[], $7::text[])`
)

// History returns entries of a product, the newest first.
func (s *Store) History(ctx context.Context, q sale.HistoryQuery) (entries []sale.HistoryEntry, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	before := int64(math.MaxInt64)
	if q.Before > 0 {
		before = q.Before
	}
	const which = "< $2 AND ($4::uuid IS NULL OR order_id = $4) ORDER BY number DESC LIMIT $3"
	err = history(ctx, s.pool, q.Product, which, []any{q.Product, before, q.Limit, zeronull.UUID(q.Order)}, func(e sale.HistoryEntry) error {
		entries = append(entries, e)
		return nil
	})
	return entries, err
}

func history(ctx context.Context, q querier, product, which string, args []any, f func(sale.HistoryEntry) error) error {
	return query(ctx, q, readHistory+which, args, func(rows pgx.Rows) error {
		e := sale.HistoryEntry{ProductID: product}
		if err := rows.Scan(&e.Number, &e.At, &e.By, (*string)(&e.What), (*zeronull.UUID)(&e.OrderID), &e.Changes); err != nil {
			return err
		}
		return f(e)
	})
}

func (a audit) History(product string, f func(sale.HistoryEntry) error) error {
	return history(a.ctx, a.tx, product, "> 0 ORDER BY number", []any{product}, f)
}

// historyArrays are entries as columns, for unnest.
type historyArrays struct {
	products, names, deeds, changes []string
	numbers                         []int64
	at                              []time.Time
	orders                          []zeronull.UUID
}

func (a *historyArrays) add(e *sale.HistoryEntry) {
	a.products = append(a.products, e.ProductID)
	a.numbers = append(a.numbers, e.Number)
	a.at = append(a.at, e.At)
	a.names = append(a.names, e.By)
	a.deeds = append(a.deeds, string(e.What))
	a.orders = append(a.orders, zeronull.UUID(e.OrderID))
	a.changes = append(a.changes, e.Changes)
}

func (a *historyArrays) queue(q *pgx.Batch) {
	if len(a.numbers) > 0 {
		q.Queue(insertHistory, a.products, a.numbers, a.at, a.names, a.deeds, a.orders, a.changes)
	}
}
