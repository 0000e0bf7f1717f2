package purchase

import (
	"context"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// A Result is what a buyer is told. The zero Result says that the gate gave a
// verdict which means nothing here: an internal error, and never a refusal.
type Result uint8

// The results.
const (
	Placed        Result = iota + 1 // the order is firm
	Queued                          // admitted; it will be placed or rejected
	Again                           // this very order was admitted before, and may have ended since
	AlreadyBought                   // Order is the one by which the user holds a unit
	OrderLimit                      // the user has had as many orders as one may
	Paused
	NotOpen
	Closed
	SoldOut
	NotEligible  // the product is for a group that the buyer is not in
	AddressLimit // as many orders of the buyer's address wait for payment as may
	ResultCount  // of them, the zero one included
)

// An Answer is a result with what belongs to it.
type Answer struct {
	Result  Result
	Order   sale.OrderID
	Epoch   int64     // under which the gate decided
	OpensAt time.Time // NotOpen: when it opens
	Now     time.Time // the gate's clock
}

// A Confirmer says when an admitted order is placed: see sale.PlacedBy.
type Confirmer interface {
	// Confirm waits until it is known what became of the order, or ctx is done (IsPending).
	Confirm(ctx context.Context, c Claim) (Confirmation, error)
}

// A Claim is an order that the gate admitted, or knows from before.
type Claim struct {
	Product  string
	Order    sale.OrderID
	Epoch    int64          // of the gate that answered
	Appended bool           // the order is in the log, as far as this process knows
	At       *sale.Position // the order is there in the log, or before; nil if that is not known
}

// A Confirmation says what became of an admitted order.
type Confirmation uint8

// The confirmations.
const (
	IsPlaced  Confirmation = iota + 1
	IsPending              // not known yet
	IsVoid                 // it was stale, or the fold refused it: it may be admitted again under a later epoch
	IsOver                 // it was placed, and paid, cancelled or expired since
)

// AfterAppend confirms as soon as the log has the order: for a log and a gate
// in one process, for there an opening appends all that was admitted before it.
type AfterAppend struct{}

// Confirm implements Confirmer. What becomes of an order whose append failed is
// not known, and never will be in this process.
func (AfterAppend) Confirm(_ context.Context, c Claim) (Confirmation, error) {
	if !c.Appended {
		return IsPending, sale.ErrUnknownOutcome
	}
	return IsPlaced, nil
}

// refusal is the answer for a verdict that tells of no order of the buyer's.
func refusal(verdict gate.Verdict, v *gate.View, now time.Time) Answer {
	a := Answer{Epoch: v.Epoch, Now: now}
	switch verdict {
	case gate.Closed:
		a.Result = Closed
	case gate.Paused:
		a.Result = Paused
	case gate.NotOpen:
		a.Result, a.OpensAt = NotOpen, v.Terms.OpensAt
	case gate.SoldOut:
		a.Result = SoldOut
	case gate.NotEligible:
		a.Result = NotEligible
	case gate.AddressLimit:
		a.Result = AddressLimit
	}
	return a
}
