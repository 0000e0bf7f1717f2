package sqlitestore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// read lends a connection to f for one read.
func (s *Store) read(ctx context.Context, f func(c *conn) error) error {
	c, err := s.take(ctx, s.reading)
	if err != nil {
		return err
	}
	defer func() { s.reading <- c }()
	return f(c)
}

// readOne lends a connection to f for several reads from one snapshot.
func (s *Store) readOne(ctx context.Context, f func(c *conn) error) error {
	return s.read(ctx, func(c *conn) error {
		return c.within("BEGIN", func() error { return f(c) })
	})
}

// Orders of any product come with the product's id as one more column.
var (
	orderOfAny   = "SELECT " + columnsOf("o") + ", p.product_id FROM seckill_order o JOIN seckill_product p ON p.key = o.product "
	anyOrderByID = newMany(orderOfAny+"WHERE o.order_id IN (", "?", ")")
	dueOrders    = orderOfAny + "WHERE o.status = 1 AND o.pay_by <= ? AND o.partition = ? ORDER BY o.pay_by, o.place LIMIT ?"
)

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
func (s *Store) OrdersByID(ctx context.Context, ids []sale.OrderID) (orders []sale.Order, err error) {
	err = s.read(ctx, func(c *conn) error {
		key := func(args []driver.Value, i int) []driver.Value { return append(args, ids[i][:]) }
		return anyOrderByID.each(len(ids), key, func(sql string, args []driver.Value) error { return c.orders(ctx, &orders, sql, args...) })
	})
	return orders, err
}

// orders appends what a query of orderOfAny finds.
func (c *conn) orders(ctx context.Context, orders *[]sale.Order, sql string, args ...driver.Value) error {
	return c.query(ctx, "read seckill_order", sql, args, func(v []driver.Value) error {
		*orders = append(*orders, scanOrder(text(v[len(v)-1]), v))
		return nil
	})
}

// Due returns orders whose payment window has passed, oldest first.
func (s *Store) Due(ctx context.Context, partition int32, max int) (orders []sale.Order, err error) {
	err = s.read(ctx, func(c *conn) error {
		return c.orders(ctx, &orders, dueOrders, s.clock().UnixMilli(), int64(partition), int64(max))
	})
	return orders, err
}

// List walks along the places of the product, so a page costs its length; with a
// status, also the orders of other statuses between.
func (s *Store) List(ctx context.Context, q orderstore.Query) (orders []sale.Order, err error) {
	low, high, direction := q.After, int64(span), "ASC"
	if q.Newest {
		low, direction = 0, "DESC"
		if q.After > 0 {
			high = q.After
		}
	}
	args := []driver.Value{q.Product, low, high, int64(q.Limit)}
	status := ""
	if q.Status != "" {
		status, args = "AND o.status = ?5 ", append(args, statusNumber(q.Status))
	}
	err = s.read(ctx, func(c *conn) error {
		return c.orders(ctx, &orders, "SELECT "+columnsOf("o")+`, p.product_id FROM seckill_product p CROSS JOIN seckill_order o
			ON o.place > p.key * 1099511627776 + ?2 AND o.place < p.key * 1099511627776 + ?3 WHERE p.product_id = ?1 `+status+
			"ORDER BY o.place "+direction+" LIMIT ?4", args...)
	})
	return orders, err
}

// ReturnsAbove returns the returns of a product above a number, with its epoch.
func (s *Store) ReturnsAbove(ctx context.Context, product string, after int64, max int) (epoch int64, returns []sale.Return, err error) {
	err = s.readOne(ctx, func(c *conn) error {
		p, key, err := c.product(ctx, product)
		if epoch = p.Epoch; err != nil {
			return err
		}
		return c.returns(ctx, product, key, after, max, func(r sale.Return) error {
			returns = append(returns, r)
			return nil
		})
	})
	return epoch, returns, err
}

func (c *conn) returns(ctx context.Context, product string, key, after int64, max int, f func(sale.Return) error) error {
	return c.query(ctx, "read seckill_return", "SELECT number, order_id, user_id, origin, paid FROM seckill_return WHERE product = ? AND number > ? ORDER BY number LIMIT ?",
		[]driver.Value{key, after, int64(max)}, func(v []driver.Value) error {
			return f(sale.Return{ProductID: product, Number: integer(v[0]), OrderID: orderID(v[1]), UserID: text(v[2]), Origin: text(v[3]), Paid: integer(v[4]) != 0})
		})
}

// Meta returns what is kept under key, or keeps propose. It is the one thing that
// the log does not have, so the commit waits for the disk.
func (s *Store) Meta(ctx context.Context, key string, propose []byte) (value []byte, err error) {
	err = s.durably(ctx, func(c *conn) error {
		if propose != nil {
			_, err := c.exec("write seckill_meta", "INSERT INTO seckill_meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", key, propose)
			if err != nil {
				return err
			}
		}
		return c.query(ctx, "read seckill_meta", "SELECT value FROM seckill_meta WHERE key = ?", []driver.Value{key},
			func(v []driver.Value) error { value = slices.Clone(blob(v[0])); return nil })
	})
	return value, err
}

// durably runs f in a transaction whose commit waits for the disk.
func (s *Store) durably(ctx context.Context, f func(*conn) error) error {
	c, err := s.take(ctx, s.writing)
	if err != nil {
		return err
	}
	defer func() { s.writing <- c }()
	if _, err := c.exec("sync", "PRAGMA synchronous = FULL"); err != nil {
		return err
	}
	// A connection that stayed FULL would be slower, and nothing else.
	defer func() { _, _ = c.exec("sync", "PRAGMA synchronous = NORMAL") }()
	return c.within("BEGIN IMMEDIATE", func() error { return f(c) })
}
