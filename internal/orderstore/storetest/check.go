package storetest

import (
	"errors"
	"maps"
	"slices"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// check compares all that the keeper shows with what it must hold.
func (w *world) check() {
	w.Helper()
	if err := w.Keeper.Audit(w.ctx, func(s orderstore.Snapshot) error { w.compare(s); return nil }); err != nil {
		w.Fatalf("Audit: %v", err)
	}
}

func (w *world) compare(s orderstore.Snapshot) {
	w.Helper()
	marks, err := s.Marks()
	if err != nil || !maps.Equal(marks, w.marks) {
		w.Errorf("marks %v, %v; not %v", marks, err, w.marks)
	}
	products, err := s.Products()
	equal(w, "products", products, w.products(), err)
	for _, p := range w.products() {
		orders, err := ordersOf(s, p.ID)
		equal(w, "orders of "+p.ID, orders, w.full[p.ID].orders(), err)
		var returns []sale.Return
		err = s.Returns(p.ID, func(r sale.Return) error { returns = append(returns, r); return nil })
		equal(w, "returns of "+p.ID, returns, w.full[p.ID].returns, err)
		var history []sale.HistoryEntry
		err = s.History(p.ID, func(e sale.HistoryEntry) error { history = append(history, e); return nil })
		equal(w, "history of "+p.ID, history, w.full[p.ID].history, err)
	}
	w.comparePayments(s)
	letters, err := s.DeadLetters()
	if err != nil || !slices.EqualFunc(letters, w.dead, sameLetter) {
		w.Errorf("dead letters %v, %v; not %v", letters, err, w.dead)
	}
}

func sameLetter(a, b orderstore.DeadLetter) bool {
	return a.Position == b.Position && a.Product == b.Product && a.Reason == b.Reason && string(a.Raw) == string(b.Raw)
}

// products are those that had an opening, by id: nothing else leaves a trace.
func (w *world) products() []sale.Product {
	var all []sale.Product
	for _, id := range slices.Sorted(maps.Keys(w.full)) {
		if p := w.full[id].Product; p.Epoch > 0 {
			all = append(all, p)
		}
	}
	return all
}

// listed is those of them that are deleted, or are not.
func (w *world) listed(deleted bool) []sale.Product {
	return slices.DeleteFunc(w.products(), func(p sale.Product) bool { return p.Deleted != deleted })
}

func ordersOf(s orderstore.Snapshot, product string) (orders []sale.Order, err error) {
	err = s.Orders(product, func(o sale.Order) error { orders = append(orders, o); return nil })
	return orders, err
}

// equal compares two lists, and names the first place where they differ.
func equal[T comparable](w *world, what string, got, want []T, err error) {
	w.Helper()
	if err != nil {
		w.Fatalf("%s: %v", what, err)
	}
	if len(got) != len(want) {
		w.Errorf("%s: %d, not %d", what, len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			w.Errorf("%s: at %d\n\t%+v, not\n\t%+v", what, i, got[i], want[i])
			return
		}
	}
}

// refused demands an error of this kind.
func (w *world) refused(what string, err, kind error) {
	w.Helper()
	if !errors.Is(err, kind) {
		w.Errorf("%s: %v, not %q", what, err, kind)
	}
}

func must[T any](w *world) func(T, error) T {
	return func(v T, err error) T {
		w.Helper()
		if err != nil {
			w.Fatal(err)
		}
		return v
	}
}
