package storetest

import (
	"maps"
	"math"
	"slices"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// feed gives records to the keeper as a projector does: in batches that an
// opening always begins. It returns what became of each.
func (w *world) feed(partition int32, records ...sale.Record) (outcomes []sale.Outcome) {
	w.Helper()
	for len(records) > 0 {
		n := 1
		for n < len(records) && records[n].Kind != sale.KindOpening {
			n++
		}
		outcomes = append(outcomes, w.apply(partition, records[:n], keepTime)...)
		records = records[n:]
	}
	return outcomes
}

func keepTime(now time.Time) time.Time { return now }

// apply gives one batch to the keeper, with its clock changed by shift, and the
// same records to the whole fold.
func (w *world) apply(partition int32, records []sale.Record, shift func(time.Time) time.Time) []sale.Outcome {
	w.Helper()
	b := w.batch(partition, records)
	var outcomes []sale.Outcome
	var at time.Time
	err := w.Keeper.Apply(w.ctx, b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		at = shift(now)
		outcomes = fold(b, records, at, states)
		return nil
	})
	if err != nil {
		w.Fatalf("Apply: %v", err)
	}
	if expected := w.follow(b, records, at); !slices.Equal(outcomes, expected) {
		w.Fatalf("records had the outcomes %v, the whole fold says %v", outcomes, expected)
	}
	w.marks[partition] = b.To
	return outcomes
}

// batch is records as the next batch of a partition.
func (w *world) batch(partition int32, records []sale.Record) orderstore.Batch {
	from := w.marks[partition]
	next := from.Next + int64(len(records))
	to := orderstore.Mark{Next: next, Sum: math.MaxUint32 - uint32(next), Source: source}
	return orderstore.Batch{Partition: partition, From: from, To: to, Concerns: concerns(records)}
}

// concerns is what the fold needs to see for records: of an order its id and its
// user, of what ends an order its id, of an opening who holds most.
func concerns(records []sale.Record) []orderstore.Concern {
	of := map[string]*orderstore.Concern{}
	for _, r := range records {
		c := of[r.ProductID]
		if c == nil {
			c = &orderstore.Concern{Product: r.ProductID}
			of[r.ProductID] = c
		}
		switch r.Kind {
		case sale.KindOpening:
			c.MostHeld = true
		case sale.KindOrder:
			c.Orders, c.Users = append(c.Orders, r.OrderID), append(c.Users, r.UserID)
		case sale.KindRefundDue, sale.KindRefunded:
			c.Payments = append(c.Payments, r.PaymentID)
		default:
			if r.PaymentID != "" {
				c.Payments = append(c.Payments, r.PaymentID)
			}
			c.Orders = append(c.Orders, r.OrderID)
		}
	}
	var all []orderstore.Concern
	for _, product := range slices.Sorted(maps.Keys(of)) {
		all = append(all, *of[product])
	}
	return all
}

// fold lets records work on the states of their batch.
func fold(b orderstore.Batch, records []sale.Record, now time.Time, states []*sale.State) []sale.Outcome {
	of := map[string]*sale.State{}
	for i, c := range b.Concerns {
		of[c.Product] = states[i]
	}
	outcomes := make([]sale.Outcome, len(records))
	for i, r := range records {
		outcomes[i] = sale.Fold(of[r.ProductID], r, sale.Position{Partition: b.Partition, Offset: b.From.Next + int64(i)}, now)
	}
	return outcomes
}

// follow does to the whole fold what the keeper was asked to do.
func (w *world) follow(b orderstore.Batch, records []sale.Record, now time.Time) []sale.Outcome {
	states := make([]*sale.State, len(b.Concerns))
	for i, c := range b.Concerns {
		if w.full[c.Product] == nil {
			w.full[c.Product] = &whole{State: sale.NewState(sale.Product{ID: c.Product, Partition: b.Partition})}
		}
		states[i] = w.full[c.Product].State
		for _, id := range c.Orders {
			for _, other := range w.full {
				if o := other.Order(id); o != nil {
					states[i].Add(*o)
				}
			}
		}
	}
	outcomes := fold(b, records, now, states)
	for _, c := range b.Concerns {
		w.full[c.Product].keepReturns()
	}
	return outcomes
}

func (p *whole) keepReturns() {
	if p.Wiped() {
		p.returns = nil
	}
	p.returns = append(p.returns, p.Returns()...)
	p.history = append(p.history, p.History()...)
	p.ForgetChanges()
}

// orders are all orders of the whole fold, by number, rejected ones first.
func (p *whole) orders() []sale.Order {
	var all []sale.Order
	p.Orders(func(o *sale.Order) { all = append(all, *o) })
	slices.SortFunc(all, func(a, b sale.Order) int {
		if a.Number != b.Number {
			return int(a.Number - b.Number)
		}
		return int(a.Position.Offset - b.Position.Offset)
	})
	return all
}
