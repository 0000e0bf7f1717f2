package memgate

import (
	"context"
	"fmt"
	"time"

	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/sale"
)

// Admit is gate.Admitter's. A batch costs three allocations, whatever its size:
// its decisions, its entry and the entry's id; and now and then one if the
// table of users or the outbox grows.
func (g *Gate) Admit(_ context.Context, id string, try gate.Try, batch []gate.Request) (gate.Admission, error) {
	p, err := g.opened(id)
	if err != nil {
		return gate.Admission{}, err
	}
	defer p.mu.Unlock()
	now := g.o.Now()
	if try.Late(now, p.view.Epoch, p.fences[try.Lane]) {
		return gate.Admission{View: gate.View{Now: now, Epoch: p.view.Epoch}}, fmt.Errorf("%w: product %s", sale.ErrLate, id)
	}
	if p.outbox.orders > g.o.MaxUnrelayed {
		return gate.Admission{}, fmt.Errorf("%w: %d of product %s", sale.ErrFull, p.outbox.orders, id)
	}
	if try.Fences {
		p.fences[try.Lane] = try.Number
	}
	before := p.view.Seq
	a := gate.Admission{Decisions: make([]gate.Decision, len(batch))}
	for i, r := range batch {
		a.Decisions[i] = p.decide(r, now)
	}
	if n := p.view.Seq - before; n > 0 {
		a.Entry = p.outbox.add(entry{epoch: p.view.Epoch, first: before + 1, at: now, orders: admitted(batch, a.Decisions, n, &p.view.Terms)})
		crash.At("memgate: the orders are in the outbox")
	}
	a.View = p.viewAt(now)
	return a, nil
}

// decide answers one request, and lets the users know of an order it admits.
func (p *product) decide(r gate.Request, now time.Time) gate.Decision {
	d := gate.Decision{Order: r.Order}
	user := p.users.look(r.User, r.Order)
	verdict, refuses := p.view.Refuses(now)
	origin := p.view.Terms.OriginOf(&r)
	switch {
	case user.knows:
		d.Verdict = gate.Known
	case user.held >= p.view.Terms.LimitPerUser:
		d.Verdict, d.Order = gate.LimitReached, user.newest
	case p.view.Terms.OrdersPerUser > 0 && user.held+user.past >= p.view.Terms.OrdersPerUser:
		d.Verdict = gate.OrderLimit
	case refuses:
		d.Verdict = verdict
	case !p.view.Terms.Eligible(r.Groups):
		d.Verdict = gate.NotEligible
	case origin != "" && p.unpaid[origin] >= p.view.Terms.UnpaidPerAddress:
		d.Verdict = gate.AddressLimit
	default:
		p.view.Remaining--
		p.view.Seq++
		p.users.mark(p.view.Seq)
		p.users.put(user.place, r.User, r.Order)
		p.wait(origin)
		d.Verdict, d.Seq = gate.Admitted, p.view.Seq
	}
	return d
}

// admitted are the n requests of the batch that were admitted.
func admitted(batch []gate.Request, decisions []gate.Decision, n int64, terms *gate.Hours) []gate.Request {
	out := make([]gate.Request, 0, n)
	for i, d := range decisions {
		if d.Verdict == gate.Admitted {
			r := batch[i]
			r.Origin = terms.OriginOf(&r)
			out = append(out, r)
		}
	}
	return out
}

// wait counts an order of an origin that waits for payment, and paid one that does no more.
func (p *product) wait(origin string) {
	if origin != "" {
		p.unpaid[origin]++
	}
}

func (p *product) paid(origin string) {
	if p.unpaid[origin]--; p.unpaid[origin] <= 0 {
		delete(p.unpaid, origin)
	}
}

func (p *product) viewAt(now time.Time) gate.View {
	v := p.view
	v.Now, v.Waiting = now, int64(p.outbox.orders)
	return v
}

// Return is gate.Returner's.
func (g *Gate) Return(_ context.Context, id string, epoch int64, returns []sale.Return) (returned int64, err error) {
	p, err := g.openedAt(id, epoch)
	if err != nil {
		return 0, err
	}
	defer p.mu.Unlock()
	for _, r := range returns {
		if r.Number != p.view.Returned+1 {
			continue
		}
		p.view.Returned++
		p.paid(r.Origin)
		if r.Paid {
			continue
		}
		p.view.Remaining++
		p.users.end(r.UserID, r.OrderID)
	}
	return p.view.Returned, nil
}
