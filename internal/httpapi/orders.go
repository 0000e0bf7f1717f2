package httpapi

import (
	"context"
	"errors"

	"seckill/internal/sale"
)

// A Trace is what the Location of a buy tells about an order that the store may
// not have yet.
type Trace struct {
	Product string `query:"product" pattern:"^[A-Za-z0-9_-]{1,64}$" patternDescription:"1 to 64 of A-Z, a-z, 0-9, _ and -" doc:"With user: find the order also before it is placed, as in the Location of a buy"`
	User    string `query:"user" pattern:"^[A-Za-z0-9_-]{1,64}$" patternDescription:"1 to 64 of A-Z, a-z, 0-9, _ and -"`
	Epoch   int64  `query:"epoch" minimum:"0"`
}

// find returns an order: from the store; else, with a trace, queued where its
// product's gate knows it or is being opened, and rejected where nobody does.
func (a *API) find(ctx context.Context, id sale.OrderID, t Trace) (Order, error) {
	o, err := a.known(ctx, id, t)
	if errors.Is(err, sale.ErrShut) {
		return o, nil // what is in the log comes with the opening
	}
	return o, err
}

// known is find, but where the gate is being opened and nobody can tell: that is ErrShut.
func (a *API) known(ctx context.Context, id sale.OrderID, t Trace) (Order, error) {
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	traced := t.Product != "" && t.User != ""
	read := a.Settle.Find // an embedded order is firm before the store has it
	if traced && a.Wait > 0 {
		read = a.Store.Order
	}
	kept, err := read(ctx, id)
	if err == nil {
		return orderBody(&kept), nil
	}
	if !traced || !errors.Is(err, sale.ErrNotFound) {
		return Order{}, err
	}
	return a.traced(ctx, id, t)
}

func (a *API) traced(ctx context.Context, id sale.OrderID, t Trace) (Order, error) {
	o := Order{OrderID: id.String(), ProductID: t.Product, UserID: t.User, Status: string(sale.Queued), Epoch: t.Epoch}
	p, err := a.product(ctx, t.Product)
	if err != nil {
		return o, err
	}
	// A gate opens at an epoch that the store shows: whatever epoch is asked for, one
	// that is open at the store's knows all orders that may still come.
	knows, err := a.Gates.Knows(ctx, t.Product, p.Epoch, t.User, id)
	switch {
	case errors.Is(err, sale.ErrShut), errors.Is(err, sale.ErrFenced), errors.Is(err, sale.ErrNoGate):
		return o, sale.ErrShut
	case err != nil:
		return o, err
	case !knows:
		o.Status = string(sale.Rejected)
	}
	return o, nil
}

// endOrder pays or cancels an order, and says in which state it is where it cannot.
func (a *API) endOrder(ctx context.Context, id sale.OrderID, end func(context.Context, sale.OrderID) (sale.Order, error)) (Order, error) {
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	kept, err := end(ctx, id)
	if err == nil {
		return orderBody(&kept), nil
	}
	p := a.explain(err)
	if p.kind == orderFinal {
		o := orderBody(&kept)
		p.Order = &o
	}
	return Order{}, p
}
