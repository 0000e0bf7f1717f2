package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

func (s *gateServer) Admit(_ context.Context, product string, try gate.Try, batch []gate.Request) (a gate.Admission, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.opened(product, 0)
	if err != nil {
		return a, err
	}
	now := s.now()
	if try.Late(now, g.epoch, g.fences[try.Lane]) {
		a.View.Now, a.View.Epoch = now, g.epoch
		return a, sale.ErrLate
	}
	if g.waiting() > int64(s.most) {
		return a, sale.ErrFull
	}
	if try.Fences {
		g.fences = maps.Clone(g.fences)
		if g.fences == nil {
			g.fences = map[string]int64{}
		}
		g.fences[try.Lane] = try.Number
		s.change(product, g)
	}
	entry := gate.Entry{ID: gate.EntryID(fmt.Sprintf("%d-%d", g.epoch, g.view.Seq+1))}
	g.users, g.unpaid = cloned(g.users), maps.Clone(g.unpaid)
	for _, r := range batch {
		d := g.decide(r, now)
		a.Decisions = append(a.Decisions, d)
		if d.Verdict == gate.Admitted {
			entry.Orders = append(entry.Orders, sale.Record{
				Kind: sale.KindOrder, ProductID: product, Epoch: g.epoch, At: now.UTC().Truncate(time.Millisecond),
				OrderID: r.Order, UserID: r.User, Seq: d.Seq, Origin: g.view.Terms.OriginOf(&r),
			})
		}
	}
	if entry.Orders != nil {
		a.Entry = entry.ID
		g.outbox = append(slices.Clip(g.outbox), entry)
		s.change(product, g)
	}
	a.View = s.viewOf(g)
	return a, nil
}

func (g *gateState) decide(r gate.Request, now time.Time) gate.Decision {
	d := gate.Decision{Order: r.Order}
	held, newest := 0, sale.OrderID{}
	for _, h := range g.users[r.User] {
		if h.Order == r.Order {
			d.Verdict = gate.Known
			return d
		}
		if !h.Ended {
			held, newest = held+1, h.Order
		}
	}
	verdict, refuses := g.view.Refuses(now)
	origin := g.view.Terms.OriginOf(&r)
	switch {
	case held >= g.view.Terms.LimitPerUser:
		d.Verdict, d.Order = gate.LimitReached, newest
	case g.view.Terms.OrdersPerUser > 0 && len(g.users[r.User]) >= g.view.Terms.OrdersPerUser:
		d.Verdict = gate.OrderLimit
	case refuses:
		d.Verdict = verdict
	case !g.view.Terms.Eligible(r.Groups):
		d.Verdict = gate.NotEligible
	case origin != "" && g.unpaid[origin] >= g.view.Terms.UnpaidPerAddress:
		d.Verdict = gate.AddressLimit
	default:
		g.view.Remaining--
		g.view.Seq++
		g.add(gate.Holding{User: r.User, Order: r.Order})
		g.wait(origin, 1)
		g.bySeq = append(slices.Clip(g.bySeq), r.User)
		d.Verdict, d.Seq = gate.Admitted, g.view.Seq
	}
	return d
}

func (g *gateState) add(h gate.Holding) {
	g.users[h.User] = append(slices.Clip(g.users[h.User]), h)
}

func (g *gateState) wait(origin string, n int) {
	if origin == "" {
		return
	}
	if g.unpaid == nil {
		g.unpaid = map[string]int{}
	}
	if g.unpaid[origin] += n; g.unpaid[origin] <= 0 {
		delete(g.unpaid, origin)
	}
}

func cloned(users map[string][]gate.Holding) map[string][]gate.Holding {
	if users == nil {
		return map[string][]gate.Holding{}
	}
	return maps.Clone(users)
}

func (s *gateServer) Return(_ context.Context, product string, epoch int64, returns []sale.Return) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.opened(product, epoch)
	if err != nil {
		return 0, err
	}
	g.users, g.unpaid = cloned(g.users), maps.Clone(g.unpaid)
	for _, r := range returns {
		if r.Number != g.view.Returned+1 {
			continue
		}
		g.view.Returned++
		g.wait(r.Origin, -1)
		if r.Paid {
			continue
		}
		if g.view.Remaining++; g.view.Remaining == 1 {
			g.freeSince = s.now()
		}
		held := slices.Clone(g.users[r.UserID])
		if i := slices.IndexFunc(held, func(h gate.Holding) bool { return h.Order == r.OrderID }); i >= 0 {
			held[i].Ended = true
			g.users[r.UserID] = held
		}
	}
	s.change(product, g)
	return g.view.Returned, nil
}
