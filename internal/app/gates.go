package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/crash"
	"seckill/internal/httpapi"
	"seckill/internal/opening"
	"seckill/internal/sale"
)

const (
	// openAtOnce bounds the gates that are opened side by side, of the products of one
	// partition: one that is away holds up no other's.
	openAtOnce = 32
	// openWithin is how long one opening may take, and openEach what it may take
	// beyond that for each order of the product.
	openWithin = 30 * time.Second
	openEach   = 50 * time.Microsecond
)

// openings are the attempts under way.
type openings struct {
	group   *errgroup.Group
	first   sync.WaitGroup          // until it is done, nobody is told that the gates are open
	slots   map[int32]chan struct{} // by partition
	mu      sync.Mutex
	running map[string]*opening.Attempt // the last one of each product
}

func newOpenings() *openings {
	return &openings{slots: map[int32]chan struct{}{}, running: map[string]*opening.Attempt{}}
}

// openGates opens every gate as soon as that may be, and then, for as long as ctx
// is not done, those that have to be opened again.
func (p *Program) openGates(ctx context.Context) error {
	if err := p.mode.mayOpen(ctx, p); err != nil {
		return quiet(ctx, err)
	}
	monitor := opening.NewMonitor(p.opener, time.Now)
	opened := false // said once: at its end the program is ready no more
	return p.round(ctx, func(limited context.Context, product sale.Product) error {
		if a := monitor.Look(limited, product); a != nil {
			p.openings.begin(a, product.Partition, func() error { return p.attempt(ctx, a) })
		}
		return nil
	}, func() {
		if opened {
			return
		}
		p.openings.first.Wait()
		crash.At("app: the gates are open")
		opened = true
		p.ready.Store(true)
		p.cfg.Log.Info("ready", "address", p.Addr().String())
	})()
}

// attempt makes one. Only damage is an error: anything else is for the next look.
func (p *Program) attempt(ctx context.Context, a *opening.Attempt) error {
	_, orders := a.Progress()
	limited, cancel := context.WithTimeout(ctx, openWithin+time.Duration(orders)*openEach)
	defer cancel()
	err := p.opener.Run(limited, a)
	if a.Lost() > 0 && a.Begun() {
		p.cfg.Log.Warn("orders are lost with the end of the log: opened anew", "attempt", a.String(), "first_seq", a.Lost())
	}
	switch {
	case errors.Is(err, sale.ErrDamaged):
		return err
	case !a.Begun(): // somebody else is at it
	case err != nil && ctx.Err() == nil:
		p.cfg.Log.Warn("gate not opened", "attempt", a.String(), "error", err)
	}
	return nil
}

// finish runs what is left of an attempt that a request has begun, and waits for
// it while that waits.
func (p *Program) finish(ctx context.Context, a *opening.Attempt) {
	done := make(chan struct{})
	p.openings.note(a, false)
	p.openings.group.Go(func() error {
		defer close(done)
		defer p.openings.end(a)
		return p.attempt(p.work, a)
	})
	_ = await(ctx, done)
}

// beside calls sign every opening.SignEvery until it is stopped.
func beside(sign func()) (stop func()) {
	over := make(chan struct{})
	go func() {
		tick := time.NewTicker(opening.SignEvery)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				sign()
			}
		}
	}()
	return func() { close(over) }
}

// begin runs an attempt at opening a product's gate, unless one is under way.
func (o *openings) begin(a *opening.Attempt, partition int32, attempt func() error) {
	if !o.note(a, true) {
		return
	}
	slots := o.slotsOf(partition)
	o.first.Add(1)
	o.group.Go(func() error {
		defer o.first.Done()
		defer o.end(a)
		slots <- struct{}{}
		defer func() { <-slots }()
		return attempt()
	})
}

func (o *openings) slotsOf(partition int32) chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.slots[partition] == nil {
		o.slots[partition] = make(chan struct{}, openAtOnce)
	}
	return o.slots[partition]
}

// note keeps an attempt; where it is to be alone, only as its product's one.
func (o *openings) note(a *opening.Attempt, alone bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if alone && o.running[a.Product.ID] != nil {
		return false
	}
	o.running[a.Product.ID] = a
	return true
}

func (o *openings) end(a *opening.Attempt) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running[a.Product.ID] == a {
		delete(o.running, a.Product.ID)
	}
}

// progress is how far they are: by product, those that have orders to load.
func (o *openings) progress() (all []httpapi.Opening) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for product, a := range o.running {
		if loaded, of := a.Progress(); of > 0 {
			all = append(all, httpapi.Opening{ProductID: product, Loaded: loaded, Orders: of})
		}
	}
	slices.SortFunc(all, func(a, b httpapi.Opening) int { return strings.Compare(a.ProductID, b.ProductID) })
	return all
}

// orders sums up what the openings have to load, and have loaded.
func (o *openings) orders() (loaded, of int64) {
	for _, each := range o.progress() {
		loaded, of = loaded+each.Loaded, of+each.Orders
	}
	return loaded, of
}
