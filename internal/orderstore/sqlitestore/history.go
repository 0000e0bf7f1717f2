package sqlitestore

import (
	"context"
	"database/sql/driver"
	"errors"
	"math"

	"seckill/internal/sale"
)

const (
	readHistory   = "SELECT number, at, by_name, what, order_id, changes FROM seckill_history WHERE product = ?1 AND number "
	insertHistory = "INSERT INTO seckill_history (product, number, at, by_name, what, order_id, changes) VALUES (?,?,?,?,?,?,?)"
)

// History returns entries of a product, the newest first.
func (s *Store) History(ctx context.Context, q sale.HistoryQuery) (entries []sale.HistoryEntry, err error) {
	before, which := int64(math.MaxInt64), "< ?2 ORDER BY number DESC LIMIT ?3"
	if q.Before > 0 {
		before = q.Before
	}
	args := []driver.Value{nil, before, int64(q.Limit)}
	if q.Order != (sale.OrderID{}) {
		which, args = "< ?2 AND order_id = ?4 ORDER BY number DESC LIMIT ?3", append(args, q.Order[:])
	}
	err = s.readOne(ctx, func(c *conn) error {
		_, key, err := c.product(ctx, q.Product)
		if err != nil {
			return err
		}
		args[0] = key
		return c.history(ctx, q.Product, which, args, func(e sale.HistoryEntry) error {
			entries = append(entries, e)
			return nil
		})
	})
	if errors.Is(err, sale.ErrNotFound) {
		return nil, nil
	}
	return entries, err
}

func (c *conn) history(ctx context.Context, product, which string, args []driver.Value, f func(sale.HistoryEntry) error) error {
	return c.query(ctx, "read seckill_history", readHistory+which, args, func(v []driver.Value) error {
		e := sale.HistoryEntry{
			ProductID: product, Number: integer(v[0]), At: toTime(v[1]), By: text(v[2]), What: sale.Deed(text(v[3])), Changes: text(v[5]),
		}
		if v[4] != nil {
			e.OrderID = orderID(v[4])
		}
		return f(e)
	})
}

func (a audit) History(product string, f func(sale.HistoryEntry) error) error {
	_, key, err := a.c.product(a.ctx, product)
	if err != nil {
		return err
	}
	return a.c.history(a.ctx, product, "> 0 ORDER BY number", []driver.Value{key}, f)
}

func (c *conn) writeHistory(e *entry) error {
	for _, h := range e.state.History() {
		var order driver.Value
		if h.OrderID != (sale.OrderID{}) {
			order = h.OrderID[:]
		}
		if _, err := c.exec("write seckill_history", insertHistory, e.key, h.Number, fromTime(h.At), h.By, string(h.What), order, h.Changes); err != nil {
			return err
		}
	}
	return nil
}
