package pgstore

import (
	"strings"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

const (
	wipeOrders   = "DELETE FROM seckill_order WHERE product_id = any($1)"
	wipeReturns  = "DELETE FROM seckill_return WHERE product_id = any($1)"
	insertReturn = `INSERT INTO seckill_return (product_id, number, order_id, user_id, origin, paid)
		SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::boolean[])`
	insertLetter = "INSERT INTO seckill_dead_letter (partition, position, product_id, reason, raw) VALUES ($1, $2, $3, $4, $5)"
)

// queueWrites keeps what the fold changed. A product that has not had an opening
// leaves no row, but for its payments. An order that conflicts with one that the fold has not seen
// breaks the batch: to pass it over would be to lose it.
func queueWrites(q *pgx.Batch, entries []*entry, letters []orderstore.DeadLetter) {
	c := newChanges(entries)
	if len(c.wiped) > 0 {
		q.Queue(wipeOrders, c.wiped)
		q.Queue(wipeReturns, c.wiped)
		q.Queue(wipeTimelines, c.wiped)
	}
	c.payments.queue(q)
	for _, e := range c.products {
		sql := insertProduct
		if e.isKept {
			sql = updateProduct
		}
		q.Queue(sql, productValues(&e.state.Product)...)
	}
	// A statement changes its rows in any order, so slots are left in the first
	// and taken in those behind it.
	c.ended.queue(q, updateOrder)
	c.holding.queue(q, updateOrder)
	c.added.queue(q, insertOrder)
	if r := &c.returns; len(r.ids) > 0 {
		q.Queue(insertReturn, r.products, r.numbers, r.ids, r.users, r.origins, r.paid)
	}
	c.history.queue(q)
	for _, l := range letters {
		q.Queue(insertLetter, l.Position.Partition, l.Position.Offset, text(l.Product), text(l.Reason), append([]byte{}, l.Raw...))
	}
}

// text is s without what Postgres keeps in no text: a dead letter may hold anything.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// changes are those of a whole batch, sorted by the statement that writes them.
type changes struct {
	wiped                 []string
	products              []*entry
	ended, holding, added orderArrays
	returns               returnArrays
	history               historyArrays
	payments              paymentArrays
}

type returnArrays struct {
	products, users, origins []string
	numbers                  []int64
	ids                      [][16]byte
	paid                     []bool
}

func newChanges(entries []*entry) *changes {
	c := &changes{}
	for _, e := range entries {
		for _, m := range e.state.TouchedPayments() {
			c.payments.add(m)
		}
		if e.state.Product.Epoch == 0 {
			continue
		}
		if e.state.Wiped() && e.isKept {
			c.wiped = append(c.wiped, e.before.ID)
			clear(e.kept)
		}
		if e.state.Product != e.before {
			c.products = append(c.products, e)
		}
		for _, o := range e.state.Touched() {
			c.arraysFor(o, e.kept[o.ID]).add(o)
		}
		for _, r := range e.state.Returns() {
			c.returns.add(r)
		}
		for i := range e.state.History() {
			c.history.add(&e.state.History()[i])
		}
	}
	return c
}

func (c *changes) arraysFor(o *sale.Order, kept bool) *orderArrays {
	switch {
	case !kept:
		return &c.added
	case o.Status.Holds():
		return &c.holding
	}
	return &c.ended
}

func (a *returnArrays) add(r sale.Return) {
	a.products = append(a.products, r.ProductID)
	a.numbers = append(a.numbers, r.Number)
	a.ids = append(a.ids, r.OrderID)
	a.users = append(a.users, r.UserID)
	a.origins = append(a.origins, r.Origin)
	a.paid = append(a.paid, r.Paid)
}
