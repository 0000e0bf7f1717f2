// Package memgate keeps gates in this process's memory: the keeper of the
// embedded mode, and the fake that other packages test with, since the conformance
// suite holds it to the contract.
//
// It promises the contract of package gate, and answers within microseconds: nothing
// here waits for a network, a disk or a timer. Its contents die with the process, as
// the contract allows: a new Gate has another incarnation and no gates, and every
// product is opened again.
//
// One mutex for each product makes its methods take effect one after the other. A
// goroutine that owned the product could do the same behind a channel, but would cost
// two switches a call, would have to be started and stopped, and would leave callers
// without an answer after the stop. There is nothing to start or close, and contexts
// are not looked at, since nothing is waited for.
//
// A removed product leaves a few hundred bytes behind, since its outbox may have to
// outlive it.
package memgate

import (
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// DefaultMaxUnrelayed is how many orders of a product may wait for the log
// if Options do not say.
const DefaultMaxUnrelayed = 100_000

// Options of a Gate. The zero value is what a server runs with.
type Options struct {
	Now          func() time.Time // the gate's clock; nil: time.Now
	MaxUnrelayed int              // orders of one product that may wait for the log; 0: DefaultMaxUnrelayed
	Incarnation  string           // empty: a random one
}

// A Gate is the gates of all products. It is safe for concurrent use.
type Gate struct {
	o        Options
	mu       sync.RWMutex
	products map[string]*product
}

var _ gate.Keeper = (*Gate)(nil)

// New returns a Gate without any gates in it.
func New(o Options) *Gate {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxUnrelayed == 0 {
		o.MaxUnrelayed = DefaultMaxUnrelayed
	}
	if o.Incarnation == "" {
		o.Incarnation = rand.Text()
	}
	return &Gate{o: o, products: map[string]*product{}}
}

// gateState is where a product's gate stands.
type gateState uint8

const (
	missing gateState = iota
	shut
	open
)

// A product is one product's gate, and its outbox.
type product struct {
	id string

	mu     sync.Mutex // guards all below
	state  gateState
	users  *users           // of the epoch; nil if missing
	view   gate.View        // but for Now; if shut, epoch and signs alone
	fences map[string]int64 // by lane: tries of a lower number come too late
	unpaid map[string]int   // by origin: orders that wait for payment
	outbox outbox
}

// product returns the product locked; nil if it was never shut here. The
// caller unlocks it.
func (g *Gate) product(id string) *product {
	g.mu.RLock()
	p := g.products[id]
	g.mu.RUnlock()
	if p != nil {
		p.mu.Lock()
	}
	return p
}

// opened is product, for a method that needs an open gate.
func (g *Gate) opened(id string) (*product, error) {
	p := g.product(id)
	if p == nil {
		return nil, noGate(id)
	}
	if err := p.notOpen(); err != nil {
		p.mu.Unlock()
		return nil, err
	}
	return p, nil
}

// openedAt is opened, for a method that names the gate's epoch.
func (g *Gate) openedAt(id string, epoch int64) (*product, error) {
	p, err := g.opened(id)
	if err != nil {
		return nil, err
	}
	if epoch != p.view.Epoch {
		defer p.mu.Unlock()
		return nil, p.fenced(epoch)
	}
	return p, nil
}

func (p *product) notOpen() error {
	switch p.state {
	case missing:
		return noGate(p.id)
	case shut:
		return fmt.Errorf("%w: product %s at epoch %d", sale.ErrShut, p.id, p.view.Epoch)
	}
	return nil
}

func noGate(id string) error { return fmt.Errorf("%w: product %s", sale.ErrNoGate, id) }

func (p *product) fenced(epoch int64) error {
	return fmt.Errorf("%w: product %s is at epoch %d, the call at %d", sale.ErrFenced, p.id, p.view.Epoch, epoch)
}
