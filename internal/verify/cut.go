package verify

import (
	"context"
	"fmt"

	"seckill/internal/gate"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A cut is one gate at one instant.
type cut struct {
	view    gate.View
	waiting []sale.Record // in its outbox, of its own epoch
}

// cuts are those of every product that is there; nil where there are no gates.
type cuts map[string]*cut

// cut takes a cut of every gate.
func (p Parts) cut(ctx context.Context) (cuts, error) {
	var products []sale.Product
	err := p.Store.Audit(ctx, func(s orderstore.Snapshot) (err error) {
		products, err = s.Products()
		return err
	})
	if err != nil {
		return nil, err
	}
	cs := cuts{}
	for _, product := range products {
		if !product.Exists() {
			continue
		}
		view, entries, err := p.Gate.Cut(ctx, product.ID)
		if err != nil {
			return nil, fmt.Errorf("cut of the gate of product %s: %w", product.ID, err)
		}
		cs[product.ID] = newCut(view, entries)
	}
	return cs, nil
}

// newCut leaves out what older epochs left in the outbox: it has no effect any more.
func newCut(view gate.View, entries []gate.Entry) *cut {
	c := &cut{view: view}
	for _, e := range entries {
		for _, r := range e.Orders {
			if r.Epoch == view.Epoch {
				c.waiting = append(c.waiting, r)
			}
		}
	}
	return c
}

// stillOf reports, as ErrChangedMeanwhile, a product that has moved to another
// epoch than its cut, or is about to: an opening is due that recounts its units.
func (c cuts) stillOf(products []sale.Product) error {
	if c == nil {
		return nil
	}
	for _, p := range products {
		if !p.Exists() {
			continue
		}
		cut := c[p.ID]
		switch {
		case cut == nil || cut.view.Epoch != p.Epoch:
			return fmt.Errorf("product %s was opened anew: %w", p.ID, sale.ErrChangedMeanwhile)
		case p.Recounts > 0:
			return fmt.Errorf("product %s waits for an opening that counts its units again: %w", p.ID, sale.ErrChangedMeanwhile)
		}
	}
	return nil
}
