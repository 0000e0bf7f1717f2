package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seckill/internal/sale"
)

const (
	paymentColumns = "product_id, payment_id, order_id, late_id, was_late, amount, currency, status, reason, refunded_by, at, changed_at, partition"
	somePayments   = "SELECT " + paymentColumns + " FROM seckill_payment WHERE "
	paymentsByID   = "SELECT p.* FROM unnest($1::text[], $2::text[]) w (product, id) CROSS JOIN LATERAL (" + somePayments + "product_id = w.product AND payment_id = w.id OFFSET 0) p"
	latePayments   = "SELECT p.* FROM unnest($1::text[], $2::uuid[]) w (product, id) CROSS JOIN LATERAL (" + somePayments + "late_id = w.id AND was_late AND product_id = w.product OFFSET 0) p"
	paymentsOf     = "SELECT p.* FROM unnest($1::text[], $2::uuid[]) w (product, id) CROSS JOIN LATERAL (SELECT product_id, payment_id FROM seckill_order WHERE order_id = w.id AND payment_id <> '' OFFSET 0) o CROSS JOIN LATERAL (" +
		somePayments + "product_id = o.product_id AND payment_id = o.payment_id AND product_id = w.product OFFSET 0) p"
	owing         = "SELECT DISTINCT product_id FROM seckill_payment WHERE product_id = any($1) AND status IN ('late', 'refund_due')"
	upsertPayment = "INSERT INTO seckill_payment (" + paymentColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (product_id, payment_id)" +
		" DO UPDATE SET was_late = excluded.was_late, status = excluded.status, reason = excluded.reason, refunded_by = excluded.refunded_by, changed_at = excluded.changed_at"
)

func scanPayment(row pgx.Row) (m sale.Payment, err error) {
	err = row.Scan(&m.ProductID, &m.ID, (*[16]byte)(&m.OrderID), (*[16]byte)(&m.LateID), &m.WasLate, &m.Paid.Amount, &m.Paid.Currency,
		(*string)(&m.Status), &m.Reason, &m.By, &m.At, &m.ChangedAt, &m.Partition)
	m.At, m.ChangedAt = m.At.UTC(), m.ChangedAt.UTC()
	return m, err
}

// queuePayments fills in the payments that a batch asks for.
func queuePayments(q *pgx.Batch, w *wanted, of map[string]*entry) {
	add := each(func(rows pgx.Rows) error {
		m, err := scanPayment(rows)
		if err == nil {
			of[m.ProductID].state.AddPayment(m)
		}
		return err
	})
	if len(w.payments) > 0 {
		q.Queue(paymentsByID, w.productOfPayment, w.payments).Query(add)
	}
	if len(w.ids) > 0 {
		q.Queue(latePayments, w.productOfID, w.ids).Query(add)
		q.Queue(paymentsOf, w.productOfID, w.ids).Query(add)
	}
	if len(w.mostHeld) > 0 {
		q.Queue(owing, w.mostHeld).Query(each(func(rows pgx.Rows) error {
			var product string
			err := rows.Scan(&product)
			if err == nil {
				of[product].state.Owes = true
			}
			return err
		}))
	}
}

func queuePayment(q *pgx.Batch, m *sale.Payment) {
	q.Queue(upsertPayment, m.ProductID, m.ID, [16]byte(m.OrderID), [16]byte(m.LateID), m.WasLate, m.Paid.Amount, m.Paid.Currency,
		string(m.Status), m.Reason, m.By, m.At, m.ChangedAt, m.Partition)
}

func eachPayment(ctx context.Context, q querier, f func(sale.Payment) error, sql string, args ...any) error {
	return query(ctx, q, sql, args, func(rows pgx.Rows) error {
		m, err := scanPayment(rows)
		if err != nil {
			return err
		}
		return f(m)
	})
}

// Payment returns one payment of a product.
func (s *Store) Payment(ctx context.Context, product, id string) (m sale.Payment, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = eachPayment(ctx, s.pool, func(found sale.Payment) error { m = found; return nil }, somePayments+"product_id = $1 AND payment_id = $2", product, id)
	if err == nil && m.ID == "" {
		err = fmt.Errorf("%w: payment %s of product %s", sale.ErrNotFound, id, product)
	}
	return m, err
}

// Payments returns payments of a product by id.
func (s *Store) Payments(ctx context.Context, q sale.PaymentQuery) (all []sale.Payment, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = eachPayment(ctx, s.pool, func(m sale.Payment) error { all = append(all, m); return nil },
		somePayments+"product_id = $1 AND payment_id > $2 AND (status = $3 OR $3 = '') ORDER BY payment_id LIMIT $4",
		q.Product, q.After, string(q.Status), q.Limit)
	return all, err
}

// Late returns payments of a partition that are late.
func (s *Store) Late(ctx context.Context, partition int32, after sale.Payment, max int) (all []sale.Payment, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = eachPayment(ctx, s.pool, func(m sale.Payment) error { all = append(all, m); return nil },
		somePayments+"status = 'late' AND partition = $1 AND (product_id, payment_id) > ($2, $3) ORDER BY product_id, payment_id LIMIT $4",
		partition, after.ProductID, after.ID, max)
	return all, err
}

func (a audit) Payments(partition int32, f func(sale.Payment) error) error {
	return eachPayment(a.ctx, a.tx, f, somePayments+"partition = $1 ORDER BY product_id, payment_id", partition)
}
