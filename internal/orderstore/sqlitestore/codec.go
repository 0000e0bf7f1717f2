package sqlitestore

import (
	"context"
	"database/sql/driver"
	"math/bits"
	"slices"
	"strings"
	"time"

	"seckill/internal/sale"
)

// span is how many places a product has.
const span = 1 << 40

// place is the rowid of an order of the product with this key: by its number, or, of a
// rejected order, which has none, below all that are there.
func (c *conn) place(key int64, o *sale.Order) (place int64, err error) {
	if o.Status != sale.Rejected {
		return key*span + o.Number, nil
	}
	err = c.query(context.Background(), "read seckill_order", "SELECT ifnull(min(place), ?1) - 1 FROM seckill_order WHERE place BETWEEN ?2 AND ?1",
		[]driver.Value{-key * span, -(key*span + span - 1)}, func(v []driver.Value) error { place = integer(v[0]); return nil })
	return place, err
}

// The statuses as they are kept, from 1. Those that hold a unit are below 3.
var statuses = []sale.Status{sale.Placed, sale.Paid, sale.Cancelled, sale.Expired, sale.Rejected}

func statusNumber(s sale.Status) int64 { return int64(slices.Index(statuses, s) + 1) }

const orderColumns = "order_id, user_id, status, slot, number, seq, epoch, placed_at, pay_by, ended_at, partition, position, amount, currency, payment_id, void_reason, origin"

func scanOrder(product string, v []driver.Value) sale.Order {
	return sale.Order{
		ID: orderID(v[0]), ProductID: product, UserID: text(v[1]),
		Status: status(v[2]), Slot: int(integer(v[3])), Number: integer(v[4]),
		Seq: integer(v[5]), Epoch: integer(v[6]), PlacedAt: toTime(v[7]), PayBy: toTime(v[8]), EndedAt: toTime(v[9]),
		Position: sale.Position{Partition: int32(integer(v[10])), Offset: integer(v[11])},
		Price:    sale.Price{Amount: integer(v[12]), Currency: text(v[13])}, PaymentID: text(v[14]), VoidReason: text(v[15]), Origin: text(v[16]),
	}
}

// appendOrder appends the values of allOrderColumns.
func appendOrder(v []driver.Value, place, key int64, o *sale.Order) []driver.Value {
	return append(v,
		place, o.ID[:], o.UserID, statusNumber(o.Status), int64(o.Slot), key, o.Number, o.Seq, o.Epoch,
		fromTime(o.PlacedAt), fromTime(o.PayBy), fromTime(o.EndedAt), int64(o.Position.Partition), o.Position.Offset, o.Price.Amount, o.Price.Currency, o.PaymentID, o.VoidReason, o.Origin)
}

const productColumns = `product_id, name, quantity, limit_per_user, opens_at, closes_at, payment_window,
	paused, closed, rehearsal, epoch, nonce, refused, deleted, partition,
	held, placed, paid, cancelled, expired, rejected, last_number, last_return, recounts, orders_per_user, met, ahead, for_group, amount, currency, url, image_url, last_entry, archived, unpaid_per_address`

func scanProduct(v []driver.Value) sale.Product {
	n := func(i int) int64 { return integer(v[i]) }
	is := func(i int) bool { return n(i) != 0 }
	return sale.Product{
		ID: text(v[0]),
		Terms: sale.Terms{
			Name: text(v[1]), Quantity: n(2), LimitPerUser: int(n(3)), OpensAt: toTime(v[4]), ClosesAt: toTime(v[5]),
			PaymentWindow: time.Duration(n(6)), Paused: is(7), Closed: is(8), Rehearsal: is(9), OrdersPerUser: int(n(24)), Group: text(v[27]),
			Price: sale.Price{Amount: n(28), Currency: text(v[29])}, URL: text(v[30]), ImageURL: text(v[31]), Archived: is(33), UnpaidPerAddress: int(n(34)),
		},
		Epoch: n(10), Nonce: text(v[11]), Refused: is(12), Deleted: is(13), Partition: int32(n(14)),
		Held: n(15), Placed: n(16), Paid: n(17), Cancelled: n(18), Expired: n(19), Rejected: n(20),
		LastNumber: n(21), LastReturn: n(22), Recounts: n(23), Applied: n(25), Ahead: text(v[26]), LastEntry: n(32),
	}
}

func productValues(p *sale.Product) []driver.Value {
	t := &p.Terms
	return []driver.Value{
		p.ID, t.Name, t.Quantity, int64(t.LimitPerUser), fromTime(t.OpensAt), fromTime(t.ClosesAt), int64(t.PaymentWindow),
		fromBool(t.Paused), fromBool(t.Closed), fromBool(t.Rehearsal), p.Epoch, p.Nonce, fromBool(p.Refused), fromBool(p.Deleted), int64(p.Partition),
		p.Held, p.Placed, p.Paid, p.Cancelled, p.Expired, p.Rejected, p.LastNumber, p.LastReturn, p.Recounts, int64(t.OrdersPerUser), p.Applied, p.Ahead, t.Group,
		t.Price.Amount, t.Price.Currency, t.URL, t.ImageURL, p.LastEntry, fromBool(t.Archived), int64(t.UnpaidPerAddress),
	}
}

func fromBool(b bool) driver.Value {
	if b {
		return int64(1)
	}
	return int64(0)
}

func fromTime(t time.Time) driver.Value {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func toTime(v driver.Value) time.Time {
	if v == nil {
		return time.Time{}
	}
	return time.UnixMilli(integer(v)).UTC()
}

// A many is a query for many keys at once, in a few sizes, so that each is prepared
// once. What a query costs by itself is then shared.
type many struct {
	bySize [8]string // for 1, 2, 4 … keys
	width  int       // arguments of a key
}

// newMany makes it of what stands before and behind the keys.
func newMany(head, key, tail string) many {
	m := many{width: strings.Count(key, "?")}
	for i := range m.bySize {
		m.bySize[i] = head + key + strings.Repeat(","+key, 1<<i-1) + tail
	}
	return m
}

// each calls run with queries and their arguments, until n keys are done. key appends the
// arguments of one; tail are those of what stands behind the keys. Where a query has room for
// more keys the last are NULL, which finds nothing.
func (m *many) each(n int, key func(args []driver.Value, i int) []driver.Value, run func(sql string, args []driver.Value) error, tail ...driver.Value) error {
	for from := 0; from < n; {
		size := min(bits.Len(uint(n-from-1)), len(m.bySize)-1)
		to := min(n, from+1<<size)
		args := make([]driver.Value, 0, m.width<<size+len(tail))
		for ; from < to; from++ {
			args = key(args, from)
		}
		if err := run(m.bySize[size], append(args[:m.width<<size], tail...)); err != nil {
			return err
		}
	}
	return nil
}
