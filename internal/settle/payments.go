package settle

import (
	"context"
	"errors"
	"fmt"

	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// A Desk asks the gate for a unit, as for any buyer: a purchase.Desk.
type Desk interface {
	Buy(ctx, wait context.Context, product string, r purchase.Request) (purchase.Answer, error)
}

// A Gate says what it is and has: a gate.Inspector.
type Gate interface {
	View(ctx context.Context, product string) (gate.View, error)
}

// PaymentParts is what Payments work with, beside a Settler. Every field is needed; the functions are as
// in purchase.Parts.
type PaymentParts struct {
	Desk   Desk
	Gate   Gate
	Secret []byte // of the ids under which late payments ask for a unit
	Spawn  func(work func())
	Await  func(ctx context.Context, done <-chan struct{}) error
	Linger func(done <-chan struct{})
}

// Payments takes what was paid, and looks after what came too late. Its methods are
// safe for concurrent use.
type Payments struct {
	*Settler
	PaymentParts
	turns *purchase.Shared[claim, *turn]
	rows  *purchase.Shared[sale.PaymentKey, map[sale.PaymentKey]sale.Payment]
}

// NewPayments makes Payments of a Settler, whose turns end with ctx.
func NewPayments(ctx context.Context, s *Settler, parts PaymentParts) *Payments {
	p := &Payments{Settler: s, PaymentParts: parts}
	p.turns = purchase.NewShared(ctx, p.take, p.Spawn, p.Await)
	p.rows = purchase.NewShared(ctx, func(ctx context.Context, keys []sale.PaymentKey) (map[sale.PaymentKey]sale.Payment, error) {
		found, err := s.store.PaymentsByID(ctx, keys)
		return byKey(found, (*sale.Payment).Key), err
	}, p.Spawn, p.Await)
	return p
}

// Receive takes a payment, of which product, id, order and what was paid are given, and
// returns it as it stands, with the order that it pays or is for, if there is one; by is the operator who tells
// of it, empty: nobody with a name. The same payment again is as it was. Errors: sale.Invalid if the order is
// another product's, ErrOtherPayment, ErrUnavailable, ErrUnknownOutcome.
func (p *Payments) Receive(ctx context.Context, m sale.Payment, by string) (sale.Payment, sale.Order, error) {
	t, err := p.turns.Ask(ctx, claim{m, by})
	if err != nil {
		return m, sale.Order{}, inTime(ctx, err)
	}
	o := t.orders[m.OrderID]
	var at sale.Position
	if isFor(&m, &o) {
		a := t.appends[o.Position.Partition]
		if err := p.Await(ctx, a.done); err != nil {
			return m, o, unknown(err)
		}
		at, err = a.last, a.err
	} else {
		var partition int32
		if o, partition, err = p.home(ctx, &m); err != nil {
			return m, o, err
		}
		if o.Status != sale.Placed {
			kept, err := p.row(ctx, &m)
			if !errors.Is(err, sale.ErrNotFound) {
				return p.told(ctx, kept, m, o, err)
			}
		}
		at, err = p.keep(ctx, partition, []sale.Record{p.pays(&m, &o, by)})
	}
	if err != nil {
		return m, o, err
	}
	if err := p.store.Passed(ctx, at); err != nil {
		return m, o, unknown(err)
	}
	kept, err := p.row(ctx, &m)
	if errors.Is(err, sale.ErrNotFound) { // what the log has acknowledged it may lose yet
		err = unknown(err)
	}
	crash.At("settle: the store has a payment")
	return p.told(ctx, kept, m, o, err)
}

// told is the answer to m, if the payment that is kept is that one; o is its order as it was before.
func (p *Payments) told(ctx context.Context, kept, m sale.Payment, o sale.Order, err error) (sale.Payment, sale.Order, error) {
	pays := kept.Status == sale.PaymentPaid
	switch {
	case err != nil:
		return kept, o, err
	case kept.OrderID != m.OrderID || kept.Paid != m.Paid:
		return kept, o, fmt.Errorf("%w: %s of product %s", sale.ErrOtherPayment, m.ID, m.ProductID)
	case pays && !kept.WasLate && o.Status == sale.Placed:
		o.Status, o.PaymentID = sale.Paid, kept.ID
		return kept, o, nil
	case pays && kept.WasLate:
		o, err = p.store.Order(ctx, kept.LateID)
	default:
		o, err = p.store.Order(ctx, kept.OrderID)
	}
	if err != nil { // the payment has its trace, whether this can be read or not
		o = sale.Order{}
	}
	return kept, o, nil
}

func unknown(err error) error { return fmt.Errorf("%w: %v", sale.ErrUnknownOutcome, err) }

// inTime is err, which is unknown if ctx was done before: a turn goes on for the others.
func inTime(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return unknown(err)
	}
	return err
}

