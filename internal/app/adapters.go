package app

import (
	"context"
	"errors"
	"time"

	"seckill/internal/auth"
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
	dead func(n int) // told of dead letters
	gone func()      // told of a product that was deleted, and all its orders
}

func (o observer) Projected(states []*sale.State, dead int) {
	o.dead(dead)
	if o.hub.Watchers() == 0 {
		return
	}
	for _, s := range states {
		if !s.Product.Exists() {
			o.gone()
		}
		o.hub.Wake(s.Product.ID)
		for _, order := range s.Touched() {
			o.hub.Wake(order.ID.String())
		}
	}
}

func (o observer) Returned(product string) { o.desk.Invalidate(product) }

func (p *Program) newOperators(secret []byte) *auth.Authenticator {
	return auth.New(auth.Config{
		AdminToken: p.cfg.AdminToken, Secret: secret, Keeper: tokens{p.keepers.store}, Now: time.Now, Elapsed: elapsed(),
	})
}

// tokens are a store's, as auth asks for them. Without a store nobody knows them.
type tokens struct{ store orderstore.Tokens }

func (t tokens) AddToken(ctx context.Context, of auth.Token) error {
	return t.store.AddToken(ctx, orderstore.Token{Name: of.Name, Role: string(of.Role), Hash: of.Hash, MadeAt: of.MadeAt})
}

func (t tokens) RevokeToken(ctx context.Context, name string) error {
	return t.store.RevokeToken(ctx, name)
}

func (t tokens) Tokens(ctx context.Context) ([]auth.Token, error) {
	if t.store == nil {
		return nil, sale.ErrUnavailable
	}
	kept, err := t.store.Tokens(ctx)
	all := make([]auth.Token, len(kept))
	for i, k := range kept {
		all[i] = auth.Token{Name: k.Name, Role: auth.Role(k.Role), Hash: k.Hash, MadeAt: k.MadeAt}
	}
	return all, err
}
