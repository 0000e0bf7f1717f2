package storetest

import (
	"slices"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

func applyNewProduct(w *world) {
	records := []sale.Record{buy("a", 1, 1, "u1"), pay("b", 2)}
	if got := w.feed(4, records...); !slices.Equal(got, []sale.Outcome{sale.Stale, sale.Refused}) {
		w.Errorf("records of products that never were: %v", got)
	}
	w.check() // nothing of them is kept
	w.feed(4, opening("a", 1, withWindow(2, 1)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"))
	w.check()
	if p := w.full["a"].Product; p.Partition != 4 || p.Held != 2 {
		w.Errorf("the product is %+v", p)
	}
}

func applyStates(w *world) {
	w.feed(2, opening("b", 1, withWindow(2, 1)))
	kept := must[sale.Product](w)(w.Keeper.Product(w.ctx, "b"))
	want := []sale.Product{{ID: "a", Partition: 2}, kept, {ID: "c", Partition: 2}}
	b := w.batch(2, []sale.Record{buy("a", 1, 1, "u"), buy("b", 2, 1, "u"), buy("c", 1, 1, "u")})
	err := w.Keeper.Apply(w.ctx, b, func(_ time.Time, states []*sale.State) []orderstore.DeadLetter {
		var got []sale.Product
		for _, s := range states {
			got = append(got, s.Product)
		}
		equal(w, "products of the states", got, want, nil)
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

func applyConcerned(w *world) {
	w.feed(0, opening("a", 1, withWindow(99, 9)), opening("b", 1, withWindow(99, 9)),
		buy("a", 1, 1, "u1"), buy("a", 1, 2, "u1"), buy("a", 1, 3, "u1"), cancel("a", 2), pay("a", 3),
		buy("a", 1, 4, "u2"), buy("a", 1, 5, "u3"), buy("b", 1, 6, "u1"))
	w.look("ids, known, ended and of nobody", orderstore.Concern{Product: "a", Orders: []sale.OrderID{id(2), id(4), id(4), id(99)}}, 2, 4)
	w.look("users, with ended orders, without any", orderstore.Concern{Product: "a", Users: []string{userID("u1"), userID("u9"), userID("u1")}}, 1, 3)
	w.look("both, overlapping", orderstore.Concern{Product: "a", Orders: []sale.OrderID{id(1), id(2)}, Users: []string{userID("u1"), userID("u3")}}, 1, 2, 3, 5)
	w.look("of another product", orderstore.Concern{Product: "b", Orders: []sale.OrderID{id(1)}, Users: []string{userID("u2")}})
	w.look("nothing", orderstore.Concern{Product: "a"})
}

// look demands that a state filled for c knows exactly these orders, as they are kept.
func (w *world) look(what string, c orderstore.Concern, numbers ...int) {
	w.Helper()
	var want, got []sale.Order
	for _, n := range numbers {
		want = append(want, *w.full[c.Product].Order(id(n)))
	}
	b := w.batch(0, nil)
	b.Concerns = []orderstore.Concern{c}
	err := w.Keeper.Apply(w.ctx, b, func(_ time.Time, states []*sale.State) []orderstore.DeadLetter {
		got = (&whole{State: states[0]}).orders()
		return nil
	})
	equal(w, what, got, want, err)
}

func applyMostHeld(w *world) {
	w.feed(0, opening("a", 1, withWindow(99, 3)), opening("b", 1, withWindow(99, 1)), opening("c", 1, withWindow(99, 1)),
		buy("b", 1, 9, "u1"), // of another product
		buy("a", 1, 1, "u1"), buy("a", 1, 2, "u1"), buy("a", 1, 3, "u1"),
		buy("a", 1, 4, "u2"), buy("a", 1, 5, "u2"), cancel("a", 2), pay("a", 3), cancel("a", 4))
	for product, want := range map[string]int{"a": 2, "b": 1, "c": 0} {
		b := w.batch(0, nil)
		b.Concerns = []orderstore.Concern{{Product: product, MostHeld: true}}
		err := w.Keeper.Apply(w.ctx, b, func(_ time.Time, states []*sale.State) []orderstore.DeadLetter {
			if states[0].MostHeld != want {
				w.Errorf("MostHeld of %s: %d, not %d", product, states[0].MostHeld, want)
			}
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
	}
	got := w.feed(0, opening("a", 2, withWindow(99, 1)), opening("a", 3, withWindow(99, 2)), opening("b", 2, withWindow(99, 1)))
	if !slices.Equal(got, []sale.Outcome{sale.Refused, sale.Applied, sale.Applied}) {
		w.Errorf("openings that lower the limit: %v", got)
	}
	w.check()
}

func applyTimes(w *world) {
	terms := withWindow(9, 1)
	terms.OpensAt = time.Date(2026, 11, 11, 20, 0, 0, 1e6, time.UTC)
	terms.ClosesAt = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)
	terms.PaymentWindow = time.Hour + time.Millisecond
	w.feed(0, opening("a", 1, terms))
	w.apply(0, []sale.Record{buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), cancel("a", 2)}, func(now time.Time) time.Time {
		if now.Location() != time.UTC || now != now.Truncate(time.Millisecond) {
			w.Errorf("the store's time is %v, not UTC to the millisecond", now)
		}
		return now
	})
	w.check()
}
