package storetest

import (
	"errors"
	"sync"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

func markOfNew(w *world) {
	for _, partition := range []int32{0, 11} {
		if m := must[orderstore.Mark](w)(w.Keeper.Mark(w.ctx, partition)); m != (orderstore.Mark{}) {
			w.Errorf("mark of partition %d, which never was: %v", partition, m)
		}
	}
}

func markMoves(w *world) {
	w.feed(0, opening("a", 1, withWindow(9, 1)), buy("a", 1, 1, "u1"))
	w.feed(3, opening("b", 1, withWindow(9, 1)))
	w.feed(0, buy("a", 1, 2, "u2"))
	for partition, want := range w.marks {
		if m := must[orderstore.Mark](w)(w.Keeper.Mark(w.ctx, partition)); m != want {
			w.Errorf("mark of partition %d: %v, not %v", partition, m, want)
		}
	}
	elected := w.marks[0]
	elected.Next, elected.Source.Leader = elected.Next+1, elected.Source.Leader+1
	err := w.Keeper.Apply(w.ctx, orderstore.Batch{From: w.marks[0], To: elected}, nothing)
	if err != nil {
		w.Fatal(err)
	}
	w.marks[0] = elected
	w.check()
}

// nothing is a fold that does nothing.
func nothing(time.Time, []*sale.State) []orderstore.DeadLetter { return nil }

func markCompares(w *world) {
	w.feed(0, opening("a", 1, withWindow(9, 1)))
	here := w.marks[0]
	for what, from := range map[string]orderstore.Mark{
		"before":          {Next: here.Next - 1, Sum: here.Sum, Source: here.Source},
		"beyond":          {Next: here.Next + 1, Sum: here.Sum, Source: here.Source},
		"another record":  {Next: here.Next, Sum: here.Sum - 1, Source: here.Source},
		"as if never":     {},
		"another cluster": {Next: here.Next, Sum: here.Sum, Source: orderlog.Source{Cluster: "other", Topic: source.Topic, Leader: source.Leader}},
		"another topic":   {Next: here.Next, Sum: here.Sum, Source: orderlog.Source{Cluster: source.Cluster, Topic: "other", Leader: source.Leader}},
		"another leader":  {Next: here.Next, Sum: here.Sum, Source: orderlog.Source{Cluster: source.Cluster, Topic: source.Topic, Leader: source.Leader - 1}},
	} {
		b := w.batch(0, []sale.Record{buy("a", 1, 1, "u1")})
		b.From = from
		w.refused(what, w.Keeper.Apply(w.ctx, b, folding(b, buy("a", 1, 1, "u1"))), sale.ErrMoved)
	}
	b := w.batch(5, []sale.Record{opening("b", 1, withWindow(9, 1))})
	b.From.Next = 1
	w.refused("of a partition that never was", w.Keeper.Apply(w.ctx, b, folding(b, opening("b", 1, withWindow(9, 1)))), sale.ErrMoved)
	w.check()
}

// folding is a fold of records that leaves the whole fold as it is.
func folding(b orderstore.Batch, records ...sale.Record) func(time.Time, []*sale.State) []orderstore.DeadLetter {
	return func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		fold(b, records, now, states)
		return nil
	}
}

// markRace has several projectors, each sure that it is the only one.
func markRace(w *world) {
	w.feed(0, opening("a", 1, withWindow(99, 1)))
	records := []sale.Record{buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2")}
	b := w.batch(0, records)
	var all sync.WaitGroup
	errs := make(chan error, 8)
	won := make(chan time.Time, cap(errs))
	for range cap(errs) {
		all.Go(func() {
			var at time.Time
			err := w.Keeper.Apply(w.ctx, b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
				at = now
				return folding(b, records...)(now, states)
			})
			if errs <- err; err == nil {
				won <- at
			}
		})
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil && !errors.Is(err, sale.ErrMoved) {
			w.Errorf("the loser of a race: %v, not %q", err, sale.ErrMoved)
		}
	}
	if len(won) != 1 {
		w.Fatalf("%d of %d projectors moved the same mark", len(won), cap(errs))
	}
	w.follow(b, records, <-won)
	w.marks[0] = b.To
	w.check()
}
