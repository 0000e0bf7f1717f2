package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/crash"
	"seckill/internal/opening"
	"seckill/internal/sale"
)

const (
	// openAtOnce bounds the gates that are opened side by side.
	openAtOnce = 32
	// openWithin is how long one opening may take. One with a million orders takes some seconds.
	openWithin = 30 * time.Second
)

// openings are the attempts under way, one a product.
type openings struct {
	group   *errgroup.Group
	first   sync.WaitGroup // until it is done, nobody is told that the gates are open
	slots   chan struct{}
	mu      sync.Mutex
	running map[string]bool
}

// openGates opens every gate as soon as that may be, and then, for as long as ctx
// is not done, those that have to be opened again.
func (p *Program) openGates(ctx context.Context, g *errgroup.Group) error {
	if err := p.mode.settled(ctx, p); err != nil {
		return quiet(ctx, err)
	}
	o := &openings{group: g, slots: make(chan struct{}, openAtOnce), running: map[string]bool{}}
	watch := opening.NewWatch(p.opener, time.Now)
	opened := false // said once: at its end the program is ready no more
	return p.round(ctx, func(ctx context.Context, products []sale.Product) error {
		for _, a := range watch.Look(ctx, products) {
			o.begin(a.Product.ID, func() error { return p.attempt(ctx, a) })
		}
		if !opened {
			o.first.Wait()
			crash.At("app: the gates are open")
			opened = true
			p.ready.Store(true)
			p.cfg.Log.Info("ready", "address", p.Addr().String())
		}
		return nil
	})()
}

// attempt makes one. Only damage is an error: anything else is for the next look.
func (p *Program) attempt(ctx context.Context, a *opening.Attempt) error {
	limited, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	err := p.opener.Run(limited, a)
	switch {
	case errors.Is(err, sale.ErrDamaged):
		return err
	case errors.Is(err, sale.ErrFenced): // somebody else is at it
	case err != nil && ctx.Err() == nil:
		p.cfg.Log.Warn("gate not opened", "attempt", a.String(), "error", err)
	}
	return nil
}

// begin runs an attempt at opening a product's gate, unless one is under way.
func (o *openings) begin(product string, attempt func() error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running[product] {
		return
	}
	o.running[product] = true
	o.first.Add(1)
	o.group.Go(func() error {
		defer o.first.Done()
		o.slots <- struct{}{}
		err := attempt()
		<-o.slots
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.running, product)
		return err
	})
}
