package sale

import "time"

// Outcome says what a record did.
type Outcome string

// The outcomes.
const (
	Applied Outcome = "applied" // it did what it says
	Known   Outcome = "known"   // it has been here before: twice is once
	Stale   Outcome = "stale"   // of another epoch than the product's, an end of one before its order's: no effect
	Foreign Outcome = "foreign" // an order under the id of another product's order: poison, no effect
	Astray  Outcome = "astray"  // a state that does not stand in the beginning of a log: poison, no effect
	Refused Outcome = "refused" // the rules forbid it: an order becomes rejected, an opening keeps the old terms, the rest has no effect
)

// Fold applies the record r, found at position at, to s, and says what it did.
// The store's time now goes into PlacedAt and PayBy and decides nothing.
//
// What changed can be read from s: Product, Touched, TouchedPayments, Returns, History and Wiped.
func Fold(s *State, r Record, at Position, now time.Time) Outcome {
	switch r.Kind {
	case KindOpening:
		return s.open(r)
	case KindOrder:
		return s.order(r, at, now)
	case KindPay, KindCancel, KindExpire:
		if r.PaymentID != "" {
			return s.pay(r)
		}
		return s.end(r)
	case KindVoid:
		return s.void(r)
	case KindRefundDue, KindRefunded:
		return s.settlePayment(r)
	case KindState:
		return s.restore(r, at)
	}
	return Refused // no reader gives such a record: it is poison
}

// open begins an epoch, with the terms of r if what is held allows them. It has to
// follow the very epoch that its opener read: one that comes late would undo others.
func (s *State) open(r Record) Outcome {
	p := &s.Product
	if r.Epoch != p.Epoch+1+r.Skips {
		return Stale
	}
	before := *p
	// One that never was is as one that was deleted: refused terms leave no product to see.
	p.Deleted = p.Deleted || p.Epoch == 0
	p.Epoch, p.Nonce, p.Recounts = r.Epoch, r.Nonce, 0
	p.Applied, p.Ahead = 0, ""
	p.Refused = !s.allows(r)
	switch {
	case p.Refused:
		return Refused
	case r.Deleted:
		s.wipe()
	default:
		p.Terms, p.Deleted = r.Terms, false
	}
	s.noteTerms(&r, before)
	return Applied
}

// allows reports whether an opening's terms fit what is held at this point of the log.
func (s *State) allows(r Record) bool {
	p := &s.Product
	if r.Deleted {
		return p.Exists() && p.Terms.ClosedAt(r.At) && !s.owes()
	}
	return r.Terms.Quantity >= p.Held && (r.Terms.LimitPerUser >= p.Terms.LimitPerUser || r.Terms.LimitPerUser >= s.mostHeld())
}

// order makes the gate's yes an order, or rejects it if the rules forbid it.
// The gate checked the same rules, so a rejection means that it was wrong: the
// next opening recounts.
func (s *State) order(r Record, at Position, now time.Time) Outcome {
	p := &s.Product
	if !p.Exists() || r.Epoch != p.Epoch {
		return Stale
	}
	if s.foreign[r.OrderID] {
		return Foreign
	}
	p.noteApplied(r.Seq)
	known := s.orders[r.OrderID]
	if known != nil {
		// A retry with the same key may come back in a later epoch with the id
		// of an order that was rejected: it is judged anew.
		if known.Status != Rejected || known.Epoch == r.Epoch {
			return Known
		}
		p.Rejected--
	}
	o := &Order{
		ID: r.OrderID, ProductID: r.ProductID, UserID: r.UserID,
		Seq: r.Seq, Epoch: r.Epoch, PlacedAt: now, Position: at,
	}
	late := s.payments.late[r.OrderID] // the order was asked for by its payment
	if late != nil && late.Status != PaymentLate || p.Held >= p.Terms.Quantity || len(s.held[r.UserID]) >= p.Terms.LimitPerUser {
		o.Status = Rejected
		p.Rejected++
		p.Recounts++
		s.put(o)
		return Refused
	}
	p.LastNumber++
	p.Held++
	o.Status, o.Number, o.Slot, o.Price = Placed, p.LastNumber, s.freeSlot(r.UserID), p.Terms.Price
	if late != nil {
		o.Status, o.Price, o.PaymentID = Paid, late.Paid, late.ID
		p.Paid++
		s.changePayment(late, PaymentPaid, r)
		s.put(o)
		return Applied
	}
	p.Placed++
	if p.Terms.PaymentWindow > 0 {
		o.PayBy, o.Origin = now.Add(p.Terms.PaymentWindow), r.Origin
	}
	s.put(o)
	return Applied
}

// end takes an order out of placed. The first record in the log wins; but one of an
// epoch before the order's own means the order that had this id in a former life of
// the product, from before it was deleted.
func (s *State) end(r Record) Outcome {
	p := &s.Product
	o := s.orders[r.OrderID]
	if o == nil || o.Status != Placed || o.PayBy.IsZero() {
		return Refused
	}
	if r.Epoch < o.Epoch {
		return Stale
	}
	p.Placed--
	switch r.Kind {
	case KindPay:
		o.Status = Paid
		p.Paid++
		s.settled(o)
		s.noteEnd(&r, Paid)
		return Applied
	case KindCancel:
		o.Status = Cancelled
		p.Cancelled++
		s.noteEnd(&r, Cancelled)
	case KindExpire:
		o.Status = Expired
		p.Expired++
	}
	s.free(o, r.At)
	return Applied
}

// free takes the unit of an order that has ended, to be returned.
func (s *State) free(o *Order, at time.Time) {
	p := &s.Product
	o.EndedAt = at
	s.release(o)
	p.Held--
	s.giveBack(o, false)
}

// settled notes that o was paid: it counts against no address any more.
func (s *State) settled(o *Order) {
	if o.Origin == "" {
		s.touch(o)
		return
	}
	s.giveBack(o, true)
}

func (s *State) giveBack(o *Order, paid bool) {
	p := &s.Product
	p.LastReturn++
	s.returns = append(s.returns, Return{ProductID: p.ID, Number: p.LastReturn, OrderID: o.ID, UserID: o.UserID, Origin: o.Origin, Paid: paid})
	o.Origin = ""
	s.touch(o)
}
