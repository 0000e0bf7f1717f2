package sqlitestore

import (
	"database/sql/driver"
	"strings"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// One row a statement: one of several rows that names its rowids, as an order's
// must, keeps a copy of every page it changes, to be able to take back itself
// alone. That costs a quarter more processor time than the statements it saves.
const (
	allOrderColumns = "place, order_id, user_id, status, slot, product, number, seq, epoch, placed_at, pay_by, ended_at, partition, position, amount, currency, payment_id, void_reason, origin"
	insertOrder     = "INSERT INTO seckill_order (" + allOrderColumns + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
	endOrder        = "UPDATE seckill_order SET (status, ended_at, payment_id, void_reason, origin) = (?2,?3,?4,?5,?6) WHERE place = ?1"
	updateOrder     = "UPDATE seckill_order SET (" + allOrderColumns + ") = (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19) WHERE order_id = ?2"
	insertReturn    = "INSERT INTO seckill_return (product, number, order_id, user_id, origin, paid) VALUES (?,?,?,?,?,?)"
	insertLetter    = "INSERT INTO seckill_dead_letter (partition, position, product_id, reason, raw) VALUES (?,?,?,?,?)"
)

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

// write keeps what the fold changed. A product that has not had an opening leaves no row,
// but for its payments.
func (c *conn) write(entries []*entry, letters []orderstore.DeadLetter) error {
	for _, e := range entries {
		if err := c.writePayments(e); err != nil {
			return err
		}
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
		if err := c.writeHistory(e); err != nil {
			return err
		}
	}
	for _, l := range letters {
		_, err := c.exec("write seckill_dead_letter", insertLetter,
			int64(l.Position.Partition), l.Position.Offset, l.Product, l.Reason, append([]byte{}, l.Raw...))
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *conn) writeProduct(e *entry) error {
	if e.state.Wiped() && e.key != 0 {
		if err := c.wipe(e.key, e.before.ID); err != nil {
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

func (c *conn) wipe(key int64, product string) error {
	first, last := key*span, key*span+span-1
	for _, r := range [][2]int64{{first, last}, {-last, -first}} {
		if _, err := c.exec("wipe seckill_order", "DELETE FROM seckill_order WHERE place BETWEEN ? AND ?", r[0], r[1]); err != nil {
			return err
		}
	}
	if _, err := c.exec("wipe seckill_return", "DELETE FROM seckill_return WHERE product = ?", key); err != nil {
		return err
	}
	_, err := c.exec("wipe seckill_timeline", "DELETE FROM seckill_timeline WHERE product_id = ?", product)
	return err
}

// writeOrders writes changed orders before new ones, each by number: a slot is
// then left before it is taken, by a later order always.
func (c *conn) writeOrders(e *entry) error {
	touched := e.state.Touched()
	var values []driver.Value
	for _, isNew := range []bool{false, true} {
		for _, o := range touched {
			kept := e.kept[o.ID]
			if (kept == nil) != isNew {
				continue
			}
			place, err := c.place(e.key, o)
			if err != nil {
				return err
			}
			sql := insertOrder
			switch {
			case isNew:
				values = appendOrder(values[:0], place, e.key, o)
			case hasEnded(kept, o):
				sql, values = endOrder, append(values[:0], place, statusNumber(o.Status), fromTime(o.EndedAt), o.PaymentID, o.VoidReason, o.Origin)
			default:
				sql, values = updateOrder, appendOrder(values[:0], place, e.key, o)
			}
			if _, err := c.exec("write seckill_order", sql, values...); err != nil {
				return err
			}
		}
	}
	return nil
}

// hasEnded reports whether o differs from what is kept only in what endOrder writes: that is
// at its place, and most indexes are left alone.
func hasEnded(kept, o *sale.Order) bool {
	before := *kept
	before.Status, before.EndedAt, before.PaymentID, before.VoidReason, before.Origin = o.Status, o.EndedAt, o.PaymentID, o.VoidReason, o.Origin
	return before == *o && kept.Status != sale.Rejected && o.Status != sale.Rejected
}

func (c *conn) writeReturns(e *entry) error {
	for _, r := range e.state.Returns() {
		if _, err := c.exec("write seckill_return", insertReturn, e.key, r.Number, r.OrderID[:], r.UserID, r.Origin, fromBool(r.Paid)); err != nil {
			return err
		}
	}
	return nil
}
