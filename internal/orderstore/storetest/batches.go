package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// applyLarge has more of everything than fits into one statement of any keeper.
func applyLarge(w *world) {
	const n = 3456
	w.feed(0, opening("a", 1, withWindow(n/2, 2)), opening("b", 1, withWindow(n, 2)))
	var records []sale.Record
	for i := range n {
		user := fmt.Sprintf("u%d", i/2)
		records = append(records, buy("a", 1, i+1, user), buy("b", 1, n+i+1, user))
	}
	w.feed(0, records...)
	w.check()
	records = records[:n]
	for i := range n {
		records = append(records, end([]sale.Kind{sale.KindPay, sale.KindCancel, sale.KindExpire}[i%3], "b", n+i+1))
	}
	w.feed(0, records...) // half of it known, half of it ending
	w.check()
}

// applyHistories folds random records, cut into batches at random, so that the
// same orders are met in partly filled states of every kind.
func applyHistories(w *world) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 0))
		product := fmt.Sprintf("p%d", seed)
		var epoch int64
		for range 60 {
			var batch []sale.Record
			if epoch == 0 || r.IntN(6) == 0 {
				epoch++
				batch = append(batch, randomOpening(r, product, epoch))
			}
			for range 1 + r.IntN(12) {
				batch = append(batch, randomRecord(r, product, epoch, int(seed)*1000))
			}
			w.apply(0, batch, keepTime)
		}
		w.check()
	}
}

func randomOpening(r *rand.Rand, product string, epoch int64) sale.Record {
	o := opening(product, epoch, withWindow(int64(1+r.IntN(12)), 1+r.IntN(3)))
	o.Terms.Closed = r.IntN(3) == 0
	o.Deleted = r.IntN(3) == 0
	o.By = randomName(r)
	o.Terms.Price.Amount = 500
	return o
}

func randomRecord(r *rand.Rand, product string, epoch int64, base int) sale.Record {
	if r.IntN(2) == 0 {
		return randomPayment(r, product, epoch, base)
	}
	n := base + r.IntN(40)
	switch r.IntN(6) {
	case 0:
		return by(randomName(r), pay(product, n))
	case 1:
		return by(randomName(r), cancel(product, n))
	case 2:
		return expire(product, n)
	}
	return buy(product, epoch-int64(r.IntN(2)), n+1, fmt.Sprintf("u%d", n%7))
}

// randomName is of an operator, or of nobody.
func randomName(r *rand.Rand) string { return []string{"", "ann", "bob"}[r.IntN(3)] }

// applyEndedContext: an Apply that fails has done nothing, or all; the mark tells.
func applyEndedContext(w *world) {
	w.feed(0, opening("a", 1, withWindow(9, 1)))
	records := []sale.Record{buy("a", 1, 1, "u1")}
	b := w.batch(0, records)
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	w.refused("Apply under a context that has ended", w.Keeper.Apply(ctx, b, folding(b, records...)), sale.ErrUnavailable)
	w.check()

	ctx, cancel = context.WithCancel(w.ctx)
	defer cancel()
	var at time.Time
	err := w.Keeper.Apply(ctx, b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		at = now
		cancel()
		return folding(b, records...)(now, states)
	})
	if err != nil {
		w.refused("Apply whose context ends meanwhile", err, sale.ErrUnavailable)
	}
	if must[orderstore.Mark](w)(w.Keeper.Mark(w.ctx, 0)) == b.To {
		w.follow(b, records, at)
		w.marks[0] = b.To
	} else if err == nil {
		w.Error("Apply returned nil, and its mark has not moved")
	}
	w.check()
}
