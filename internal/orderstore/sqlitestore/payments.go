package sqlitestore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

const (
	paymentColumns = "product_id, payment_id, order_id, late_id, was_late, amount, currency, status, reason, refunded_by, at, changed_at, partition"
	somePayments   = "SELECT " + paymentColumns + " FROM seckill_payment WHERE "
	insertPayment  = "INSERT INTO seckill_payment (" + paymentColumns + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
	changePayment  = "UPDATE seckill_payment SET (was_late, status, reason, refunded_by, changed_at) = (?3,?4,?5,?6,?7) WHERE product_id = ?1 AND payment_id = ?2"
)

// As of orders, the wanted ones lead.
var (
	paymentsByID = newMany("WITH wanted (of, id) AS (VALUES ", "(?,?)", ") SELECT "+paymentColumns+" FROM wanted CROSS JOIN seckill_payment ON product_id = of AND payment_id = id")
	latePayments = newMany("WITH wanted (id) AS (VALUES ", "(?)", ") SELECT "+paymentColumns+" FROM wanted CROSS JOIN seckill_payment ON late_id = id AND was_late = 1 WHERE product_id = ?")
)

const (
	hasPayments  = "SELECT 1 FROM seckill_payment WHERE product_id = ? LIMIT 1"
	openPayments = "WITH wanted (w) AS (VALUES ('late'), ('refund_due')) SELECT w, count(status), min(changed_at) FROM wanted LEFT JOIN seckill_payment" +
		" ON status = w AND status IN ('late', 'refund_due') GROUP BY w ORDER BY w"
	owesPayments = "SELECT 1 FROM seckill_payment WHERE product_id = ? AND status IN ('late', 'refund_due') LIMIT 1"
)

func scanPayment(v []driver.Value) sale.Payment {
	return sale.Payment{
		ProductID: text(v[0]), ID: text(v[1]), OrderID: orderID(v[2]), LateID: orderID(v[3]), WasLate: integer(v[4]) != 0,
		Paid: sale.Price{Amount: integer(v[5]), Currency: text(v[6])}, Status: sale.PaymentStatus(text(v[7])), Reason: text(v[8]), By: text(v[9]),
		At: toTime(v[10]), ChangedAt: toTime(v[11]), Partition: int32(integer(v[12])),
	}
}

// loadPayments fills in the payments that a concern asks for.
func (c *conn) loadPayments(e *entry, concern orderstore.Concern) error {
	product := e.before.ID
	any, err := c.isThere(hasPayments, product)
	if err != nil || !any {
		return err
	}
	add := func(m sale.Payment) error {
		e.payments[m.ID] = true
		e.state.AddPayment(m)
		return nil
	}
	ids := slices.Clone(concern.Payments)
	for _, id := range concern.Orders {
		if o := e.state.Order(id); o != nil && o.PaymentID != "" {
			ids = append(ids, o.PaymentID)
		}
	}
	byID := func(args []driver.Value, i int) []driver.Value { return append(args, product, ids[i]) }
	err = paymentsByID.each(len(ids), byID, func(sql string, args []driver.Value) error {
		return c.payments(context.Background(), add, sql, args...)
	})
	if err != nil {
		return err
	}
	var asked [][]byte // of an order that is there it makes no difference whether a payment has asked for it
	for _, id := range concern.Orders {
		if o := e.state.Order(id); o == nil || o.Status == sale.Rejected {
			asked = append(asked, id[:])
		}
	}
	byLate := func(args []driver.Value, i int) []driver.Value { return append(args, asked[i]) }
	err = latePayments.each(len(asked), byLate, func(sql string, args []driver.Value) error {
		return c.payments(context.Background(), add, sql, args...)
	}, product)
	if err != nil {
		return err
	}
	if concern.MostHeld {
		e.state.Owes, err = c.isThere(owesPayments, product)
	}
	return err
}

func (c *conn) isThere(sql, product string) (is bool, err error) {
	err = c.query(context.Background(), "read seckill_payment", sql, []driver.Value{product}, func([]driver.Value) error { is = true; return nil })
	return is, err
}

