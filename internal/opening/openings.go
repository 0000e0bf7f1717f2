package opening

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

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

// Openings are the attempts of a process that are under way. Of those that nobody
// asked for there is one a product. Its methods are safe for concurrent use, and the
// zero Openings, which has none, can be asked for its progress.
type Openings struct {
	Opener *Opener
	Log    *slog.Logger
	Go     func(work func() error) // does it beside the caller; its error is damage
	Opened func(cause Cause)       // told of each gate that was opened or removed

	first   sync.WaitGroup
	mu      sync.Mutex
	slots   map[int32]chan struct{} // by partition
	running map[string]*Attempt     // the last one of each product
}

// Begin makes an attempt at opening the gate of a product of this partition, until
// ctx is done, unless one is under way.
func (o *Openings) Begin(ctx context.Context, a *Attempt, partition int32) {
	if !o.note(a, true) {
		return
	}
	slots := o.slotsOf(partition)
	o.first.Add(1)
	o.Go(func() error {
		defer o.first.Done()
		defer o.end(a)
		slots <- struct{}{}
		defer func() { <-slots }()
		return o.attempt(ctx, a)
	})
}

// Wait waits until all that have begun are over.
func (o *Openings) Wait() { o.first.Wait() }

// Finish runs what is left of an attempt that a request has begun, until work is
// done, and waits for it while the request, ctx, waits.
func (o *Openings) Finish(ctx, work context.Context, a *Attempt) {
	done := make(chan struct{})
	o.note(a, false)
	o.Go(func() error {
		defer close(done)
		defer o.end(a)
		return o.attempt(work, a)
	})
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// attempt makes one. Only damage is an error: anything else is for the next look.
func (o *Openings) attempt(ctx context.Context, a *Attempt) error {
	_, orders := a.Progress()
	limited, cancel := context.WithTimeout(ctx, openWithin+time.Duration(orders)*openEach)
	defer cancel()
	err := o.Opener.Run(limited, a)
	if a.Done() {
		o.Opened(a.Cause())
		done := "gate opened"
		if a.Product.Deleted {
			done = "gate removed"
		}
		o.Log.Info(done, "product", a.Product.ID, "epoch", a.record.Epoch, "cause", a.Cause(), "orders", orders)
	}
	if a.Lost() > 0 && a.Begun() {
		o.Log.Warn("orders are lost with the end of the log: opened anew", "attempt", a.String(), "first_seq", a.Lost())
	}
	if a.ahead && a.Begun() {
		o.Log.Warn("the gate was ahead of log and tables, as where these were put back, or others like them sell at this Redis: opened above it", "attempt", a.String())
	}
	switch {
	case errors.Is(err, sale.ErrDamaged):
		return err
	case !a.Begun(): // somebody else is at it
	case err != nil && ctx.Err() == nil:
		o.Log.Warn("gate not opened", "attempt", a.String(), "error", err)
	}
	return nil
}

func (o *Openings) slotsOf(partition int32) chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.slots == nil {
		o.slots = map[int32]chan struct{}{}
	}
	if o.slots[partition] == nil {
		o.slots[partition] = make(chan struct{}, openAtOnce)
	}
	return o.slots[partition]
}

// note keeps an attempt; if it is to be alone, only as its product's one.
func (o *Openings) note(a *Attempt, alone bool) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if alone && o.running[a.Product.ID] != nil {
		return false
	}
	if o.running == nil {
		o.running = map[string]*Attempt{}
	}
	o.running[a.Product.ID] = a
	return true
}

func (o *Openings) end(a *Attempt) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running[a.Product.ID] == a {
		delete(o.running, a.Product.ID)
	}
}

// A Loading is how many orders a gate that is being opened has been told of, and of how many.
type Loading struct {
	ProductID      string
	Loaded, Orders int64
}

// Progress is how far they are: by product, those that have orders to load.
func (o *Openings) Progress() (all []Loading) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for product, a := range o.running {
		if loaded, of := a.Progress(); of > 0 {
			all = append(all, Loading{product, loaded, of})
		}
	}
	slices.SortFunc(all, func(a, b Loading) int { return strings.Compare(a.ProductID, b.ProductID) })
	return all
}

// Orders sums up what the openings have to load, and have loaded.
func (o *Openings) Orders() (loaded, of int64) {
	for _, each := range o.Progress() {
		loaded, of = loaded+each.Loaded, of+each.Orders
	}
	return loaded, of
}
