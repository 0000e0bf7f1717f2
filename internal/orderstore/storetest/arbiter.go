package storetest

import (
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// tampered applies records with a fold gone wrong, and demands that the keeper's
// own constraints stop it, before anything has changed.
func (w *world) tampered(what string, records []sale.Record, tamper func(states []*sale.State)) {
	w.Helper()
	b := w.batch(0, records)
	called := false
	err := w.Keeper.Apply(w.ctx, b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		called = true
		fold(b, records, now, states)
		tamper(states)
		return []orderstore.DeadLetter{{Position: sale.Position{Offset: b.From.Next}, Reason: "must not be kept"}}
	})
	if !called {
		w.Errorf("%s: the fold was not called", what)
	}
	w.refused(what, err, sale.ErrDamaged)
	w.check()
}

func arbiterOversell(w *world) {
	w.feed(0, opening("a", 1, withWindow(2, 1)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"))
	full := withWindow(2, 1)
	sold := buy("a", 1, 3, "u3")
	w.tampered("one more than the quantity", []sale.Record{sold}, func(states []*sale.State) {
		p := &states[0].Product
		p.Terms.Quantity = 3
		sale.Fold(states[0], buy("a", 1, 4, "u4"), sale.Position{Offset: 99}, written)
		p.Terms = full
	})
	w.tampered("a quantity below what is held", idle("a"), func(states []*sale.State) { states[0].Product.Terms.Quantity = 1 })
	w.tampered("less than nothing held", idle("a"), func(states []*sale.State) {
		states[0].Product.Held, states[0].Product.Placed = -1, -1
	})
}

// idle is a record that concerns a product and changes nothing.
func idle(product string) []sale.Record { return []sale.Record{cancel(product, 999)} }

func arbiterSlot(w *world) {
	w.feed(0, opening("a", 1, withWindow(9, 2)), opening("b", 1, withWindow(9, 2)), buy("a", 1, 1, "u1"), buy("b", 1, 9, "u1"))
	w.tampered("a slot that a kept order has", []sale.Record{buy("a", 1, 2, "u1")}, func(states []*sale.State) {
		states[0].Order(id(2)).Slot = 1
	})
	w.tampered("a slot twice in one batch", []sale.Record{buy("a", 1, 3, "u2"), buy("a", 1, 4, "u2")}, func(states []*sale.State) {
		states[0].Order(id(4)).Slot = 1
	})
	w.feed(0, pay("a", 1))
	w.tampered("a slot that a paid order has", []sale.Record{buy("a", 1, 5, "u1")}, func(states []*sale.State) {
		states[0].Order(id(5)).Slot = 1
	})
}

func arbiterOrder(w *world) {
	w.feed(0, opening("a", 1, withWindow(9, 1)), opening("b", 1, withWindow(9, 1)), buy("a", 1, 1, "u1"))
	w.tampered("the id of another product's order", []sale.Record{buy("b", 1, 1, "u2")}, func(states []*sale.State) {
		states[0].ForgetChanges() // it forgets whose the id is
		sale.Fold(states[0], buy("b", 1, 1, "u2"), sale.Position{Offset: 99}, written)
	})
	w.tampered("an id in two products of one batch", []sale.Record{buy("a", 1, 2, "u2"), buy("b", 1, 2, "u2")}, func([]*sale.State) {})
}
