package verify

import (
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// anyTime stands for the store's clock, which is not a part of the fold.
var anyTime = time.Unix(0, 0).UTC()

// A refold folds one partition again.
type refold struct {
	*draft
	partition int32
	homes     map[string]int32 // of every product, over all partitions
	tables    map[string]*table
	money     map[string]money
	late      map[sale.OrderID]string // the payments that were late, by the orders that they asked for
	states    map[string]*sale.State  // of the stretch at hand; what they changed is not kept yet
	rules     rules
}

// rules is sale.Fold; a test breaks it, for a wrong fold must not be its own witness.
type rules func(s *sale.State, r sale.Record, at sale.Position, now time.Time) sale.Outcome

func newRefold(d *draft, partition int32, homes map[string]int32, fold rules) *refold {
	return &refold{d, partition, homes, map[string]*table{}, map[string]money{}, map[sale.OrderID]string{}, map[string]*sale.State{}, fold}
}

// stretch folds lines, and lets go of all that they needed.
func (f *refold) stretch(lines []orderlog.Line) {
	for i := range lines {
		f.line(&lines[i])
	}
	for product, s := range f.states {
		f.keep(f.tables[product], s)
	}
	clear(f.states)
}

func (f *refold) line(l *orderlog.Line) {
	home, known := f.homes[l.Product]
	away := known && home != f.partition
	pos := sale.Position{Partition: f.partition, Offset: l.Offset}
	switch {
	case l.Poison != nil:
		// Anybody may have written it anywhere: it gives a product no home.
		if sale.CheckID(l.Product) {
			_, s := f.state(l.Product)
			s.DeadLetter()
		}
		return
	case away:
		f.find(productInTwo, l.Product, at(pos), Number{"partition", int64(home)}, Number{"and partition", int64(f.partition)})
		return
	}
	f.homes[l.Product] = f.partition
	t, s := f.state(l.Product)
	switch l.Record.Kind {
	case sale.KindOpening:
		f.open(t, s, &l.Record, pos)
	case sale.KindState:
		f.restore(t, s, &l.Record, pos)
	default:
		f.step(t, s, &l.Record, pos)
	}
}

// state is a product's table, and the state that the stretch works on.
func (f *refold) state(product string) (*table, *sale.State) {
	t := f.tables[product]
	if t == nil {
		t = newTable(sale.Product{ID: product, Partition: f.partition})
		f.tables[product] = t
	}
	s := f.states[product]
	if s == nil {
		s = sale.NewState(t.product)
		f.states[product] = s
	}
	return t, s
}

// open folds an opening. It asks for what is held over the whole table, and may
// wipe it, so what came before is kept first.
func (f *refold) open(t *table, s *sale.State, r *sale.Record, pos sale.Position) {
	f.keep(t, s)
	fresh := sale.NewState(t.product)
	fresh.Owes = f.money[t.product.ID].owes()
	if r.Terms.LimitPerUser < t.product.Terms.LimitPerUser {
		fresh.MostHeld = t.mostHeld()
	}
	f.opening(t, r, pos, f.rules(fresh, *r, pos, anyTime))
	f.keep(t, fresh)
	f.states[t.product.ID] = sale.NewState(t.product)
}

// restore folds a chunk of the state that the log begins with.
func (f *refold) restore(t *table, s *sale.State, r *sale.Record, pos sale.Position) {
	for i := range r.Chunk.Payments {
		f.loadPayment(s, r.Chunk.Payments[i].ID)
	}
	for _, o := range r.Chunk.Orders {
		t.load(s, o.ID)
	}
	if f.rules(s, *r, pos, anyTime) != sale.Applied {
		f.find(chunkOutOfOrder, r.ProductID, at(pos), Number{"chunk", r.Chunk.Number})
		s.DeadLetter()
		return
	}
	if len(r.Chunk.Payments) > 0 {
		return
	}
	t.opened = epochs{s.Product.Epoch, s.Product.Nonce}
}

// step folds any other record and judges the step that it made.
func (f *refold) step(t *table, s *sale.State, r *sale.Record, pos sale.Position) {
	if r.Kind == sale.KindRefundDue || r.Kind == sale.KindRefunded {
		f.loadPayment(s, r.PaymentID)
		f.rules(s, *r, pos, anyTime)
		return
	}
	t.load(s, r.OrderID)
	f.loadPayments(t, s, r)
	if r.Kind == sale.KindOrder {
		t.loadUser(s, r.UserID)
	}
	before := status(s, r.OrderID)
	outcome := f.rules(s, *r, pos, anyTime)
	after := status(s, r.OrderID)
	if m := s.Payment(r.PaymentID); m != nil && m.WasLate { // what it asks for may follow in the same stretch
		f.late[m.LateID] = m.ID
	}
	_, late := f.late[r.OrderID]
	if !legal(r.Kind, r.PaymentID != "" || late && r.Kind == sale.KindOrder, outcome, before, after) {
		f.find(illegalStep.of(r.Kind, outcome, word(before), word(after)), r.ProductID, at(pos))
	}
	if outcome != sale.Applied || after == before {
		return
	}
	f.inEpoch(t, r, s.Order(r.OrderID), pos)
	if p := &s.Product; p.Held > p.Terms.Quantity {
		f.find(heldAbove, p.ID, at(pos), Number{"held", p.Held}, Number{"quantity", p.Terms.Quantity})
	}
}

// status is "" if s knows no such order.
func status(s *sale.State, id sale.OrderID) sale.Status {
	if o := s.Order(id); o != nil {
		return o.Status
	}
	return ""
}
