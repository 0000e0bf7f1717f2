package purchase

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// A Gate is what the buy path needs of a gate.
type Gate interface {
	gate.Admitter
	gate.Outbox
	gate.Inspector
}

// A Request is what a buyer asks for.
type Request = gate.Request

// A Catalog knows which products exist.
type Catalog interface {
	// Exists reports whether the product has been put, and not deleted since. ErrShut:
	// that cannot be told yet, and its gate is to sell nothing until it can.
	Exists(ctx context.Context, product string) (bool, error)
}

// Parts is what a Desk works with. Every field is needed, unless it says else. The functions are all
// that it knows of time and of other goroutines, so that a simulation can stand
// in for them.
type Parts struct {
	Gate    Gate
	Log     orderlog.Appender
	Catalog Catalog
	Confirm Confirmer
	Allow   orderlog.Allow
	Near    bool // the gate is in this process: asking it for its view costs nobody a wait
	Now     func() time.Time
	Spawn   func(work func())                                     // works a lane beside the caller
	Await   func(ctx context.Context, done <-chan struct{}) error // nil once done is closed
	Linger  func(done <-chan struct{})                            // until done is closed, or SlowAppend has passed
	Pause   func(ctx context.Context) error                       // a moment, before a buyer is sent to the gate again
	Follow  Follow                                                // optional
}

// Follow is told of each batch that goes to the gate. What is done for it has the context
// that this returns, until end.
type Follow func(ctx context.Context, product string, batch []gate.Request) (_ context.Context, end func())

// A Desk is the buy path of one process. Its methods are safe for concurrent use.
type Desk struct {
	Parts
	ctx   context.Context // of the lanes
	lanes atomic.Pointer[map[string]*lane]
	mu    sync.Mutex // held to change lanes
}

// New makes a Desk whose lanes work until ctx is done.
func New(ctx context.Context, p Parts) *Desk {
	d := &Desk{Parts: p, ctx: ctx}
	d.lanes.Store(&map[string]*lane{})
	return d
}

// Refuse answers a buyer from this process's memory, in no time, if it is
// certain of the answer: false means to call Buy. It keeps none of its arguments.
func (d *Desk) Refuse(product, user []byte) (Answer, bool) {
	l := (*d.lanes.Load())[string(product)]
	if l == nil {
		return Answer{}, false
	}
	v, now := l.view.Load(), d.Now()
	if v == nil {
		return Answer{}, false
	}
	if d.Near && v.old(now) {
		v = d.renewed(l, v, now)
	}
	return v.refuse(user, now)
}

// Buy asks for a unit of product. It waits for the gate's
// decision until ctx is done, and for an admitted order to be placed until wait is
// done, which is no later: then it is Queued.
//
// Errors: ErrNotFound; ErrNoGate, ErrShut, ErrFenced, ErrFull and ErrUnavailable,
// where the buyer may ask again in a moment, or once every process reads such user
// ids; ErrUnknownOutcome, if no decision
// came back, or the Confirmer says so.
func (d *Desk) Buy(ctx, wait context.Context, product string, r Request) (Answer, error) {
	l, err := d.lane(ctx, product)
	if err != nil {
		return Answer{}, err
	}
	if version := sale.UserVersion(r.User); version > 1 { // not written yet, it is to take no unit
		if err := d.Allow(ctx, version); err != nil {
			return Answer{}, err
		}
	}
	unsure := false // an order of theirs may exist
	for {
		b, at := d.ask(l, r)
		if d.Await(ctx, b.decided) != nil {
			switch withdrawn := l.withdraw(b, at); {
			case !withdrawn:
				l.view.Store(nil) // it does not know of them
			case !unsure:
				return Answer{}, fmt.Errorf("%w: the gate of product %s was not asked in time", sale.ErrUnavailable, product)
			}
			return Answer{}, undecided(product)
		}
		switch {
		case b.err == nil:
			answer, void, err := d.answer(wait, product, b, at, unsure)
			if !void {
				return answer, err
			}
			unsure = true
		case errors.Is(b.err, sale.ErrUnknownOutcome):
			unsure = true
		case unsure, errors.Is(b.err, sale.ErrLate):
		case errors.Is(b.err, sale.ErrNoGate):
			return Answer{}, d.missing(ctx, product)
		default:
			return Answer{}, b.err
		}
		if d.Pause(ctx) != nil {
			return Answer{}, undecided(product)
		}
	}
}

func undecided(product string) error {
	return fmt.Errorf("%w: the gate of product %s has not decided in time", sale.ErrUnknownOutcome, product)
}

