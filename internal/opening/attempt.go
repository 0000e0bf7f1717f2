package opening

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A Gate is what opening needs of a gate.
type Gate interface {
	gate.Opener
	gate.Outbox
	View(ctx context.Context, product string) (gate.View, error)
}

// A Store is what opening needs of an order store.
type Store interface {
	orderstore.Opener
	Allow(ctx context.Context, version int) error
}

// An Opener makes attempts.
type Opener struct {
	Gate   Gate
	Log    orderlog.Appender
	Store  Store
	Nonce  func() string                   // a fresh one, never twice
	Secret string                          // of keyed order ids, which every opening writes down
	Pause  func(ctx context.Context) error // a random moment, after a lost race
	Opened func(product string)            // told of each gate that was opened or removed
	// Beside calls sign every SignEvery, beside the caller, until stop is called.
	Beside func(sign func()) (stop func())
	// Finish runs what is left of an attempt that was accepted, and waits for it
	// while ctx lasts.
	Finish func(ctx context.Context, a *Attempt)
}

// A Change turns the product as the store has it, with epoch 0 if there is
// none, into the terms to open under. deleted removes the product instead. An
// error ends the attempt before anything happened.
type Change func(sale.Product) (terms sale.Terms, deleted bool, err error)

// keep is the change of a recovery.
func keep(p sale.Product) (sale.Terms, bool, error) {
	if p.Epoch == 0 {
		return p.Terms, false, sale.ErrNotFound
	}
	return p.Terms, p.Deleted, nil
}

// A stage is what an attempt does next.
type stage uint8

const (
	reading stage = iota
	probing
	shutting
	draining
	recording
	awaiting
	loading
	done
)

// errLost is the error of an attempt that another one overtook.
var errLost = fmt.Errorf("another opening came first: %w", sale.ErrFenced)

// An Attempt is one opening on its way.
type Attempt struct {
	// Product is what the store showed last. Once Accepted, it is of the
	// attempt's own epoch.
	Product  sale.Product
	Accepted bool

	cause       Cause
	change      Change
	by          string // the operator who wants it; empty: nobody
	while       *seen  // nil: whatever the gate is
	lost        int64  // seq of an order that may be; 0: something else asked for this
	stage       stage
	sells       bool // the gate, when it was looked at
	ahead       bool // and at an epoch that the store does not have
	record      sale.Record
	at          sale.Position
	incarnation string
	loaded, of  atomic.Int64 // orders, for whoever asks how far it is
}

// A seen is how a look found a gate: its epoch, the signs of its opener, and why it was not open.
type seen struct {
	epoch, signs int64
	err          error
}

// is reports whether a gate is as it was then.
func (s *seen) is(v gate.View, err error) bool {
	for _, kind := range []error{sale.ErrNoGate, sale.ErrShut, sale.ErrFenced} {
		if errors.Is(s.err, kind) != errors.Is(err, kind) {
			return false
		}
	}
	return s.epoch == v.Epoch && s.signs == v.Signs
}

// Begin is a new attempt at opening a product's gate.
func Begin(product string, change Change) *Attempt {
	return &Attempt{Product: sale.Product{ID: product}, cause: Put, change: change}
}

// Cause is what asked for the attempt.
func (a *Attempt) Cause() Cause {
	if a.lost > 0 {
		return Lost
	}
	return a.cause
}

// Done reports whether the gate has been opened, or removed with its product.
func (a *Attempt) Done() bool { return a.stage == done }

// Lost is the seq of the first order that the gate admitted and nobody has any more,
// if that is why it is opened; else 0.
func (a *Attempt) Lost() int64 { return a.lost }

// Begun reports whether the attempt has shut the gate, or tried to.
func (a *Attempt) Begun() bool { return a.stage >= shutting }

// Progress is how many orders the gate has been told of, and of how many. Any
// goroutine may ask.
func (a *Attempt) Progress() (loaded, of int64) { return a.loaded.Load(), a.of.Load() }

// Step takes the attempt one stage on. After an error it is over; ErrFenced
// means that another attempt came first.
func (o *Opener) Step(ctx context.Context, a *Attempt) (err error) {
	if a.stage > shutting { // whatever the stage waits for, the opener is not gone
		stop := o.Beside(func() { _ = o.Gate.Load(ctx, a.record.ProductID, a.record.Epoch, a.incarnation, nil) })
		defer stop()
	}
	switch a.stage {
	case reading:
		err = o.read(ctx, a)
	case probing:
		err = o.probe(ctx, a)
	case shutting:
		a.incarnation, a.record.At, err = o.Gate.Shut(ctx, a.record.ProductID, a.record.Epoch)
		crash.At("opening: the gate is shut")
	case draining:
		err = o.drain(ctx, a, 0)
		crash.At("opening: the outbox is empty")
	case recording:
		a.at, err = o.Log.Append(ctx, a.Product.Partition, []sale.Record{a.record})
		crash.At("opening: the log has the record")
	case awaiting:
		err = o.await(ctx, a)
		crash.At("opening: the store shows the epoch")
	case loading:
		err = o.load(ctx, a)
		crash.At("opening: the gate is open")
	}
	if err == nil {
		a.stage++
	}
	return err
}

