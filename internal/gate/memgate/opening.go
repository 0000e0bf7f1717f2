package memgate

import (
	"context"
	"fmt"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// Shut is gate.Opener's.
func (g *Gate) Shut(_ context.Context, id string, epoch int64) (incarnation string, now time.Time, err error) {
	p := g.make(id)
	defer p.mu.Unlock()
	switch {
	case p.state == missing || epoch > p.view.Epoch:
		p.state, p.users, p.fences, p.unpaid, p.view = shut, newUsers(), map[string]int64{}, map[string]int{}, gate.View{Epoch: epoch}
	case epoch == p.view.Epoch && p.state == shut:
		// What was loaded stays. At most one opener loads at an epoch, the one
		// whose opening record the fold accepted; another, come late, must not
		// make it open a gate that has forgotten buyers.
	default:
		return "", time.Time{}, p.fenced(epoch)
	}
	p.view.Signs++
	return g.o.Incarnation, g.o.Now(), nil
}

// make is product, and makes it if it is not there.
func (g *Gate) make(id string) *product {
	if p := g.product(id); p != nil {
		return p
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.products[id]
	if p == nil {
		p = &product{id: id}
		g.products[id] = p
	}
	p.mu.Lock()
	return p
}

// Load is gate.Opener's.
func (g *Gate) Load(_ context.Context, id string, epoch int64, incarnation string, holdings []gate.Holding) error {
	p, err := g.shutAt(id, epoch, incarnation)
	if err != nil {
		return err
	}
	defer p.mu.Unlock()
	for _, h := range holdings {
		p.users.add(h.User, h.Order, h.Ended)
		p.wait(h.Origin)
	}
	p.view.Signs++
	return nil
}

// Open is gate.Opener's. It makes no room ahead: the table of users grows in
// steps too small to be felt, and empty room is memory.
func (g *Gate) Open(_ context.Context, id string, epoch int64, incarnation string, start gate.Start) error {
	p, err := g.shutAt(id, epoch, incarnation)
	if err != nil {
		return err
	}
	defer p.mu.Unlock()
	p.state = open
	p.view = gate.View{Epoch: epoch, Remaining: start.Remaining, Returned: start.Returned, Terms: start.Terms}
	return nil
}

// shutAt is product, for a method that needs a gate shut at epoch.
func (g *Gate) shutAt(id string, epoch int64, incarnation string) (*product, error) {
	p := g.product(id)
	if p == nil {
		return nil, noGate(id)
	}
	err := p.notShutAt(epoch)
	if err == nil && incarnation != g.o.Incarnation {
		err = fmt.Errorf("%w: product %s is under another incarnation", sale.ErrFenced, id)
	}
	if err != nil {
		p.mu.Unlock()
		return nil, err
	}
	return p, nil
}

func (p *product) notShutAt(epoch int64) error {
	switch {
	case p.state == missing:
		return noGate(p.id)
	case epoch != p.view.Epoch:
		return p.fenced(epoch)
	case p.state == open:
		return fmt.Errorf("%w: product %s is open already at epoch %d", sale.ErrFenced, p.id, epoch)
	}
	return nil
}

// Remove is gate.Opener's.
func (g *Gate) Remove(_ context.Context, id string, epoch int64) error {
	p := g.product(id)
	if p == nil {
		return nil
	}
	defer p.mu.Unlock()
	if p.state == missing {
		return nil
	}
	if epoch != p.view.Epoch {
		return p.fenced(epoch)
	}
	p.state, p.users, p.fences, p.unpaid, p.view = missing, nil, nil, nil, gate.View{}
	return nil
}
