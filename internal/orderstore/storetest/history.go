package storetest

import (
	"fmt"
	"slices"

	"seckill/internal/sale"
)

// by is a record that an operator caused.
func by(name string, r sale.Record) sale.Record {
	r.By = name
	return r
}

// operated has operators do all that they may, in two lives of a product.
func (w *world) operated() {
	w.Helper()
	closed := withWindow(9, 1)
	closed.Closed, closed.Name = true, `Schön & "gut" <🎉>`
	w.feed(0, by("ann", opening("a", 1, withWindow(9, 1))), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), buy("a", 1, 3, "u3"),
		by("till", pay("a", 1)), cancel("a", 2), by("bob", cancel("a", 3)), by("bob", opening("a", 2, closed)),
		by("ann", deletion("a", 3)), by("ann", opening("a", 4, withWindow(2, 1))), buy("a", 4, 1, "u1"), by("till", pay("a", 1)))
	w.feed(0, by("ann", opening("b", 1, withWindow(1, 1))))
}

func (w *world) page(product string, before int64, max int, want []sale.HistoryEntry) {
	w.Helper()
	got, err := w.Keeper.History(w.ctx, sale.HistoryQuery{Product: product, Before: before, Limit: max})
	equal(w, "a page of the history", got, want, err)
}

// A history is there by pages, the newest first, and outlives the product.
func historyPages(w *world) {
	w.operated()
	w.check()
	all := slices.Clone(w.full["a"].history)
	if len(all) != 7 || all[4].What != sale.DeedDelete {
		w.Fatalf("the whole fold has %d entries: %+v", len(all), all)
	}
	slices.Reverse(all)
	w.page("a", 0, 100, all)
	w.page("a", 0, 3, all[:3])
	w.page("a", all[2].Number, 3, all[3:6])
	w.page("a", 1, 3, nil)
	w.page("b", 0, 100, w.full["b"].history)
	w.page("never", 0, 100, nil)
	of := slices.DeleteFunc(slices.Clone(all), func(e sale.HistoryEntry) bool { return e.OrderID != id(1) })
	for q, want := range map[sale.HistoryQuery][]sale.HistoryEntry{
		{Product: "a", Order: id(1), Limit: 9}: of, {Product: "a", Order: id(1), Limit: 1}: of[:1], {Product: "a", Order: id(1), Limit: 9, Before: of[0].Number}: of[1:],
		{Product: "a", Order: id(2), Limit: 9}: nil,
	} {
		got, err := w.Keeper.History(w.ctx, q)
		equal(w, fmt.Sprintf("%+v", q), got, want, err)
	}
	w.Keeper = w.Reopen()
	w.page("a", 0, 100, all)
	w.check()
}

// Tables that are continued keep it; those that are emptied are folded to the same.
func historyRenewed(w *world) {
	w.operated()
	all := slices.Clone(w.full["a"].history)
	slices.Reverse(all)
	to := another(1, 0)
	if err := w.Keeper.Renew(w.ctx, w.marks, to); err != nil {
		w.Fatal(err)
	}
	w.page("a", 0, 100, all)
	if err := w.Keeper.Renew(w.ctx, to, nil); err != nil {
		w.Fatal(err)
	}
	w.page("a", 0, 100, nil)
	clear(w.marks)
	clear(w.full)
	w.operated()
	w.page("a", 0, 100, all)
	w.check()
}