// Run steps an attempt to its end.
func (o *Opener) Run(ctx context.Context, a *Attempt) error {
	for !a.Done() {
		if err := o.Step(ctx, a); err != nil {
			return err
		}
	}
	return nil
}

func (o *Opener) read(ctx context.Context, a *Attempt) error {
	id := a.Product.ID
	v, notOpen := o.Gate.View(ctx, id)
	switch {
	case errors.Is(notOpen, sale.ErrUnavailable):
		return notOpen
	case a.while != nil && !a.while.is(v, notOpen):
		return errLost // it had to wait for its turn
	}
	p, err := o.Store.Product(ctx, id)
	if errors.Is(err, sale.ErrNotFound) {
		p, err = sale.Product{ID: id, Partition: o.Log.Partition(id)}, nil
	}
	if err != nil {
		return err
	}
	a.sells = notOpen == nil
	a.ahead = a.sells && v.Epoch > p.Epoch
	terms, deleted, err := a.change(p)
	if err == nil && !deleted {
		err = terms.Check() // what breaks a rule would be poison in the log
	}
	if err != nil {
		return err
	}
	a.Product = p
	a.of.Store(p.LastNumber)
	epoch := above(p.Epoch, v, notOpen)
	a.record = sale.Record{
		Kind: sale.KindOpening, ProductID: id, Epoch: epoch, Skips: epoch - p.Epoch - 1,
		Nonce: o.Nonce(), Terms: terms, Deleted: deleted, Secret: o.Secret, By: a.by, At: v.Now,
	}
	if a.record.Version() > 1 { // not written yet, it is to shut no gate
		a.record, err = orderlog.Writable(ctx, a.record, o.Store.Allow)
	}
	return err
}

// above is the epoch to open a gate at: the next of the store's, but above every one
// that the gate has sold at. If it was only shut, for an opening that is under way or
// was given up, that epoch is still free, and the nonces decide whose it is.
func above(store int64, v gate.View, notOpen error) int64 {
	if v.Epoch > store && !errors.Is(notOpen, sale.ErrShut) {
		return v.Epoch + 1
	}
	return max(store+1, v.Epoch)
}

// drain appends what the outbox has held for so long.
func (o *Opener) drain(ctx context.Context, a *Attempt, age time.Duration) error {
	return gate.Drain(ctx, o.Gate, a.record.ProductID, age, func(ctx context.Context, orders []sale.Record) error {
		_, err := o.Log.Append(ctx, a.Product.Partition, orders)
		return err
	})
}

// probe finds out that the log takes no records while the gate still sells: shut, it
// would stay so until the log is back, and nobody would even be queued.
func (o *Opener) probe(ctx context.Context, a *Attempt) error {
	if !a.sells {
		return nil
	}
	if a.lost > 0 { // then the log has it before the probe, if anybody has
		if err := o.drain(ctx, a, LostAfter); err != nil {
			return err
		}
	}
	at, err := o.Log.Append(ctx, a.Product.Partition, []sale.Record{sale.Probe(a.record.ProductID, a.record.At)})
	if errors.Is(err, sale.ErrUnknownOutcome) { // it makes no difference to anybody
		err = fmt.Errorf("%w: %v", sale.ErrUnavailable, err)
	}
	if err == nil && (a.lost > 0 || a.ahead) {
		err = o.search(ctx, a, at)
	}
	return err
}

// errFound is the error of an attempt that looked for what the log has lost, and nothing is lost.
var errFound = fmt.Errorf("nothing is lost: %w", sale.ErrFenced)

// search is nil if the fold has applied all that the log had at the probe, and not the
// order that the gate admitted long before, or not the epoch at which it sells: tables
// that were put back to an older copy get there by themselves.
func (o *Opener) search(ctx context.Context, a *Attempt, probe sale.Position) error {
	if err := o.Store.Passed(ctx, probe); err != nil {
		return err
	}
	p, err := o.Store.Product(ctx, a.record.ProductID)
	switch {
	case err != nil && !errors.Is(err, sale.ErrNotFound):
		return err
	case p.Epoch != a.Product.Epoch, a.lost > 0 && p.Applied >= a.lost:
		return errFound
	}
	return nil
}

func (o *Opener) await(ctx context.Context, a *Attempt) error {
	if err := o.Store.Passed(ctx, a.at); err != nil {
		return err
	}
	p, err := o.Store.Product(ctx, a.record.ProductID)
	if err != nil {
		return err
	}
	if p.Epoch != a.record.Epoch || p.Nonce != a.record.Nonce {
		return errLost
	}
	a.Product, a.Accepted = p, true
	a.of.Store(p.LastNumber)
	return nil
}
