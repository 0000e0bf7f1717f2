package storetest

import (
	"errors"
	"fmt"
	"sync"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

func returnsAbove(w *world) {
	w.feed(0, opening("a", 1, withWindow(99, 99)), opening("b", 1, withWindow(99, 9)), buy("b", 1, 99, "u"), cancel("b", 99))
	for n := range 5 {
		w.feed(0, buy("a", 1, n+1, "u"), cancel("a", n+1))
	}
	w.feed(0, opening("a", 2, withWindow(99, 99)))
	for _, c := range []struct{ after, max, want int }{{0, 9, 5}, {0, 2, 2}, {3, 9, 2}, {3, 1, 1}, {5, 9, 0}, {9, 9, 0}} {
		epoch, got, err := w.Keeper.ReturnsAbove(w.ctx, "a", int64(c.after), c.max)
		want := w.full["a"].returns[min(c.after, 5):min(c.after+c.want, 5)]
		if equal(w, fmt.Sprintf("returns above %d", c.after), got, want, err); epoch != 2 {
			w.Errorf("epoch %d, not 2", epoch)
		}
	}
	_, _, err := w.Keeper.ReturnsAbove(w.ctx, "never", 0, 9)
	w.refused("a product that never was", err, sale.ErrNotFound)
}

// auditInstant changes everything while an audit reads.
func auditInstant(w *world) {
	w.sell("a", 3000)
	err := w.Keeper.Audit(w.ctx, func(s orderstore.Snapshot) error {
		w.compare(s)
		before := w.marks[0]
		var cancelled []sale.Order
		w.feed(0, cancel("a", 3000), opening("b", 1, withWindow(9, 1)), buy("b", 1, 3001, "u1"), opening("a", 2, withWindow(9999, 1)))
		marks, err := s.Marks()
		if err != nil || marks[0] != before {
			w.Errorf("marks moved under an audit: %v, %v", marks, err)
		}
		err = s.Orders("a", func(o sale.Order) error {
			if o.Status != sale.Placed {
				cancelled = append(cancelled, o)
			}
			return nil
		})
		equal(w, "orders that ended under an audit", cancelled, nil, err)
		if products, err := s.Products(); err != nil || len(products) != 1 || products[0].Epoch != 1 {
			w.Errorf("products changed under an audit: %+v, %v", products, err)
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	w.check()
}

func auditErrors(w *world) {
	w.sell("a", 10)
	stop, calls := errors.New("stop"), 0
	err := w.Keeper.Audit(w.ctx, func(s orderstore.Snapshot) error {
		return s.Orders("a", func(sale.Order) error { calls++; return stop })
	})
	if w.refused("an audit that its reader stops", err, stop); calls != 1 {
		w.Errorf("f was called %d times", calls)
	}
	w.check()
}

func reopenKeeps(w *world) {
	w.feed(0, opening("a", 1, withWindow(2, 1)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), buy("a", 1, 3, "u3"), cancel("a", 1))
	w.feed(1, opening("b", 1, withWindow(2, 1)))
	secret := must[[]byte](w)(w.Keeper.Meta(w.ctx, "secret", []byte("first")))
	w.Keeper = w.Reopen()
	w.check()
	if again := must[[]byte](w)(w.Keeper.Meta(w.ctx, "secret", []byte("second"))); string(again) != string(secret) {
		w.Errorf("after a reopening Meta says %q, not %q", again, secret)
	}
	if err := w.Keeper.Passed(w.ctx, sale.Position{Offset: 4}); err != nil {
		w.Errorf("Passed, of what was folded before a reopening: %v", err)
	}
	w.feed(0, buy("a", 1, 4, "u4"), buy("a", 1, 2, "u2"))
	w.feed(1, buy("b", 1, 5, "u1"))
	w.check()
}

// concurrently has readers at work while batches are applied: each sees a product
// whose counts fit its orders.
func concurrently(w *world) {
	w.feed(0, opening("a", 1, withWindow(9999, 1)))
	stop := make(chan struct{})
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for {
				w.glance()
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for batch := range 20 {
		var records []sale.Record
		for i := range 20 {
			n := batch*20 + i + 1
			records = append(records, buy("a", 1, n, fmt.Sprintf("u%d", n)), cancel("a", n-7))
		}
		w.feed(0, records...)
	}
	close(stop)
	all.Wait()
	w.check()
}

func (w *world) glance() {
	var held int64
	p, err := w.Keeper.Snapshot(w.ctx, "a", func(orders []sale.Order) error {
		for _, o := range orders {
			if o.Status.Holds() {
				held++
			}
		}
		return nil
	})
	if err != nil || held != p.Held {
		w.Errorf("a snapshot shows %d of %d held, %v", held, p.Held, err)
	}
	if _, err := w.Keeper.List(w.ctx, orderstore.Query{Product: "a", Newest: true, Limit: 10}); err != nil {
		w.Error(err)
	}
}