func (c *conn) payments(ctx context.Context, f func(sale.Payment) error, sql string, args ...driver.Value) error {
	return c.query(ctx, "read seckill_payment", sql, args, func(v []driver.Value) error { return f(scanPayment(v)) })
}

// writePayments inserts those that are new, for a REPLACE keeps copies of the pages that it changes.
func (c *conn) writePayments(e *entry) (err error) {
	for _, m := range e.state.TouchedPayments() {
		if e.payments[m.ID] {
			_, err = c.exec("write seckill_payment", changePayment, m.ProductID, m.ID, fromBool(m.WasLate), string(m.Status), m.Reason, m.By, fromTime(m.ChangedAt))
		} else {
			_, err = c.exec("write seckill_payment", insertPayment,
				m.ProductID, m.ID, m.OrderID[:], m.LateID[:], fromBool(m.WasLate), m.Paid.Amount, m.Paid.Currency, string(m.Status), m.Reason, m.By,
				fromTime(m.At), fromTime(m.ChangedAt), int64(m.Partition))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Payment returns one payment of a product.
func (s *Store) Payment(ctx context.Context, product, id string) (sale.Payment, error) {
	all, err := s.PaymentsByID(ctx, []sale.PaymentKey{{ProductID: product, ID: id}})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%w: payment %s of product %s", sale.ErrNotFound, id, product)
	}
	if err != nil {
		return sale.Payment{}, err
	}
	return all[0], nil
}

// PaymentsByID returns those of the payments that the store has.
func (s *Store) PaymentsByID(ctx context.Context, keys []sale.PaymentKey) (all []sale.Payment, err error) {
	all, keys = s.recent.find(keys)
	err = s.read(ctx, func(c *conn) error {
		key := func(args []driver.Value, i int) []driver.Value { return append(args, keys[i].ProductID, keys[i].ID) }
		return paymentsByID.each(len(keys), key, func(sql string, args []driver.Value) error {
			return c.payments(ctx, func(m sale.Payment) error { all = append(all, m); return nil }, sql, args...)
		})
	})
	return all, err
}

// Payments returns payments of a product by id.
func (s *Store) Payments(ctx context.Context, q sale.PaymentQuery) (all []sale.Payment, err error) {
	err = s.read(ctx, func(c *conn) error {
		return c.payments(ctx, func(m sale.Payment) error { all = append(all, m); return nil },
			somePayments+"product_id = ?1 AND payment_id > ?2 AND (status = ?3 OR ?3 = '') AND (?5 = zeroblob(16) OR order_id = ?5 OR late_id = ?5 AND was_late = 1) ORDER BY payment_id LIMIT ?4",
			q.Product, q.After, string(q.Status), int64(q.Limit), q.Order[:])
	})
	return all, err
}

// Late returns payments of a partition that are late.
func (s *Store) Late(ctx context.Context, partition int32, after sale.Payment, max int) (all []sale.Payment, err error) {
	err = s.read(ctx, func(c *conn) error {
		return c.payments(ctx, func(m sale.Payment) error { all = append(all, m); return nil },
			somePayments+"status = 'late' AND partition = ? AND (product_id, payment_id) > (?, ?) ORDER BY product_id, payment_id LIMIT ?",
			int64(partition), after.ProductID, after.ID, int64(max))
	})
	return all, err
}

// OpenPayments tells of each status that IsOpen.
func (s *Store) OpenPayments(ctx context.Context) (all []sale.OpenPayments, err error) {
	err = s.read(ctx, func(c *conn) error {
		return c.query(ctx, "open payments", openPayments, nil, func(v []driver.Value) error {
			o := sale.OpenPayments{Status: sale.PaymentStatus(text(v[0])), Count: integer(v[1])}
			if o.Count > 0 {
				o.Since = toTime(v[2])
			}
			all = append(all, o)
			return nil
		})
	})
	return all, err
}

func (a audit) Payments(partition int32, f func(sale.Payment) error) error {
	return a.c.payments(a.ctx, f, somePayments+"partition = ? ORDER BY product_id, payment_id", int64(partition))
}
