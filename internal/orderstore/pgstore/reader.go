package pgstore

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A querier is a pool, a transaction or a connection.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// query calls row for every row. An error that row did not get from the rows is
// passed on as it is, and the rest is not waited for: the connection is given up.
func query(ctx context.Context, q querier, sql string, args []any, row func(pgx.Rows) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return translate("read", err)
	}
	for rows.Next() {
		if err := row(rows); err != nil {
			broken := rows.Err()
			cancel()
			rows.Close()
			if broken != nil {
				return translate("read", broken)
			}
			return err
		}
	}
	return translate("read", rows.Err())
}

// Order returns one order by its id.
func (s *Store) Order(ctx context.Context, id sale.OrderID) (sale.Order, error) {
	orders, err := s.OrdersByID(ctx, []sale.OrderID{id})
	if err == nil && len(orders) == 0 {
		err = fmt.Errorf("%w: order %v", sale.ErrNotFound, id)
	}
	if err != nil {
		return sale.Order{}, err
	}
	return orders[0], nil
}

// OrdersByID returns those of the orders that the store has.
func (s *Store) OrdersByID(ctx context.Context, ids []sale.OrderID) ([]sale.Order, error) {
	wanted := make([][16]byte, len(ids))
	for i, id := range ids {
		wanted[i] = id
	}
	return s.orders(ctx, "SELECT o.* FROM unnest($1::uuid[]) w (id) CROSS JOIN LATERAL (SELECT "+orderColumns+
		" FROM seckill_order WHERE order_id = w.id OFFSET 0) o", wanted)
}

func (s *Store) orders(ctx context.Context, sql string, args ...any) (orders []sale.Order, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = query(ctx, s.pool, sql, args, func(rows pgx.Rows) error {
		o, err := scanOrder(rows)
		orders = append(orders, o)
		return err
	})
	return orders, err
}

// Due returns orders whose payment window has passed, oldest first.
func (s *Store) Due(ctx context.Context, partition int32, max int) ([]sale.Order, error) {
	return s.orders(ctx, "SELECT "+orderColumns+` FROM seckill_order
		WHERE partition = $1 AND status = 'placed' AND pay_by <= now() ORDER BY pay_by LIMIT $2`, partition, max)
}

// List walks along the numbers of the product, so a page costs its length; with a
// status, also the orders of other statuses between.
func (s *Store) List(ctx context.Context, q orderstore.Query) ([]sale.Order, error) {
	after, way := q.After, "number > $2 AND number > 0 ORDER BY number"
	if q.Newest {
		way = "number < $2 AND number > 0 ORDER BY number DESC"
		if after == 0 {
			after = math.MaxInt64
		}
	}
	return s.orders(ctx, "SELECT "+orderColumns+` FROM seckill_order
		WHERE product_id = $1 AND (status = $3 OR $3 = '') AND `+way+" LIMIT $4", q.Product, after, string(q.Status), q.Limit)
}

// ReturnsAbove returns the returns of a product above a number, with its epoch.
func (s *Store) ReturnsAbove(ctx context.Context, product string, after int64, max int) (epoch int64, returns []sale.Return, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found := false
	err = query(ctx, s.pool, `SELECT p.epoch, r.number, r.order_id, r.user_id, r.origin, r.paid FROM seckill_product p LEFT JOIN LATERAL
		(SELECT number, order_id, user_id, origin, paid FROM seckill_return WHERE product_id = p.id AND number > $2 ORDER BY number LIMIT $3) r ON true
		WHERE p.id = $1 ORDER BY r.number`, []any{product, after, max}, func(rows pgx.Rows) error {
		var number *int64
		var order *[16]byte
		var user, origin *string
		var paid *bool
		found = true
		err := rows.Scan(&epoch, &number, &order, &user, &origin, &paid)
		if err == nil && number != nil {
			returns = append(returns, sale.Return{ProductID: product, Number: *number, OrderID: *order, UserID: *user, Origin: *origin, Paid: *paid})
		}
		return err
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: product %s", sale.ErrNotFound, product)
	}
	return epoch, returns, err
}

// Meta returns what is kept under key, or keeps propose.
func (s *Store) Meta(ctx context.Context, key string, propose []byte) (value []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if propose != nil {
		_, err = s.pool.Exec(ctx, "INSERT INTO seckill_meta (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", key, propose)
		if err != nil {
			return nil, translate("write seckill_meta", err)
		}
	}
	err = query(ctx, s.pool, "SELECT value FROM seckill_meta WHERE key = $1", []any{key}, func(rows pgx.Rows) error { return rows.Scan(&value) })
	return value, err
}
