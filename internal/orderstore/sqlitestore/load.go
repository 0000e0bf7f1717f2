package sqlitestore

import (
	"context"
	"database/sql/driver"
	"strings"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// The wanted orders lead, and each is looked up in its index; one key that is
// there twice is found twice, which Add passes over.
var (
	ordersByID = newMany("WITH wanted (order_id) AS (VALUES ", "(?)",
		") SELECT "+columnsOf("o")+", o.product = ? FROM wanted CROSS JOIN seckill_order o ON o.order_id = wanted.order_id")
	ordersByUser = newMany("WITH wanted (user_id) AS (VALUES ", "(?)",
		") SELECT "+columnsOf("o")+", 1 FROM wanted CROSS JOIN seckill_order o ON o.user_id = wanted.user_id AND o.status < 3 WHERE o.product = ?")
)

func columnsOf(table string) string {
	return table + "." + strings.ReplaceAll(orderColumns, " ", " "+table+".")
}

// load fills the states that concerns ask for, in their order.
func (c *conn) load(concerns []orderstore.Concern, partition int32) ([]*entry, error) {
	entries := make([]*entry, len(concerns))
	for i, concern := range concerns {
		e := &entry{before: sale.Product{ID: concern.Product, Partition: partition}, kept: map[sale.OrderID]*sale.Order{}, payments: map[string]bool{}}
		err := c.query(context.Background(), "read seckill_product", "SELECT "+productColumns+", key FROM seckill_product WHERE product_id = ?",
			[]driver.Value{concern.Product}, func(v []driver.Value) error {
				e.before, e.key = scanProduct(v), integer(v[len(v)-1])
				return nil
			})
		if err != nil {
			return nil, err
		}
		e.state = sale.NewState(e.before)
		if err = c.fill(e, concern); err != nil {
			return nil, err
		}
		entries[i] = e
	}
	return entries, nil
}

func (c *conn) fill(e *entry, concern orderstore.Concern) error {
	err := c.find(e, &ordersByID, len(concern.Orders), func(i int) driver.Value { return concern.Orders[i][:] })
	if err == nil {
		err = c.loadPayments(e, concern)
	}
	if err != nil || e.key == 0 {
		return err
	}
	err = c.find(e, &ordersByUser, len(concern.Users), func(i int) driver.Value { return concern.Users[i] })
	if err != nil || !concern.MostHeld {
		return err
	}
	e.state.MostHeld, err = c.mostHeld(e)
	return err
}

// find adds the orders that m finds by n keys.
func (c *conn) find(e *entry, m *many, n int, key func(i int) driver.Value) error {
	args := func(args []driver.Value, i int) []driver.Value { return append(args, key(i)) }
	return m.each(n, args, func(sql string, args []driver.Value) error {
		return c.query(context.Background(), "read seckill_order", sql, args, func(v []driver.Value) error {
			product := "" // another one: which, nobody asks
			if integer(v[len(v)-1]) != 0 {
				product = e.before.ID
			}
			o := scanOrder(product, v)
			if product != "" {
				e.kept[o.ID] = &o
			}
			e.state.Add(o)
			return nil
		})
	}, e.key)
}

// mostHeld counts only if it must: under a limit of one nobody holds more.
func (c *conn) mostHeld(e *entry) (int, error) {
	if e.before.Terms.LimitPerUser <= 1 {
		return int(min(e.before.Held, 1)), nil
	}
	var most int64
	err := c.query(context.Background(), "read seckill_order", `SELECT ifnull(max(n), 0) FROM
		(SELECT count(*) n FROM seckill_order WHERE product = ? AND status < 3 GROUP BY user_id)`,
		[]driver.Value{e.key}, func(v []driver.Value) error { most = integer(v[0]); return nil })
	return int(most), err
}
