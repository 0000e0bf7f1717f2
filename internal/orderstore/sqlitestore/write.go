package sqlitestore

import (
	"database/sql/driver"
	"strings"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// OR FAIL, as the whole transaction is rolled back anyway: without it SQLite
// writes every page down twice, to be able to take back the statement alone.
var (
	insertOrders = newMany(`INSERT OR FAIL INTO seckill_order (place, order_id, user_id, status, slot, product, number, seq, epoch,
		placed_at, pay_by, ended_at, partition, position) VALUES `, "(?,?,?,?,?,?,?,?,?,?,?,?,?,?)", "")
	insertReturns = newMany("INSERT OR FAIL INTO seckill_return (product, number, order_id, user_id) VALUES ", "(?,?,?,?)", "")
)

const updateOrder = `UPDATE OR FAIL seckill_order SET (place, order_id, user_id, status, slot, product, number, seq, epoch,
	placed_at, pay_by, ended_at, partition, position) = (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14) WHERE order_id = ?2`

// upsertProduct takes the key, or null for a new one, and then productColumns.
var upsertProduct = func() string {
	columns := strings.Split(productColumns, ",")
	sets := make([]string, len(columns))
	for i, c := range columns {
		sets[i] = c + " = excluded." + strings.TrimSpace(c)
	}
	return "INSERT INTO seckill_product (key, " + productColumns + ") VALUES (?" + strings.Repeat(",?", len(columns)) +
		") ON CONFLICT (key) DO UPDATE SET " + strings.Join(sets, ",")
}()

// write keeps what the fold changed. A product that has not had an opening leaves no row.
func (c *conn) write(entries []*entry, letters []orderstore.DeadLetter) error {
	for _, e := range entries {
		if e.state.Product.Epoch == 0 {
			continue
		}
		if err := c.writeProduct(e); err != nil {
			return err
		}
		if err := c.writeOrders(e); err != nil {
			return err
		}
		if err := c.writeReturns(e); err != nil {
			return err
		}
	}
	for _, l := range letters {
		_, err := c.exec("write seckill_dead_letter", "INSERT INTO seckill_dead_letter (partition, position, product_id, reason, raw) VALUES (?, ?, ?, ?, ?)",
			int64(l.Position.Partition), l.Position.Offset, l.Product, l.Reason, append([]byte{}, l.Raw...))
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) writeProduct(e *entry) error {
	if e.state.Wiped() && e.key != 0 {
		if err := c.wipe(e.key); err != nil {
			return err
		}
		clear(e.kept)
	}
	if e.state.Product == e.before {
		return nil
	}
	var key driver.Value
	if e.key != 0 {
		key = e.key
	}
	result, err := c.exec("write seckill_product", upsertProduct, append([]driver.Value{key}, productValues(&e.state.Product)...)...)
	if err == nil && e.key == 0 {
		e.key, err = result.LastInsertId()
	}
	return err
}

func (c *conn) wipe(key int64) error {
	first, last := key*span, key*span+span-1
	for _, r := range [][2]int64{{first, last}, {-last, -first}} {
		if _, err := c.exec("wipe seckill_order", "DELETE FROM seckill_order WHERE place BETWEEN ? AND ?", r[0], r[1]); err != nil {
			return err
		}
	}
	_, err := c.exec("wipe seckill_return", "DELETE FROM seckill_return WHERE product = ?", key)
	return err
}

// writeOrders writes changed orders before new ones, each by number: a slot is
// then left before it is taken, by a later order always.
func (c *conn) writeOrders(e *entry) error {
	touched := e.state.Touched()
	added := make([]*sale.Order, 0, len(touched))
	for _, o := range touched {
		if !e.kept[o.ID] {
			added = append(added, o)
			continue
		}
		if _, err := c.exec("write seckill_order", updateOrder, orderValues(e.key, o)...); err != nil {
			return err
		}
	}
	return insertOrders.each(len(added), func(sql string, from, to int) error {
		var args []driver.Value
		for _, o := range added[from:to] {
			args = append(args, orderValues(e.key, o)...)
		}
		_, err := c.exec("write seckill_order", sql, args...)
		return err
	})
}

func (c *conn) writeReturns(e *entry) error {
	returns := e.state.Returns()
	return insertReturns.each(len(returns), func(sql string, from, to int) error {
		var args []driver.Value
		for _, r := range returns[from:to] {
			args = append(args, e.key, r.Number, r.OrderID[:], r.UserID)
		}
		_, err := c.exec("write seckill_return", sql, args...)
		return err
	})
}
