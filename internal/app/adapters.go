package app

import (
	"context"
	"errors"

	"seckill/internal/gate"
	"seckill/internal/httpapi"
	"seckill/internal/live"
	"seckill/internal/orderstore"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// away reports whether err says that a gate cannot be asked now.
func away(err error) bool {
	return errors.Is(err, sale.ErrNoGate) || errors.Is(err, sale.ErrShut) || errors.Is(err, sale.ErrFenced)
}

// catalog is a store's products, as the buy path asks for them.
type catalog struct{ store orderstore.Opener }

func (c catalog) Exists(ctx context.Context, product string) (bool, error) {
	p, err := c.store.Product(ctx, product)
	if errors.Is(err, sale.ErrNotFound) {
		return false, nil
	}
	return p.Exists(), err
}

// gates is a gate, as httpapi asks about it.
type gates struct{ gate.Inspector }

func (g gates) Counter(ctx context.Context, product string) (httpapi.GateView, error) {
	v, err := g.View(ctx, product)
	c := httpapi.GateView{Epoch: v.Epoch, Remaining: v.Remaining, Returned: v.Returned, Seq: v.Seq, Now: v.Now}
	if errors.Is(err, sale.ErrShut) || errors.Is(err, sale.ErrFenced) {
		c.Shut, err = true, nil
	}
	return c, err
}

// observer passes on what the projector did.
type observer struct {
	desk *purchase.Desk
	hub  *live.Hub
}

func (o observer) Projected(states []*sale.State) {
	if o.hub.Watchers() == 0 {
		return
	}
	for _, s := range states {
		o.hub.Wake(s.Product.ID)
		for _, order := range s.Touched() {
			o.hub.Wake(order.ID.String())
		}
	}
}

func (o observer) Returned(product string) { o.desk.Invalidate(product) }
