package pgstore

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype/zeronull"

	"seckill/internal/sale"
)

// A stamp is a time of which the zero one is kept as null.
type stamp = zeronull.Timestamptz

const orderColumns = "order_id, product_id, user_id, slot, number, status, seq, epoch, placed_at, pay_by, ended_at, partition, position, amount, currency, payment_id, void_reason, origin"

// scanOrder reads orderColumns, and what stands before them into before.
func scanOrder(row pgx.Row, before ...any) (o sale.Order, err error) {
	err = row.Scan(append(before, (*[16]byte)(&o.ID), &o.ProductID, &o.UserID, &o.Slot, &o.Number, (*string)(&o.Status), &o.Seq, &o.Epoch,
		&o.PlacedAt, (*stamp)(&o.PayBy), (*stamp)(&o.EndedAt), &o.Position.Partition, &o.Position.Offset, &o.Price.Amount, &o.Price.Currency, &o.PaymentID, &o.VoidReason, &o.Origin)...)
	return o, err
}

// orderArrays are orders as columns, for unnest.
type orderArrays struct {
	ids                                                             [][16]byte
	products, users, statuses, currencies, payments, voids, origins []string
	slots, partitions                                               []int32
	numbers, seqs, epochs, position, amounts                        []int64
	placedAt                                                        []time.Time
	payBy, endedAt                                                  []stamp
}

var (
	orderTypes  = "$1::uuid[], $2::text[], $3::text[], $4::integer[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::integer[], $13::bigint[], $14::bigint[], $15::text[], $16::text[], $17::text[], $18::text[]"
	insertOrder = "INSERT INTO seckill_order (" + orderColumns + ") SELECT * FROM unnest(" + orderTypes + ")"
	updateOrder = "UPDATE seckill_order o SET (" + orderColumns + ") = (n." + strings.ReplaceAll(orderColumns, " ", " n.") + ") FROM unnest(" + orderTypes + ") n (" + orderColumns + ") WHERE o.order_id = n.order_id"
)

func (a *orderArrays) add(o *sale.Order) {
	a.ids = append(a.ids, o.ID)
	a.products = append(a.products, o.ProductID)
	a.users = append(a.users, o.UserID)
	a.slots = append(a.slots, int32(o.Slot))
	a.numbers = append(a.numbers, o.Number)
	a.statuses = append(a.statuses, string(o.Status))
	a.seqs = append(a.seqs, o.Seq)
	a.epochs = append(a.epochs, o.Epoch)
	a.placedAt = append(a.placedAt, o.PlacedAt)
	a.payBy = append(a.payBy, stamp(o.PayBy))
	a.endedAt = append(a.endedAt, stamp(o.EndedAt))
	a.partitions = append(a.partitions, o.Position.Partition)
	a.position = append(a.position, o.Position.Offset)
	a.amounts = append(a.amounts, o.Price.Amount)
	a.currencies = append(a.currencies, o.Price.Currency)
	a.payments = append(a.payments, o.PaymentID)
	a.voids = append(a.voids, o.VoidReason)
	a.origins = append(a.origins, o.Origin)
}

func (a *orderArrays) queue(q *pgx.Batch, sql string) {
	if len(a.ids) == 0 {
		return
	}
	q.Queue(sql, a.ids, a.products, a.users, a.slots, a.numbers, a.statuses, a.seqs, a.epochs,
		a.placedAt, a.payBy, a.endedAt, a.partitions, a.position, a.amounts, a.currencies, a.payments, a.voids, a.origins)
}

const productColumns = `id, name, quantity, limit_per_user, opens_at, closes_at, payment_window,
	paused, closed, rehearsal, epoch, nonce, refused, deleted, partition,
	held, placed, paid, cancelled, expired, rejected, last_number, last_return, recounts, orders_per_user, met, ahead, for_group, amount, currency, url, image_url, last_entry, archived, unpaid_per_address`

const (
	productTypes  = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35"
	insertProduct = "INSERT INTO seckill_product (" + productColumns + ") VALUES (" + productTypes + ")"
	updateProduct = "UPDATE seckill_product SET (" + productColumns + ") = (" + productTypes + ") WHERE id = $1"
)

func scanProduct(row pgx.Row) (p sale.Product, err error) {
	t := &p.Terms
	err = row.Scan(&p.ID, &t.Name, &t.Quantity, &t.LimitPerUser, (*stamp)(&t.OpensAt), (*stamp)(&t.ClosesAt), (*int64)(&t.PaymentWindow),
		&t.Paused, &t.Closed, &t.Rehearsal, &p.Epoch, &p.Nonce, &p.Refused, &p.Deleted, &p.Partition,
		&p.Held, &p.Placed, &p.Paid, &p.Cancelled, &p.Expired, &p.Rejected, &p.LastNumber, &p.LastReturn, &p.Recounts, &t.OrdersPerUser, &p.Applied, &p.Ahead, &t.Group,
		&t.Price.Amount, &t.Price.Currency, &t.URL, &t.ImageURL, &p.LastEntry, &t.Archived, &t.UnpaidPerAddress)
	return p, err
}

func productValues(p *sale.Product) []any {
	t := &p.Terms
	return []any{
		p.ID, t.Name, t.Quantity, t.LimitPerUser, stamp(t.OpensAt), stamp(t.ClosesAt), int64(t.PaymentWindow),
		t.Paused, t.Closed, t.Rehearsal, p.Epoch, p.Nonce, p.Refused, p.Deleted, p.Partition,
		p.Held, p.Placed, p.Paid, p.Cancelled, p.Expired, p.Rejected, p.LastNumber, p.LastReturn, p.Recounts, t.OrdersPerUser, p.Applied, p.Ahead, t.Group,
		t.Price.Amount, t.Price.Currency, t.URL, t.ImageURL, p.LastEntry, t.Archived, t.UnpaidPerAddress,
	}
}
