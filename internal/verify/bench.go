package verify

import "seckill/internal/sale"

// A bench judges a gate's cut by the rows of its product.
type bench struct {
	*docket
	p   sale.Product
	cut *cut

	inFlight map[int64]sale.OrderID    // by seq: in the outbox, and no row yet
	late     map[sale.OrderID]struct{} // admitted after the cut, and ended by now
	held     int64                     // at the cut, as far as the store knows it now
	pending  int64                     // returns that the gate had not taken at the cut
}

func newBench(d *docket, p sale.Product, c *cut) *bench {
	b := &bench{docket: d, p: p, cut: c, inFlight: map[int64]sale.OrderID{}, late: map[sale.OrderID]struct{}{}}
	for i := range c.waiting {
		b.inFlight[c.waiting[i].Seq] = c.waiting[i].OrderID
	}
	return b
}

func (b *bench) order(o *sale.Order) {
	if o.Epoch == b.cut.view.Epoch {
		if o.Seq > b.cut.view.Seq {
			if !o.Status.Holds() {
				b.late[o.ID] = struct{}{}
			}
			return
		}
		if b.inFlight[o.Seq] == o.ID {
			delete(b.inFlight, o.Seq)
		}
	}
	if o.Status.Holds() {
		b.held++
	}
}

func (b *bench) returned(r *sale.Return) {
	if _, late := b.late[r.OrderID]; r.Number > b.cut.view.Returned && !late {
		b.pending++
	}
}

// seqs judges that nothing that the gate admitted is lost: what is not in the
// log is in the outbox.
func (b *bench) seqs(s *seqs) {
	v := &b.cut.view
	if s == nil || !s.begun {
		b.leaveOut(Seqs, b.p.ID, "the opening of its epoch is not in what can be read of the log")
		return
	}
	for i := range b.cut.waiting {
		r := &b.cut.waiting[i]
		if r.Seq < 1 || r.Seq > v.Seq {
			b.find(Seqs, b.p.ID, "outbox", "the outbox holds a seq that the gate has not given", Number{"seq", r.Seq}, Number{"gate's seq", v.Seq})
		}
		s.add(b.docket, r, "outbox")
	}
	there, missing := s.through(v.Seq)
	if missing > 0 {
		b.find(Seqs, b.p.ID, "log and outbox", "an admitted order is neither in the log nor in the outbox", Number{"first missing seq", missing}, Number{"missing", v.Seq - there})
	}
	b.check(Seqs, b.p.ID, "log and outbox hold seq 1..n of the epoch", Number{"epoch", v.Epoch}, Number{"n", v.Seq}, Number{"held", there})
}

// units judges that every unit is somewhere, once.
func (b *bench) units() {
	v, quantity, inFlight := &b.cut.view, b.p.Terms.Quantity, int64(len(b.inFlight))
	b.equation(Returns, b.p.ID, "gate", v.Returned <= b.p.LastReturn, "returns that the gate took <= returns given",
		Number{"taken", v.Returned}, Number{"given", b.p.LastReturn})
	b.equation(Units, b.p.ID, "gate", v.Remaining+b.held+inFlight+b.pending == quantity, "remaining + held + in flight + returns pending = quantity",
		Number{"remaining", v.Remaining}, Number{"held", b.held}, Number{"in flight", inFlight}, Number{"returns pending", b.pending}, Number{"quantity", quantity})
	if v.Remaining == 0 && inFlight == 0 && b.pending == 0 {
		b.equation(SoldOut, b.p.ID, "gate", b.held == quantity, "sold out: held = quantity", Number{"held", b.held}, Number{"quantity", quantity})
	}
}
