package verify

import (
	"slices"
	"time"

	"seckill/internal/sale"
)

// A table is one product as the log, folded again, gives it. A million orders
// have to fit beside a server, so a row holds no pointers and users are numbers.
type table struct {
	product sale.Product
	rows    rows
	byID    map[sale.OrderID]int32
	users   users
	prices  []sale.Price
	first   []int32 // by user: the first row by which they hold a unit, none
	returns []int32 // by number-1: the row whose unit came free
	history []sale.HistoryEntry
	paidBy  map[sale.OrderID]string // the payments of orders that have one
	voids   map[sale.OrderID]string // why the shop has cancelled orders
	origins map[sale.OrderID]string // of orders that wait for payment and count against one
	gone    map[int64]release       // by number: of returns that free more or less than a unit
	opened  epochs
}

// A release is what a return says beside its order.
type release struct {
	origin string
	paid   bool
}

const none = -1

func newTable(p sale.Product) *table {
	return &table{product: p, byID: map[sale.OrderID]int32{}, paidBy: map[sale.OrderID]string{}, voids: map[sale.OrderID]string{}, origins: map[sale.OrderID]string{}, gone: map[int64]release{}}
}

// wipe forgets the orders and returns; the epochs and the history go on.
func (t *table) wipe() {
	opened, history := t.opened, t.history
	*t = *newTable(t.product)
	t.opened, t.history = opened, history
}

// load makes one order known to s, if there is one.
func (t *table) load(s *sale.State, id sale.OrderID) {
	if i, known := t.byID[id]; known && s.Order(id) == nil {
		s.Add(t.order(t.rows.at(i)))
	}
}

// loadUser makes every order known to s by which user holds a unit.
func (t *table) loadUser(s *sale.State, user string) {
	u, known := t.users.byName[user]
	if !known {
		return
	}
	for i := t.first[u]; i != none; i = t.rows.at(i).next {
		t.load(s, t.rows.at(i).id)
	}
}

func (t *table) order(r *row) sale.Order {
	o := sale.Order{
		ID: r.id, ProductID: t.product.ID, UserID: t.users.names[r.user],
		Slot: int(r.slot), Number: r.number, Status: statuses[r.status], Seq: r.seq, Epoch: r.epoch,
		Position: sale.Position{Partition: t.product.Partition, Offset: r.offset}, Price: t.prices[r.price],
		PaymentID: t.paidBy[r.id], VoidReason: t.voids[r.id], Origin: t.origins[r.id],
	}
	if r.window > 0 {
		o.PlacedAt, o.PayBy = anyTime, anyTime.Add(time.Duration(r.window))
	}
	if !o.Status.Holds() && o.Status != sale.Rejected {
		o.EndedAt = time.UnixMilli(r.ended).UTC()
	}
	return o
}

// keep writes an order that the fold touched.
func (t *table) keep(o *sale.Order) {
	i, known := t.byID[o.ID]
	if !known {
		i = t.rows.add()
		t.byID[o.ID] = i
	}
	r, u := t.rows.at(i), t.user(o.UserID)
	held := known && statuses[r.status].Holds()
	*r = row{
		id: o.ID, number: o.Number, seq: o.Seq, epoch: o.Epoch, offset: o.Position.Offset, ended: o.EndedAt.UnixMilli(),
		user: u, next: r.next, slot: int32(o.Slot), status: uint8(slices.Index(statuses, o.Status)),
		window: int64(window(o)), price: t.price(o.Price),
	}
	note(t.paidBy, o.ID, o.PaymentID)
	note(t.voids, o.ID, o.VoidReason)
	note(t.origins, o.ID, o.Origin)
	switch holds := o.Status.Holds(); {
	case holds && !held:
		r.next, t.first[u] = t.first[u], i
	case held && !holds:
		t.unlink(u, i)
	}
}

func note(of map[sale.OrderID]string, id sale.OrderID, what string) {
	if what == "" {
		delete(of, id)
		return
	}
	of[id] = what
}

// price numbers the prices, of which there are as few as changes of the terms.
func (t *table) price(p sale.Price) int32 {
	if i := slices.Index(t.prices, p); i >= 0 {
		return int32(i)
	}
	t.prices = append(t.prices, p)
	return int32(len(t.prices) - 1)
}

// window is how long o could be, or can be, paid.
func window(o *sale.Order) time.Duration {
	if o.PayBy.IsZero() {
		return 0
	}
	return o.PayBy.Sub(o.PlacedAt)
}

func (t *table) user(name string) int32 {
	u := t.users.number(name)
	for int(u) >= len(t.first) {
		t.first = append(t.first, none)
	}
	return u
}

func (t *table) unlink(u, i int32) {
	at := &t.first[u]
	for *at != i {
		at = &t.rows.at(*at).next
	}
	*at = t.rows.at(i).next
}

// mostHeld is the most units that any one user holds.
func (t *table) mostHeld() int {
	most := 0
	for _, i := range t.first {
		held := 0
		for ; i != none; i = t.rows.at(i).next {
			held++
		}
		most = max(most, held)
	}
	return most
}

// keepAll writes what the fold changed in s since it was loaded.
func (t *table) keepAll(s *sale.State) {
	t.product = s.Product
	if s.Wiped() {
		t.wipe()
	}
	for _, o := range s.Touched() {
		t.keep(o)
	}
	for _, r := range s.Returns() {
		t.returns = append(t.returns, t.byID[r.OrderID])
		if left := (release{r.Origin, r.Paid}); left != (release{}) {
			t.gone[r.Number] = left
		}
	}
	t.history = append(t.history, s.History()...)
	s.ForgetChanges()
}
