package verify

import (
	"context"
	"fmt"

	"seckill/internal/sale"
)

// A productAudit judges one product's rows: by themselves, by the log folded again
// if there is a table of it, and by the cut of its gate if there is one.
type productAudit struct {
	*draft
	p     sale.Product
	mark  int64      // of its partition
	table *table     // nil: the log cannot be folded again
	gate  *gateAudit // nil: no gate

	users   *users
	tallies []tally // by user
	rows    sale.Product
	orders  int64
	paid    int64 // returns of orders that keep their unit
	firm    bool  // see Parts
	last    int64 // number
	most    int   // units held by one user
}

// A tally is the units that one user holds.
type tally struct {
	slots [2]uint64 // a bit for each slot, 1 … sale.MaxLimit
	held  int32
}

// product judges one product.
func (of *partitionAudit) product(ctx context.Context, p sale.Product) error {
	a := &productAudit{draft: of.draft, p: p, mark: of.stretch.mark, firm: of.firm, users: &users{}}
	if of.fold != nil {
		if a.table = of.fold.tables[p.ID]; a.table != nil {
			delete(of.fold.tables, p.ID)
			a.users = &a.table.users
			of.paidBy[p.ID] = a.table.paidBy
			a.columns()
		} else {
			of.find(productNotInLog, p.ID, inTable.of("seckill_product"))
		}
	}
	if cut := of.cuts[p.ID]; cut != nil && p.Exists() {
		a.gate = newGateAudit(of.draft, p, cut)
		if err := of.gate.Users(ctx, p.ID, p.Epoch, 0, a.gate.user); err != nil {
			return fmt.Errorf("buyers of the gate of product %s: %w", p.ID, err)
		}
	}
	if err := of.snapshot.Orders(p.ID, func(o sale.Order) error { a.order(&o); of.paidFor(&o); return nil }); err != nil {
		return err
	}
	returns := int64(0)
	if err := of.snapshot.Returns(p.ID, func(r sale.Return) error { returns++; a.returned(returns, &r); return nil }); err != nil {
		return err
	}
	entries := int64(0)
	if err := of.snapshot.History(p.ID, func(e sale.HistoryEntry) error { entries++; a.entry(entries, &e); return nil }); err != nil {
		return err
	}
	a.entries(entries)
	of.r.Products++
	of.r.Orders += a.orders
	a.sum(returns)
	a.openings()
	if a.table != nil {
		a.unseen(returns)
		a.check(foldedAgain, p.ID, Number{"orders", a.orders}, Number{"returns", returns})
	}
	if a.gate != nil {
		a.gate.seqs(of.seqs[p.ID])
		a.gate.units()
		a.gate.itself()
		a.gate.addresses()
	}
	return nil
}

// sum judges what only all rows together tell.
func (a *productAudit) sum(returns int64) {
	p, rows, id := &a.p, &a.rows, a.p.ID
	held := rows.Placed + rows.Paid
	a.decide(heldWithinQuantity, id, inTable.of("seckill_order"), held <= p.Terms.Quantity, Number{"held", held}, Number{"quantity", p.Terms.Quantity})
	a.check(userWithinLimit, id, Number{"held", int64(a.most)}, Number{"limit", int64(p.Terms.LimitPerUser)})
	a.check(slotsOfTheirOwn, id, Number{"held", held})
	a.decide(ordersNumbered, id, inTable.of("seckill_order"), a.last == p.LastNumber, Number{"last", a.last}, Number{"n", p.LastNumber})
	a.decide(returnsNumbered, id, inTable.of("seckill_return"), returns == p.LastReturn, Number{"returns", returns}, Number{"n", p.LastReturn})
	a.decide(countsOfRows, id, inTable.of("seckill_product"),
		p.Held == held && p.Placed == rows.Placed && p.Paid == rows.Paid && p.Cancelled == rows.Cancelled && p.Expired == rows.Expired && p.Rejected == rows.Rejected,
		Number{"held", p.Held}, Number{"rows", held}, Number{"placed", p.Placed}, Number{"rows", rows.Placed},
		Number{"paid", p.Paid}, Number{"rows", rows.Paid}, Number{"cancelled", p.Cancelled}, Number{"rows", rows.Cancelled},
		Number{"expired", p.Expired}, Number{"rows", rows.Expired}, Number{"rejected", p.Rejected}, Number{"rows", rows.Rejected})
	returns -= a.paid
	a.decide(returnedOnce, id, inTable.of("seckill_return"), returns == rows.Cancelled+rows.Expired,
		Number{"returns", returns}, Number{"cancelled", rows.Cancelled}, Number{"expired", rows.Expired})
	if a.firm {
		a.decide(noneRejected, id, inTable.of("seckill_order"), rows.Rejected == 0, Number{"rejected", rows.Rejected})
	}
	a.check(legalSteps, id, Number{"orders", a.orders})
}
