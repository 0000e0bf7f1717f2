package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"seckill/internal/sale"
)

func product(w *world) {
	w.feed(0, opening("b", 1, withWindow(9, 1)), opening("a", 1, withWindow(9, 1)), opening("A", 1, withWindow(9, 1)), deletion("a", 2))
	for id, p := range w.full {
		if got := must[sale.Product](w)(w.Keeper.Product(w.ctx, id)); got != p.Product {
			w.Errorf("product %s: %+v, not %+v", id, got, p.Product)
		}
	}
	got, err := w.Keeper.Products(w.ctx, false)
	equal(w, "products", got, w.listed(false), err)
	tombs, err := w.Keeper.Products(w.ctx, true)
	equal(w, "tombstones", tombs, w.listed(true), err)
	again := must[[]sale.Product](w)(w.Keeper.Products(w.ctx, false))
	w.feed(0, opening("b", 2, withWindow(8, 1)), opening("c", 1, withWindow(9, 1)))
	equal(w, "the list from before", again, got, nil) // whoever reads it is not disturbed
	got, err = w.Keeper.Products(w.ctx, false)
	equal(w, "products, one changed and one new", got, w.listed(false), err)
	_, err = w.Keeper.Product(w.ctx, "d")
	w.refused("a product that never was", err, sale.ErrNotFound)
}

// opened is what a gate is told of an order.
type opened struct {
	id     sale.OrderID
	user   string
	status sale.Status
}

// snapshot compares what a gate would open with to what the keeper holds.
func (w *world) snapshot(product string) {
	w.Helper()
	var got, want []opened
	p, err := w.Keeper.Snapshot(w.ctx, product, func(orders []sale.Order) error {
		for _, o := range orders {
			got = append(got, opened{o.ID, o.UserID, o.Status})
		}
		return nil
	})
	if err == nil && p != w.full[product].Product {
		w.Errorf("the product of a snapshot: %+v, not %+v", p, w.full[product].Product)
	}
	for _, o := range w.full[product].orders() {
		if o.Status != sale.Rejected {
			want = append(want, opened{o.ID, o.UserID, o.Status})
		}
	}
	byID := func(a, b opened) int { return slices.Compare(a.id[:], b.id[:]) }
	slices.SortFunc(got, byID)
	slices.SortFunc(want, byID)
	equal(w, "snapshot of "+product, got, want, err)
}

func snapshotAll(w *world) {
	w.feed(0, opening("a", 1, withWindow(3, 1)), opening("b", 1, withWindow(3, 1)), opening("c", 1, withWindow(3, 1)),
		buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), buy("a", 1, 3, "u3"), buy("a", 1, 4, "u4"), buy("b", 1, 5, "u1"),
		pay("a", 1), cancel("a", 2), expire("a", 3))
	w.snapshot("a")
	w.snapshot("b")
	w.snapshot("c")
	_, err := w.Keeper.Snapshot(w.ctx, "d", func([]sale.Order) error { return nil })
	w.refused("a product that never was", err, sale.ErrNotFound)
}

func snapshotChunks(w *world) {
	w.sell("a", 5000)
	w.snapshot("a")
	stop, calls := errors.New("stop"), 0
	_, err := w.Keeper.Snapshot(w.ctx, "a", func(orders []sale.Order) error {
		if calls++; len(orders) == 5000 {
			w.Error("all the orders in one chunk")
		}
		return stop
	})
	if w.refused("a snapshot that its reader stops", err, stop); calls != 1 {
		w.Errorf("f was called %d times", calls)
	}
	w.feed(0, buy("a", 1, 5001, "after")) // whatever the snapshot held is free again
	w.check()
}

// sell puts a product on sale and sells n of its units.
func (w *world) sell(product string, n int) {
	w.Helper()
	records := []sale.Record{opening(product, 1, withWindow(int64(n)+99, 1))}
	for i := range n {
		records = append(records, buy(product, 1, i+1, fmt.Sprintf("u%d", i)))
	}
	w.feed(0, records...)
}

// snapshotInstant changes the product while its snapshot is read.
func snapshotInstant(w *world) {
	w.sell("a", 5000)
	before, seen, moved := w.full["a"].Product, 0, false
	p, err := w.Keeper.Snapshot(w.ctx, "a", func(orders []sale.Order) error {
		for _, o := range orders {
			if seen++; o.Status != sale.Placed {
				w.Errorf("order %v is %s in a snapshot of before that", o.ID, o.Status)
			}
		}
		if !moved {
			w.feed(0, cancel("a", 5000), buy("a", 1, 5001, "later"))
			moved = true
		}
		return nil
	})
	if err != nil || p != before || seen != 5000 {
		w.Errorf("a snapshot shows %d orders and %+v, %v", seen, p, err)
	}
	w.snapshot("a")
}

func passedWaits(w *world) {
	at := func(partition int32, offset int64) sale.Position {
		return sale.Position{Partition: partition, Offset: offset}
	}
	w.feed(0, opening("a", 1, withWindow(9, 1)))
	if err := w.Keeper.Passed(w.ctx, at(0, 0)); err != nil {
		w.Fatal(err)
	}
	done := make(chan error)
	for _, p := range []sale.Position{at(0, 1), at(0, 2), at(6, 0)} {
		go func() { done <- w.Keeper.Passed(w.ctx, p) }()
	}
	w.feed(6, opening("b", 1, withWindow(9, 1)))
	w.passed(done)
	w.feed(0, buy("a", 1, 1, "u1"))
	w.passed(done)
	select {
	case err := <-done:
		w.Errorf("a position that is not folded has passed (%v)", err)
	default:
	}
	w.feed(0, buy("a", 1, 2, "u2"))
	w.passed(done)
}

func (w *world) passed(done chan error) {
	w.Helper()
	if err := <-done; err != nil {
		w.Errorf("Passed: %v", err)
	}
}

func passedContext(w *world) {
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan error)
	go func() { done <- w.Keeper.Passed(ctx, sale.Position{Offset: 7}) }()
	cancel()
	w.refused("Passed", <-done, context.Canceled)
	if err := w.Keeper.Passed(ctx, sale.Position{Offset: 7}); err == nil {
		w.Error("Passed under a context that has ended, of what has not passed, says it has")
	}
}
