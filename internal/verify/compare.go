package verify

import (
	"fmt"
	"strings"
	"time"

	"seckill/internal/sale"
)

// columns compares the product's row with what the log gives.
func (a *productAudit) columns() {
	gives := a.table.product
	if a.p.Applied < 0 {
		gives.Applied, gives.Ahead = a.p.Applied, a.p.Ahead
	}
	kept, folded := columns(&a.p), columns(&gives)
	for i, c := range kept {
		if c.value != folded[i].value {
			a.find(columnDiffers.of(c.name, c.value, folded[i].value).under(c.of), a.p.ID, inTable.of("seckill_product"))
		}
	}
}

// openings notes what was judged of the product's epochs.
func (a *productAudit) openings() {
	if a.table == nil {
		return
	}
	a.check(openingOfEachEpoch, a.p.ID, Number{"n", a.table.opened.epoch}, Number{"the store's", a.p.Epoch})
}

type column struct {
	of          Invariant
	name, value string
}

func columns(p *sale.Product) []column {
	t := &p.Terms
	col := func(name string, value any) column { return column{Fold, name, fmt.Sprint(value)} }
	return []column{
		{Openings, "epoch", fmt.Sprint(p.Epoch)}, {Openings, "nonce", fmt.Sprintf("%q", p.Nonce)},
		col("refused", p.Refused), col("deleted", p.Deleted), col("partition", p.Partition),
		{Fold, "name", fmt.Sprintf("%q", t.Name)}, col("quantity", t.Quantity), col("limit_per_user", t.LimitPerUser), col("orders_per_user", t.OrdersPerUser), col("unpaid_per_address", t.UnpaidPerAddress),
		{Fold, "group", fmt.Sprintf("%q", t.Group)},
		col("opens_at", instant(t.OpensAt)), col("closes_at", instant(t.ClosesAt)), col("payment_window", t.PaymentWindow),
		col("paused", t.Paused), col("closed", t.Closed), col("archived", t.Archived), col("rehearsal", t.Rehearsal),
		col("price", t.Price), {Fold, "url", fmt.Sprintf("%q", t.URL)}, {Fold, "image_url", fmt.Sprintf("%q", t.ImageURL)},
		col("held", p.Held), col("placed", p.Placed), col("paid", p.Paid), col("cancelled", p.Cancelled),
		col("expired", p.Expired), col("rejected", p.Rejected),
		col("last_number", p.LastNumber), col("last_return", p.LastReturn), col("last_entry", p.LastEntry), col("recounts", p.Recounts),
		col("met", p.Applied), {Fold, "ahead", fmt.Sprintf("%q", p.Ahead)},
	}
}

func instant(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return t.UTC().Format(sale.TimeFormat)
}

// refolded compares one order with what the log gives: all but PlacedAt and
// PayBy, which are the store's clock's; but from one to the other it is the payment
// window of that time.
func (a *productAudit) refolded(o *sale.Order) {
	i, known := a.table.byID[o.ID]
	if !known {
		a.find(orderNotInLog, a.p.ID, rowOf(o), Number{"number", o.Number})
		return
	}
	r := a.table.rows.at(i)
	if r.seen {
		a.find(orderTwice, a.p.ID, rowOf(o), Number{"number", o.Number})
	}
	r.seen = true
	if unlike := a.unlike(o, r); len(unlike) > 0 {
		a.find(orderDiffers.of(strings.Join(unlike, ", ")), a.p.ID, rowOf(o), Number{"number", o.Number})
	}
}

// unlike names the columns in which o is not r.
func (a *productAudit) unlike(o *sale.Order, r *row) (names []string) {
	unlike := func(differs bool, name string) {
		if differs {
			names = append(names, name)
		}
	}
	unlike(o.ProductID != a.p.ID, "product_id")
	unlike(o.UserID != a.table.users.names[r.user], "user_id")
	unlike(o.Slot != int(r.slot), "slot")
	unlike(o.Number != r.number, "number")
	unlike(o.Status != statuses[r.status], "status")
	unlike(o.Seq != r.seq, "seq")
	unlike(o.Epoch != r.epoch, "epoch")
	unlike((window(o)-time.Duration(r.window)).Abs() >= time.Millisecond || o.PayBy.IsZero() != (r.window == 0), "pay_by")
	unlike(o.Price != a.table.prices[r.price], "price")
	unlike(o.PaymentID != a.table.paidBy[r.id], "payment_id")
	unlike(o.VoidReason != a.table.voids[r.id], "void_reason")
	unlike(o.Origin != a.table.origins[r.id], "origin")
	unlike(o.EndedAt.UnixMilli() != r.ended, "ended_at")
	unlike(o.Position.Partition != a.table.product.Partition, "partition")
	unlike(o.Position.Offset != r.offset, "position")
	return names
}

// returned judges the n-th return.
func (a *productAudit) returned(n int64, r *sale.Return) {
	where := inRow.of("seckill_return", r.Number)
	if r.Number != n {
		a.find(returnsOutOfOrder, a.p.ID, where, Number{"number", r.Number}, Number{"row", n})
	}
	if r.Paid {
		a.paid++
	}
	if a.gate != nil {
		a.gate.returned(r)
	}
	if a.table == nil {
		return
	}
	if r.Number < 1 || r.Number > int64(len(a.table.returns)) {
		a.find(returnNotInLog, a.p.ID, where)
		return
	}
	freed := a.table.rows.at(a.table.returns[r.Number-1])
	if r.ProductID != a.p.ID || r.OrderID != freed.id || r.UserID != a.table.users.names[freed.user] || (release{r.Origin, r.Paid}) != a.table.gone[r.Number] {
		a.find(returnOfAnother.of(freed.id), a.p.ID, where)
	}
}

// unseen finds what the log gives and the store does not have.
func (a *productAudit) unseen(returns int64) {
	for i := range a.table.rows.n {
		if r := a.table.rows.at(i); !r.seen {
			a.find(orderNotInStore, a.p.ID, inRow.of("seckill_order", r.id),
				Number{"number", r.number}, Number{"offset", r.offset})
		}
	}
	if n := int64(len(a.table.returns)); n > returns {
		a.find(returnsNotInStore, a.p.ID, inTable.of("seckill_return"), Number{"returns", returns}, Number{"by the log", n})
	}
}
