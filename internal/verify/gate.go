package verify

import (
	"context"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"

	"seckill/internal/gate"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A cut is one gate at one instant.
type cut struct {
	view    gate.View
	orders  int64          // in its outbox
	waiting []sale.Record  // those of them of its own epoch
	unpaid  map[string]int // by origin, where they are bounded
}

// cuts are those of every product that is there; nil if there are no gates.
type cuts map[string]*cut

// cut takes a cut of every gate.
func (p Parts) cut(ctx context.Context) (cuts, error) {
	var products []sale.Product
	err := p.Store.Audit(ctx, func(s orderstore.Snapshot) (err error) {
		products, err = s.Products()
		return err
	})
	if err != nil {
		return nil, err
	}
	cs := cuts{}
	for _, product := range products {
		if !product.Exists() {
			continue
		}
		taken, err := p.Gate.Cut(ctx, product.ID)
		if err != nil {
			return nil, fmt.Errorf("cut of the gate of product %s: %w", product.ID, err)
		}
		cs[product.ID] = newCut(taken)
	}
	return cs, nil
}

// newCut leaves out what older epochs left in the outbox: it has no effect any more.
func newCut(taken gate.Cut) *cut {
	c := &cut{view: taken.View, unpaid: taken.Unpaid}
	for _, e := range taken.Outbox {
		c.orders += int64(len(e.Orders))
		for _, r := range e.Orders {
			if r.Epoch == c.view.Epoch {
				c.waiting = append(c.waiting, r)
			}
		}
	}
	return c
}

// stillOf reports, as ErrChangedMeanwhile, a product that has moved to another
// epoch than its cut, or is about to: an opening is due that recounts its units.
func (c cuts) stillOf(products []sale.Product) error {
	if c == nil {
		return nil
	}
	for _, p := range products {
		if !p.Exists() {
			continue
		}
		cut := c[p.ID]
		switch {
		case cut == nil || cut.view.Epoch != p.Epoch:
			return fmt.Errorf("product %s was opened anew: %w", p.ID, sale.ErrChangedMeanwhile)
		case p.Recounts > 0:
			return fmt.Errorf("product %s waits for an opening that counts its units again: %w", p.ID, sale.ErrChangedMeanwhile)
		}
	}
	return nil
}

// A gateAudit judges a gate's cut by the rows of its product.
type gateAudit struct {
	*draft
	p   sale.Product
	cut *cut

	users    map[uint64]struct{}       // hashes of all that it knows: names are not kept twice
	inFlight map[int64]sale.OrderID    // by seq: in the outbox, and no row yet
	late     map[sale.OrderID]struct{} // admitted after the cut, and ended or paid by now
	held     int64                     // at the cut, as far as the store knows it now
	pending  int64                     // returns that the gate had not taken at the cut
	unpaid   map[string]int            // by origin: orders that waited for payment at the cut
}

func newGateAudit(d *draft, p sale.Product, c *cut) *gateAudit {
	g := &gateAudit{draft: d, p: p, cut: c, users: map[uint64]struct{}{}, inFlight: map[int64]sale.OrderID{}, late: map[sale.OrderID]struct{}{}, unpaid: map[string]int{}}
	for i := range c.waiting {
		g.inFlight[c.waiting[i].Seq] = c.waiting[i].OrderID
	}
	return g
}

var userSeed = maphash.MakeSeed()

func (g *gateAudit) user(name string) { g.users[maphash.String(userSeed, name)] = struct{}{} }

func (g *gateAudit) order(o *sale.Order) {
	if o.Epoch == g.cut.view.Epoch {
		if o.Seq > g.cut.view.Seq {
			if o.Status != sale.Placed {
				g.late[o.ID] = struct{}{}
			}
			return
		}
		if g.inFlight[o.Seq] == o.ID {
			delete(g.inFlight, o.Seq)
		}
	}
	if _, known := g.users[maphash.String(userSeed, o.UserID)]; !known && o.Status != sale.Rejected {
		g.find(userUnknown.of(safe(o.UserID)), g.p.ID, rowOf(o))
	}
	if o.Status.Holds() {
		g.held++
	}
	g.unpaid[o.Origin]++
}

func (g *gateAudit) returned(r *sale.Return) {
	if _, late := g.late[r.OrderID]; r.Number <= g.cut.view.Returned || late {
		return
	}
	g.unpaid[r.Origin]++
	if !r.Paid {
		g.pending++
	}
}

// seqs judges that nothing that the gate admitted is lost: what is not in the
// log is in the outbox.
func (g *gateAudit) seqs(s *seqs) {
	v := &g.cut.view
	if s == nil || !s.begun {
		g.leaveOut(Seqs, g.p.ID, openingNotRead)
		return
	}
	for i := range g.cut.waiting {
		r := &g.cut.waiting[i]
		if r.Seq < 1 || r.Seq > v.Seq {
			g.find(seqNeverGiven, g.p.ID, inOutbox, Number{"seq", r.Seq}, Number{"gate's seq", v.Seq})
		}
		s.add(g.draft, r, inOutbox)
	}
	there, missing := s.through(v.Seq)
	if missing > 0 {
		g.find(admittedLost, g.p.ID, inLogAndOutbox, Number{"first missing seq", missing}, Number{"missing", v.Seq - there})
	}
	g.check(seqsWithoutGap, g.p.ID, Number{"epoch", v.Epoch}, Number{"n", v.Seq}, Number{"held", there})
}

// itself judges what the gate goes by beside its counts.
func (g *gateAudit) itself() {
	if has, is := g.cut.view.Terms, gate.HoursOf(&g.p); !has.Equal(is) {
		g.find(termsDiffer.of(hours(has), hours(is)), g.p.ID, atGate)
	}
	g.check(gateTerms, g.p.ID)
	g.check(gateBuyers, g.p.ID, Number{"buyers", int64(len(g.users))})
	g.decide(gateWaiting, g.p.ID, atGate, g.cut.view.Waiting == g.cut.orders,
		Number{"waiting", g.cut.view.Waiting}, Number{"in the outbox", g.cut.orders})
}

func hours(h gate.Hours) string {
	return fmt.Sprintf("opens_at %s, closes_at %s, paused %v, closed %v, limit_per_user %d, orders_per_user %d, unpaid_per_address %d, group %q, partition %d",
		instant(h.OpensAt), instant(h.ClosesAt), h.Paused, h.Closed, h.LimitPerUser, h.OrdersPerUser, h.UnpaidPerAddress, h.Group, h.Partition)
}

// units judges that every unit is somewhere, once.
func (g *gateAudit) units() {
	v, quantity, inFlight := &g.cut.view, g.p.Terms.Quantity, int64(len(g.inFlight))
	g.decide(returnsTaken, g.p.ID, atGate, v.Returned <= g.p.LastReturn,
		Number{"taken", v.Returned}, Number{"given", g.p.LastReturn})
	g.decide(unitsAddUp, g.p.ID, atGate, v.Remaining+g.held+inFlight+g.pending == quantity,
		Number{"remaining", v.Remaining}, Number{"held", g.held}, Number{"in flight", inFlight}, Number{"returns pending", g.pending}, Number{"quantity", quantity})
	if v.Remaining == 0 && inFlight == 0 && g.pending == 0 {
		g.decide(soldOutHeld, g.p.ID, atGate, g.held == quantity, Number{"held", g.held}, Number{"quantity", quantity})
	}
}

// addresses judges that the gate counts the orders of each origin that wait for payment, in the tables or on their way there.
func (g *gateAudit) addresses() {
	if g.p.Terms.UnpaidPerAddress == 0 {
		return
	}
	for i := range g.cut.waiting {
		if r := &g.cut.waiting[i]; g.inFlight[r.Seq] == r.OrderID {
			g.unpaid[r.Origin]++
		}
	}
	delete(g.unpaid, "") // nobody's
	counted, waiting := 0, 0
	origins := slices.AppendSeq(slices.Collect(maps.Keys(g.cut.unpaid)), maps.Keys(g.unpaid))
	slices.Sort(origins)
	for _, origin := range slices.Compact(origins) {
		has, is := g.cut.unpaid[origin], g.unpaid[origin]
		counted, waiting = counted+has, waiting+is
		if has != is {
			g.find(addressMiscounted.of(safe(origin)), g.p.ID, atGate, Number{"counted", int64(has)}, Number{"waiting", int64(is)})
		}
	}
	g.check(gateAddresses, g.p.ID, Number{"counted", int64(counted)}, Number{"waiting", int64(waiting)})
}
