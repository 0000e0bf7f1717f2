package memgate

import (
	"context"
	"maps"
	"math"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// View is gate.Inspector's.
func (g *Gate) View(_ context.Context, id string) (gate.View, error) {
	p := g.product(id)
	if p == nil {
		return gate.View{}, noGate(id)
	}
	defer p.mu.Unlock()
	return p.viewAt(g.o.Now()), p.notOpen()
}

// Users is gate.Inspector's. It holds up the buyers for some microseconds at a
// time, and not at all while f works. Users who come meanwhile are among them.
func (g *Gate) Users(_ context.Context, id string, epoch, from int64, f func(user string)) error {
	var page [512]string
	p, err := g.openedAt(id, epoch)
	if err != nil {
		return err
	}
	at := p.users.since(from)
	p.mu.Unlock()
	for at != none {
		p, err := g.openedAt(id, epoch)
		if err != nil {
			return err
		}
		var names []string
		names, at = p.users.page(at, page[:0])
		p.mu.Unlock()
		for _, name := range names {
			f(name)
		}
	}
	return nil
}

// Knows is gate.Inspector's.
func (g *Gate) Knows(_ context.Context, id string, epoch int64, user string, order sale.OrderID) (bool, error) {
	p, err := g.openedAt(id, epoch)
	if err != nil {
		return false, err
	}
	defer p.mu.Unlock()
	return p.users.look(user, order).knows, nil
}

// Cut is gate.Inspector's.
func (g *Gate) Cut(_ context.Context, id string) (gate.Cut, error) {
	p, err := g.opened(id)
	if err != nil {
		return gate.Cut{}, err
	}
	defer p.mu.Unlock()
	now := g.o.Now()
	c := gate.Cut{View: p.viewAt(now), Outbox: p.outbox.records(id, now, 0, math.MaxInt)}
	if p.view.Terms.UnpaidPerAddress > 0 {
		c.Unpaid = maps.Clone(p.unpaid)
	}
	return c, nil
}
