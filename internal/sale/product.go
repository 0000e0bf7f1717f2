package sale

import "time"

// A Product is all that the fold keeps of one product: its terms, where its
// history stands, and its counts.
type Product struct {
	ID        string
	Terms     Terms
	Epoch     int64  // of its last accepted opening; 0: it has never had one
	Nonce     string // of that opening
	Refused   bool   // that opening's terms were refused: the epoch moved, the terms stayed
	Deleted   bool   // a tombstone, kept for its epoch
	Partition int32  // of the log, for good

	Held                                       int64 // placed + paid
	Placed, Paid, Cancelled, Expired, Rejected int64

	LastNumber int64 // of its orders
	LastReturn int64
	LastEntry  int64 // of its history
	Recounts   int64 // what in this epoch may have cost a unit: an opening recounts it

	Applied int64  // the orders of this epoch with the seqs 1 to Applied have been folded; -1: not known, in tables of earlier programs
	Ahead   string // those applied beyond a gap, as ranges: "61-80 95-95"
}

// Exists reports whether the product can be seen: put, and not deleted since.
func (p Product) Exists() bool { return p.Epoch > 0 && !p.Deleted }

// Phase is what a product's terms and count say about buying it.
type Phase string

// The phases. Opening is known to the gate alone: it is shut for a moment.
const (
	Opening Phase = "opening"
	NotOpen Phase = "not_open"
	OnSale  Phase = "on_sale"
	SoldOut Phase = "sold_out"
	Paused  Phase = "paused"
	Closed  Phase = "closed"
)

// PhaseAt is the phase at the time now with remaining units left.
func (t Terms) PhaseAt(now time.Time, remaining int64) Phase {
	return PhaseOf(t.OpensAt, t.ClosesAt, t.Paused, t.Closed, remaining, now)
}

// PhaseOf is the same of those terms that a gate has too. The order of the checks is
// the order in which a buyer is told; admit.lua has it as well.
func PhaseOf(opensAt, closesAt time.Time, paused, closed bool, remaining int64, now time.Time) Phase {
	switch {
	case closed || !closesAt.IsZero() && !now.Before(closesAt):
		return Closed
	case paused:
		return Paused
	case now.Before(opensAt):
		return NotOpen
	case remaining <= 0:
		return SoldOut
	}
	return OnSale
}