// ask puts a request into the lane's next batch.
func (d *Desk) ask(l *lane, r gate.Request) (*batch, int) {
	b, at, rested := l.join(r)
	if rested {
		d.Spawn(func() {
			for d.step(d.ctx, l) {
			}
		})
	}
	return b, at
}

// answer is what the gate's decision means to the buyer, who is unsure if an
// earlier try of theirs has an unknown outcome; void if the order has to be
// admitted again, under a later epoch.
func (d *Desk) answer(wait context.Context, product string, b *batch, at int, unsure bool) (a Answer, void bool, err error) {
	v, decision := &b.admission.View, b.decision(at)
	a = Answer{Order: decision.Order, Epoch: v.Epoch, Now: v.Now}
	switch decision.Verdict {
	case gate.Admitted, gate.Known:
		if d.Await(wait, b.relayed) != nil {
			a.Result = Queued
			return a, false, nil
		}
		known := decision.Verdict == gate.Known
		mine := known && unsure // an earlier try of this request may have been admitted, and not appended
		claim := Claim{Product: product, Order: decision.Order, Epoch: v.Epoch, Appended: b.appended && !mine}
		if b.appended && !known {
			claim.At = &b.last
		}
		confirmed, err := d.Confirm.Confirm(wait, claim)
		switch {
		case confirmed != IsPlaced && confirmed != IsOver: // void, it is asked for again
			a.Result = Queued
		case known && (!mine || confirmed == IsOver):
			a.Result = Again
		default:
			a.Result = Placed
		}
		return a, confirmed == IsVoid, err
	case gate.LimitReached:
		a.Result = AlreadyBought
		return a, false, nil
	case gate.OrderLimit:
		a.Result = OrderLimit
		return a, false, nil
	}
	return refusal(decision.Verdict, v, v.Now), false, nil
}

// lane finds the lane of a product, or makes one if the product has a gate.
func (d *Desk) lane(ctx context.Context, product string) (*lane, error) {
	if l := (*d.lanes.Load())[product]; l != nil {
		return l, nil
	}
	v, err := d.Gate.View(ctx, product)
	if errors.Is(err, sale.ErrNoGate) {
		return nil, d.missing(ctx, product)
	} else if err != nil { // lanes are made for what is there: anybody may ask for anything
		return nil, err
	}
	// Log and tables may have lost a product that the gate has sold: what it admits is
	// appended by nobody. A store that cannot be asked has not lost it.
	exists, err := d.Catalog.Exists(ctx, product)
	switch {
	case errors.Is(err, sale.ErrShut):
		return nil, err
	case err == nil && !exists:
		return nil, sale.ErrNotFound
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	lanes := *d.lanes.Load()
	if l := lanes[product]; l != nil {
		return l, nil
	}
	l := &lane{product: product, id: rand.Text(), epoch: v.Epoch, theirs: v.Now, ours: d.Now()}
	lanes = maps.Clone(lanes)
	lanes[product] = l
	d.lanes.Store(&lanes)
	return l, nil
}

// missing is the error of a product without a gate: not there at all, and its
// lane goes, or there and to be opened.
func (d *Desk) missing(ctx context.Context, product string) error {
	exists, err := d.Catalog.Exists(ctx, product)
	if err != nil {
		return err
	}
	if exists {
		return sale.ErrNoGate
	}
	d.Forget(product)
	return sale.ErrNotFound
}

// Forget drops what this process knows of a product that was deleted.
func (d *Desk) Forget(product string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	lanes := *d.lanes.Load()
	if lanes[product] == nil {
		return
	}
	lanes = maps.Clone(lanes)
	delete(lanes, product)
	d.lanes.Store(&lanes)
}

// Invalidate makes this process ask the gate at once, rather than in ViewAge: units
// of the product came free, its gate was opened anew, or it was deleted.
func (d *Desk) Invalidate(product string) {
	if l := (*d.lanes.Load())[product]; l != nil {
		l.view.Store(nil)
	}
}

// Sweep appends what the product's outbox holds for longer than SweepAge, which
// whoever admitted it has failed to. One that was deleted is forgotten.
func (d *Desk) Sweep(ctx context.Context, product sale.Product) error {
	if !product.Exists() {
		d.Forget(product.ID)
		return nil
	}
	v, err := d.Gate.View(ctx, product.ID)
	if err != nil {
		return err
	}
	return gate.Drain(ctx, d.Gate, product.ID, SweepAge, func(ctx context.Context, orders []sale.Record) error {
		_, err := d.Log.Append(ctx, v.Terms.Partition, orders)
		return err
	})
}
