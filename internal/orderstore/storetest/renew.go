package storetest

import (
	"maps"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// another are marks in another log.
func another(next int64, partitions ...int32) map[int32]orderstore.Mark {
	marks := map[int32]orderstore.Mark{}
	for _, p := range partitions {
		marks[p] = orderstore.Mark{Next: next, Sum: 77, Source: orderlog.Source{Cluster: "cluster-2", Topic: "topic-2"}}
	}
	return marks
}

// old fills the tables with all that there may be.
func (w *world) old() {
	w.Helper()
	closed := withWindow(9, 1)
	closed.Closed = true
	w.feed(0, opening("a", 1, withWindow(2, 1)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), buy("a", 1, 3, "u3"), cancel("a", 1), payment("a", 1, 2, 102), payment("a", 2, 1, 102), payment("d", 1, 1, 5))
	w.feed(2, opening("b", 1, closed), deletion("b", 2))
	w.feed(2, opening("c", 1, withWindow(9, 1)), buy("c", 1, 9, "u9"))
	w.applyLetters()
}

func renewMoves(w *world) {
	w.old()
	to := another(1, 0, 2)
	if err := w.Keeper.Renew(w.ctx, w.marks, to); err != nil {
		w.Fatal(err)
	}
	w.marks, w.dead = to, nil
	for _, p := range w.full {
		if !p.Product.Deleted {
			p.Product.Recounts++
		}
		p.Orders(func(o *sale.Order) { o.Position.Offset = -1 })
	}
	w.check()
	w.Keeper = w.Reopen()
	w.check()
	// The new log has other records at the offsets of the old one, also of who is rejected.
	w.feed(0, buy("a", 1, 11, "u11"), buy("a", 1, 12, "u12"), buy("a", 1, 13, "u13"), buy("a", 1, 14, "u14"))
	w.feed(2, opening("b", 3, withWindow(9, 1)), buy("c", 1, 10, "u9"))
	w.applyLetters()
	w.check()
	if err := w.Keeper.Passed(w.ctx, sale.Position{Partition: 0, Offset: 4}); err != nil {
		w.Error(err)
	}
}

func renewCompares(w *world) {
	w.old()
	for what, change := range map[string]func(map[int32]orderstore.Mark){
		"fewer partitions": func(m map[int32]orderstore.Mark) { delete(m, 2) },
		"more partitions":  func(m map[int32]orderstore.Mark) { m[1] = m[0] },
		"another record":   func(m map[int32]orderstore.Mark) { m[0] = another(m[0].Next, 0)[0] },
	} {
		from := maps.Clone(w.marks)
		change(from)
		w.refused(what, w.Keeper.Renew(w.ctx, from, another(1, 0, 2)), sale.ErrMoved)
		w.refused(what, w.Keeper.Renew(w.ctx, from, nil), sale.ErrMoved)
	}
	w.check()
}

func renewEmpties(w *world) {
	w.old()
	secret := must[[]byte](w)(w.Keeper.Meta(w.ctx, "secret", []byte("kept")))
	if err := w.Keeper.Renew(w.ctx, w.marks, nil); err != nil {
		w.Fatal(err)
	}
	w.marks, w.full, w.dead = map[int32]orderstore.Mark{}, map[string]*whole{}, nil
	w.check()
	if again := must[[]byte](w)(w.Keeper.Meta(w.ctx, "secret", []byte("other"))); string(again) != string(secret) {
		w.Errorf("the secret was %q, and is %q", secret, again)
	}
	w.old()
	w.check()
}
