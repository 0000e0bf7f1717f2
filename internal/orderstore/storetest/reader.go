package storetest

import (
	"slices"
	"sync"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

func order(w *world) {
	w.feed(0, opening("a", 1, withWindow(2, 1)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), buy("a", 1, 3, "u3"), cancel("a", 2))
	for n := range 3 {
		got, want := must[sale.Order](w)(w.Keeper.Order(w.ctx, id(n+1))), *w.full["a"].Order(id(n + 1))
		if got != want {
			w.Errorf("order %d: %+v, not %+v", n+1, got, want)
		}
	}
	_, err := w.Keeper.Order(w.ctx, id(4))
	w.refused("an order that never was", err, sale.ErrNotFound)
}

func ordersByID(w *world) {
	w.sell("a", 1000)
	w.feed(0, opening("b", 1, withWindow(1, 1)), buy("b", 1, 1001, "u1"), buy("b", 1, 1002, "u2")) // placed, rejected
	ids := []sale.OrderID{id(5000), id(1001), id(1002)}
	want := []sale.Order{*w.full["b"].Order(id(1002)), *w.full["b"].Order(id(1001))}
	for n := 1000; n > 0; n-- {
		ids = append(ids, id(n), id(n+5000))
		want = append(want, *w.full["a"].Order(id(n)))
	}
	got, err := w.Keeper.OrdersByID(w.ctx, ids)
	byID := func(a, b sale.Order) int { return slices.Compare(a.ID[:], b.ID[:]) }
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	equal(w, "orders", got, want, err)
	got, err = w.Keeper.OrdersByID(w.ctx, nil)
	equal(w, "no orders", got, nil, err)
}

// list demands a page that holds the orders with these numbers.
func (w *world) list(q orderstore.Query, numbers ...int64) {
	w.Helper()
	got, err := w.Keeper.List(w.ctx, q)
	var want []sale.Order
	for _, n := range numbers {
		for _, o := range w.full[q.Product].orders() {
			if o.Number == n {
				want = append(want, o)
			}
		}
	}
	equal(w, "a page", got, want, err)
}

func listPages(w *world) {
	w.feed(0, opening("a", 1, withWindow(5, 9)), opening("b", 1, withWindow(9, 9)))
	for n := range 7 { // the last two are rejected
		w.feed(0, buy("a", 1, n+1, "u1"), buy("b", 1, n+11, "u1"))
	}
	w.feed(0, cancel("a", 2))
	w.list(orderstore.Query{Product: "a", Limit: 100}, 1, 2, 3, 4, 5)
	w.list(orderstore.Query{Product: "a", Limit: 2}, 1, 2)
	w.list(orderstore.Query{Product: "a", Limit: 2, After: 2}, 3, 4)
	w.list(orderstore.Query{Product: "a", Limit: 2, After: 4}, 5)
	w.list(orderstore.Query{Product: "a", Limit: 2, After: 5})
	w.list(orderstore.Query{Product: "a", Limit: 3, Newest: true}, 5, 4, 3)
	w.list(orderstore.Query{Product: "a", Limit: 3, Newest: true, After: 3}, 2, 1)
	w.list(orderstore.Query{Product: "a", Limit: 3, Newest: true, After: 1})
	w.list(orderstore.Query{Product: "a", Limit: 3, Newest: true, After: 99}, 5, 4, 3)
	got, err := w.Keeper.List(w.ctx, orderstore.Query{Product: "never", Limit: 9})
	equal(w, "a page of nothing", got, nil, err)
}

func listByStatus(w *world) {
	w.feed(0, opening("a", 1, withWindow(6, 9)))
	for n := range 7 {
		w.feed(0, buy("a", 1, n+1, "u1"))
	}
	w.feed(0, pay("a", 1), cancel("a", 2), expire("a", 3), cancel("a", 5))
	w.list(orderstore.Query{Product: "a", Status: sale.Placed, Limit: 9}, 4, 6)
	w.list(orderstore.Query{Product: "a", Status: sale.Paid, Limit: 9}, 1)
	w.list(orderstore.Query{Product: "a", Status: sale.Cancelled, Limit: 9}, 2, 5)
	w.list(orderstore.Query{Product: "a", Status: sale.Cancelled, Limit: 1, After: 2}, 5)
	w.list(orderstore.Query{Product: "a", Status: sale.Cancelled, Limit: 9, Newest: true}, 5, 2)
	w.list(orderstore.Query{Product: "a", Status: sale.Expired, Limit: 9}, 3)
	w.list(orderstore.Query{Product: "a", Status: sale.Rejected, Limit: 9}) // they have no numbers
}

// due: the clock is not the test's, so the orders are given times that no test lives through.
func due(w *world) {
	ago := func(d time.Duration) func(time.Time) time.Time {
		return func(now time.Time) time.Time { return now.Add(-d) }
	}
	w.feed(0, opening("a", 1, withWindow(99, 9)), opening("b", 1, sale.Terms{Quantity: 9, LimitPerUser: 9}))
	w.apply(0, []sale.Record{buy("a", 1, 1, "u1"), buy("b", 1, 9, "u1")}, ago(2*time.Hour)) // that of b is final
	w.apply(0, []sale.Record{buy("a", 1, 2, "u1")}, ago(4*time.Hour))
	w.apply(0, []sale.Record{buy("a", 1, 3, "u1"), buy("a", 1, 4, "u1"), buy("a", 1, 5, "u1")}, ago(3*time.Hour))
	w.feed(0, buy("a", 1, 6, "u1"), pay("a", 3), cancel("a", 4))
	w.due(9, 2, 5, 1)
	w.due(2, 2, 5)
	if elsewhere, err := w.Keeper.Due(w.ctx, 1, 9); err != nil || len(elsewhere) > 0 {
		w.Errorf("orders that are due in another partition: %v, %v", elsewhere, err)
	}
	w.feed(0, expire("a", 2))
	w.due(9, 5, 1)
}

func (w *world) due(max int, numbers ...int) {
	w.Helper()
	got, err := w.Keeper.Due(w.ctx, 0, max)
	var want []sale.Order
	for _, n := range numbers {
		want = append(want, *w.full["a"].Order(id(n)))
	}
	equal(w, "orders that are due", got, want, err)
}

func metaFirst(w *world) {
	if v, err := w.Keeper.Meta(w.ctx, "secret", nil); v != nil || err != nil {
		w.Errorf("Meta, asked before anything was kept: %q, %v", v, err)
	}
	var all sync.WaitGroup
	got := make([]string, 8)
	for i := range got {
		all.Go(func() {
			v, err := w.Keeper.Meta(w.ctx, "secret", []byte{0, byte(i)})
			if got[i] = string(v); err != nil {
				w.Error(err)
			}
		})
	}
	all.Wait()
	if len(got[0]) != 2 || len(slices.Compact(got)) != 1 {
		w.Errorf("Meta gave %q to those who asked at once", got)
	}
	other := must[[]byte](w)(w.Keeper.Meta(w.ctx, "other", []byte("o")))
	again := must[[]byte](w)(w.Keeper.Meta(w.ctx, "secret", []byte("late")))
	if string(other) != "o" || string(again) != got[0] {
		w.Errorf("Meta says %q and %q", other, again)
	}
}