// pays is the record of a payment for an order, which nobody may know.
func (p *Payments) pays(m *sale.Payment, o *sale.Order, by string) sale.Record {
	return sale.Record{
		Kind: sale.KindPay, ProductID: m.ProductID, Epoch: o.Epoch, OrderID: m.OrderID, PaymentID: m.ID,
		LateID: sale.LateOrderID(p.Secret, m.ProductID, m.ID), Price: m.Paid, By: by, At: p.now(),
	}
}

// row is a payment as the store has it now.
func (p *Payments) row(ctx context.Context, m *sale.Payment) (sale.Payment, error) {
	rows, err := p.rows.Ask(ctx, m.Key())
	if err != nil {
		return sale.Payment{}, inTime(ctx, err)
	}
	kept, known := rows[m.Key()]
	if !known {
		err = fmt.Errorf("%w: payment %s of product %s", sale.ErrNotFound, m.ID, m.ProductID)
	}
	return kept, err
}

// home is the order that a payment is for, and the partition that it belongs to. If nobody
// knows the order, it means none that comes later than the product is now.
func (p *Payments) home(ctx context.Context, m *sale.Payment) (o sale.Order, partition int32, err error) {
	o, err = p.Find(ctx, m.OrderID)
	switch {
	case err == nil && o.ProductID != m.ProductID:
		return o, 0, sale.Invalid{sale.RuleOtherProduct.Of("order_id")}
	case err == nil || !errors.Is(err, sale.ErrNotFound):
		return o, o.Position.Partition, err
	}
	product, err := p.store.Product(ctx, m.ProductID)
	if errors.Is(err, sale.ErrNotFound) {
		return sale.Order{}, p.log.Partition(m.ProductID), nil
	}
	return sale.Order{Epoch: product.Epoch}, product.Partition, err
}

// Void ends, for the shop, an order that its buyer cannot end any more: one that is paid,
// or final. What was paid for it is then owed back. An order that the shop has ended before is
// returned as it is; in any other state it comes with ErrFinal.
func (p *Payments) Void(ctx context.Context, id sale.OrderID, reason, by string) (sale.Order, error) {
	o, err := p.Find(ctx, id)
	if err != nil {
		return o, err
	}
	if o.Status == sale.Paid || o.Status == sale.Placed && o.PayBy.IsZero() {
		r := p.record(sale.KindVoid, o, by)
		r.Reason = reason
		if err := p.command(ctx, o.Position.Partition, r); err != nil {
			return o, err
		}
		if o, err = p.store.Order(ctx, id); err != nil {
			return o, err
		}
	}
	if o.VoidReason == "" {
		return o, sale.ErrFinal
	}
	return o, nil
}

// Refund notes that a payment was paid back, which was owed back; reason may be empty. One
// that was paid back before is returned as it is; any other comes with ErrNotOwed.
func (p *Payments) Refund(ctx context.Context, product, id, reason, by string) (sale.Payment, error) {
	m, err := p.store.Payment(ctx, product, id)
	if err == nil && m.Status == sale.PaymentRefundDue {
		r := sale.Record{Kind: sale.KindRefunded, ProductID: product, PaymentID: id, Reason: reason, By: by, At: p.now()}
		if err := p.command(ctx, m.Partition, r); err != nil {
			return m, err
		}
		m, err = p.store.Payment(ctx, product, id)
	}
	if err == nil && m.Status != sale.PaymentRefunded {
		err = sale.ErrNotOwed
	}
	return m, err
}
