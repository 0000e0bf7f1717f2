package projector

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// An Observer is told what the projector did. Its methods must not block.
type Observer interface {
	// Projected: the store has these products, and their touched orders, thus now, and
	// so many dead letters more.
	Projected(states []*sale.State, dead int)
	// Returned: units of the product became buyable again.
	Returned(product string)
}

// A Projector projects the partitions that it is given.
type Projector struct {
	log   orderlog.Reader
	store orderstore.Writer
	gate  gate.Returner
	see   Observer
}

// New makes a Projector.
func New(log orderlog.Reader, store orderstore.Writer, gate gate.Returner, see Observer) *Projector {
	return &Projector{log, store, gate, see}
}

// tell notes who is owed a return, and tells the observer.
func (p *Projector) tell(c *Cursor, states []*sale.State, dead int) {
	for _, s := range states {
		if len(s.Returns()) > 0 {
			c.owed.add(s.Product.ID)
		}
	}
	p.see.Projected(states, dead)
}

// Sweep hands over every return that a product's gate lacks, whoever owed it. A
// gate that is away or shut takes them from the store when it opens.
func (p *Projector) Sweep(ctx context.Context, product sale.Product) error {
	if product.LastReturn == 0 {
		return nil
	}
	return p.HandOver(ctx, product.ID)
}

// returnChunk bounds the returns handed over in one call.
const returnChunk = 1000

// HandOver gives a product's gate all returns above the number that it has.
func (p *Projector) HandOver(ctx context.Context, product string) error {
	// The first call hands over nothing: it asks for the gate's number. An epoch
	// that is not the gate's is refused, so a gate never takes another's returns.
	epoch, _, err := p.store.ReturnsAbove(ctx, product, 0, 0)
	if err != nil {
		return err
	}
	has, err := p.gate.Return(ctx, product, epoch, nil)
	if err != nil {
		return err
	}
	for {
		e, returns, err := p.store.ReturnsAbove(ctx, product, has, returnChunk)
		if err != nil {
			return err
		}
		if e != epoch {
			return fmt.Errorf("returns of %s: %w", product, sale.ErrFenced)
		}
		if len(returns) == 0 {
			return nil
		}
		crash.At("projector: a return is to be handed over")
		if has, err = p.gate.Return(ctx, product, epoch, returns); err != nil {
			return err
		}
		crash.At("projector: the gate has a return")
		p.see.Returned(product)
	}
}

// Run projects one partition until ctx is done, and returns nil then. It returns
// the error of a log or store that contradicts itself; an unavailable one is
// asked again after stumbled, which is told why, and waits for a moment.
func (p *Projector) Run(ctx context.Context, partition int32, stumbled func(ctx context.Context, why error) error) error {
	c := NewCursor(partition)
	var deliveries sync.WaitGroup
	defer deliveries.Wait()
	for ctx.Err() == nil {
		_, err := p.Step(ctx, c)
		switch {
		case err == nil:
			p.Deliver(ctx, c, deliveries.Go)
		case ctx.Err() != nil:
		case errors.Is(err, sale.ErrUnavailable):
			if stumbled(ctx, err) != nil {
				return nil
			}
		default:
			return err
		}
	}
	return nil
}
