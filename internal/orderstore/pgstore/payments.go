package pgstore

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"seckill/internal/sale"
)

const (
	paymentColumns = "product_id, payment_id, order_id, late_id, was_late, amount, currency, status, reason, refunded_by, at, changed_at, partition"
	somePayments   = "SELECT " + paymentColumns + " FROM seckill_payment WHERE "
	paymentsByID   = "SELECT p.* FROM unnest($1::text[], $2::text[]) w (product, id) CROSS JOIN LATERAL (" + somePayments + "product_id = w.product AND payment_id = w.id OFFSET 0) p"
	latePayments   = "SELECT p.* FROM unnest($1::text[], $2::uuid[]) w (product, id) CROSS JOIN LATERAL (" + somePayments + "late_id = w.id AND was_late AND product_id = w.product OFFSET 0) p"
	paymentsOf     = "SELECT p.* FROM unnest($1::text[], $2::uuid[]) w (product, id) CROSS JOIN LATERAL (SELECT product_id, payment_id FROM seckill_order WHERE order_id = w.id AND payment_id <> '' OFFSET 0) o CROSS JOIN LATERAL (" +
		somePayments + "product_id = o.product_id AND payment_id = o.payment_id AND product_id = w.product OFFSET 0) p"
	owing        = "SELECT DISTINCT product_id FROM seckill_payment WHERE product_id = any($1) AND status IN ('late', 'refund_due')"
	openPayments = "SELECT w.status, count(p.status), min(p.changed_at) FROM (VALUES ('late'), ('refund_due')) w (status) LEFT JOIN seckill_payment p" +
		" ON p.status = w.status AND p.status IN ('late', 'refund_due') GROUP BY w.status ORDER BY w.status"
	upsertPayments = "INSERT INTO seckill_payment (" + paymentColumns + ") SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::bool[], $6::bigint[], $7::text[]," +
		" $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::int[]) ON CONFLICT (product_id, payment_id)" +
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

// paymentArrays are payments as columns, for unnest.
type paymentArrays struct {
	products, ids, currencies, statuses, reasons, names []string
	orders, lateOrders                                  [][16]byte
	late                                                []bool
	amounts                                             []int64
	at, changedAt                                       []time.Time
	partitions                                          []int32
}

func (a *paymentArrays) add(m *sale.Payment) {
	a.products, a.ids = append(a.products, m.ProductID), append(a.ids, m.ID)
	a.orders, a.lateOrders, a.late = append(a.orders, m.OrderID), append(a.lateOrders, m.LateID), append(a.late, m.WasLate)
	a.amounts, a.currencies = append(a.amounts, m.Paid.Amount), append(a.currencies, m.Paid.Currency)
	a.statuses, a.reasons, a.names = append(a.statuses, string(m.Status)), append(a.reasons, m.Reason), append(a.names, m.By)
	a.at, a.changedAt, a.partitions = append(a.at, m.At), append(a.changedAt, m.ChangedAt), append(a.partitions, m.Partition)
}

func (a *paymentArrays) queue(q *pgx.Batch) {
	if len(a.ids) > 0 {
		q.Queue(upsertPayments, a.products, a.ids, a.orders, a.lateOrders, a.late, a.amounts, a.currencies, a.statuses, a.reasons, a.names, a.at, a.changedAt, a.partitions)
	}
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
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	products, ids := make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		products[i], ids[i] = k.ProductID, k.ID
	}
	err = eachPayment(ctx, s.pool, func(m sale.Payment) error { all = append(all, m); return nil }, paymentsByID, products, ids)
	return all, err
}

// Payments returns payments of a product by id.
func (s *Store) Payments(ctx context.Context, q sale.PaymentQuery) (all []sale.Payment, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = eachPayment(ctx, s.pool, func(m sale.Payment) error { all = append(all, m); return nil },
		somePayments+"product_id = $1 AND payment_id > $2 AND (status = $3 OR $3 = '') AND ($5::uuid IS NULL OR order_id = $5 OR late_id = $5 AND was_late) ORDER BY payment_id LIMIT $4",
		q.Product, q.After, string(q.Status), q.Limit, zeronull.UUID(q.Order))
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

// OpenPayments tells of each status that IsOpen.
func (s *Store) OpenPayments(ctx context.Context) (all []sale.OpenPayments, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = query(ctx, s.pool, openPayments, nil, func(rows pgx.Rows) error {
		var o sale.OpenPayments
		var since *time.Time
		err := rows.Scan((*string)(&o.Status), &o.Count, &since)
		if since != nil {
			o.Since = since.UTC()
		}
		all = append(all, o)
		return err
	})
	return all, err
}

func (a audit) Payments(partition int32, f func(sale.Payment) error) error {
	return eachPayment(a.ctx, a.tx, f, somePayments+"partition = $1 ORDER BY product_id, payment_id", partition)
}
