package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// chunk is how many orders Snapshot hands over at once.
const chunk = 4000

// Product returns one product, its tombstone included.
func (s *Store) Product(ctx context.Context, id string) (sale.Product, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return product(ctx, s.pool, id)
}

func product(ctx context.Context, q querier, id string) (p sale.Product, err error) {
	err = query(ctx, q, "SELECT "+productColumns+" FROM seckill_product WHERE id = $1", []any{id},
		func(rows pgx.Rows) (err error) { p, err = scanProduct(rows); return err })
	if err == nil && p.Epoch == 0 {
		err = fmt.Errorf("%w: product %s", sale.ErrNotFound, id)
	}
	return p, err
}

// Products returns the products that are not deleted, or the tombstones, by id.
func (s *Store) Products(ctx context.Context, deleted bool) ([]sale.Product, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return products(ctx, s.pool, "WHERE deleted = $1", deleted)
}

func products(ctx context.Context, q querier, where string, args ...any) (all []sale.Product, err error) {
	err = query(ctx, q, "SELECT "+productColumns+" FROM seckill_product "+where+" ORDER BY id", args, func(rows pgx.Rows) error {
		p, err := scanProduct(rows)
		all = append(all, p)
		return err
	})
	return all, err
}

// instant runs f on one snapshot of the store. It holds no lock, and may take as
// long as it wants to.
func (s *Store) instant(ctx context.Context, f func(pgx.Tx) error) error {
	return s.within(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, unbounded); err != nil {
			return translate("begin", err)
		}
		return f(tx)
	})
}

// Snapshot calls f with the orders of a product that were not rejected. The slice
// is f's for the call only.
func (s *Store) Snapshot(ctx context.Context, id string, f func([]sale.Order) error) (p sale.Product, err error) {
	err = s.instant(ctx, func(tx pgx.Tx) error {
		if p, err = product(ctx, tx, id); err != nil {
			return err
		}
		orders := make([]sale.Order, 0, chunk)
		o := sale.Order{ProductID: id}
		columns := []any{(*[16]byte)(&o.ID), &o.UserID, (*string)(&o.Status), &o.Origin}
		err := query(ctx, tx, "SELECT order_id, user_id, status, origin FROM seckill_order WHERE product_id = $1 AND number > 0 ORDER BY number",
			[]any{id}, func(rows pgx.Rows) error {
				if err := rows.Scan(columns...); err != nil {
					return err
				}
				if orders = append(orders, o); len(orders) < chunk {
					return nil
				}
				full := orders
				orders = orders[:0]
				return f(full)
			})
		if err != nil || len(orders) == 0 {
			return err
		}
		return f(orders)
	})
	return p, err
}

// Audit calls f with one snapshot of everything, taken by the first read.
func (s *Store) Audit(ctx context.Context, f func(orderstore.Snapshot) error) error {
	return s.instant(ctx, func(tx pgx.Tx) error { return f(audit{ctx, tx}) })
}

// An audit is one snapshot, for one Audit.
type audit struct {
	ctx context.Context
	tx  pgx.Tx
}

func (a audit) Marks() (map[int32]orderstore.Mark, error) { return marks(a.ctx, a.tx) }

func (a audit) Products() ([]sale.Product, error) { return products(a.ctx, a.tx, "") }

func (a audit) Orders(product string, f func(sale.Order) error) error {
	for _, part := range []string{"number = 0 ORDER BY partition, position", "number > 0 ORDER BY number"} {
		err := query(a.ctx, a.tx, "SELECT "+orderColumns+" FROM seckill_order WHERE product_id = $1 AND "+part, []any{product}, func(rows pgx.Rows) error {
			o, err := scanOrder(rows)
			if err != nil {
				return err
			}
			return f(o)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (a audit) Returns(product string, f func(sale.Return) error) error {
	return query(a.ctx, a.tx, "SELECT number, order_id, user_id, origin, paid FROM seckill_return WHERE product_id = $1 ORDER BY number", []any{product}, func(rows pgx.Rows) error {
		r := sale.Return{ProductID: product}
		if err := rows.Scan(&r.Number, (*[16]byte)(&r.OrderID), &r.UserID, &r.Origin, &r.Paid); err != nil {
			return err
		}
		return f(r)
	})
}

func (a audit) DeadLetters() (all []orderstore.DeadLetter, err error) {
	err = query(a.ctx, a.tx, "SELECT partition, position, product_id, reason, raw FROM seckill_dead_letter ORDER BY partition, position", nil, func(rows pgx.Rows) error {
		var l orderstore.DeadLetter
		err := rows.Scan(&l.Position.Partition, &l.Position.Offset, &l.Product, &l.Reason, &l.Raw)
		all = append(all, l)
		return err
	})
	return all, err
}
