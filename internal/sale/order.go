package sale

import "time"

// Status is where an order stands.
type Status string

// The statuses; see the package comment for the steps between them.
const (
	Queued    Status = "queued"
	Placed    Status = "placed"
	Paid      Status = "paid"
	Cancelled Status = "cancelled"
	Expired   Status = "expired"
	Rejected  Status = "rejected"
)

// PlacedBy is what makes an order placed, so that no fault can undo it.
type PlacedBy uint8

// The two: of the embedded mode, and of the cluster.
const (
	// PlacedByLog: that the log has synced it. The store comes after.
	PlacedByLog PlacedBy = iota + 1
	// PlacedByStore: that the store has it.
	PlacedByStore
)

// Holds reports whether an order of this status holds a unit.
func (s Status) Holds() bool { return s == Placed || s == Paid }

// Valid reports whether s is a status that the fold gives: any but queued.
func (s Status) Valid() bool {
	switch s {
	case Placed, Paid, Cancelled, Expired, Rejected:
		return true
	}
	return false
}

// An Order is one buyer's unit, as the fold keeps it.
type Order struct {
	ID         OrderID
	ProductID  string
	UserID     string
	Slot       int   // which of the user's units it is: the smallest free one when it was placed, from 1
	Number     int64 // 1..n in its product; 0 for a rejected one
	Status     Status
	Seq        int64 // the gate's count of admitted orders in Epoch
	Epoch      int64
	Price      Price     // at which it was placed
	PlacedAt   time.Time // by the store's clock: not a part of the fold
	PayBy      time.Time // likewise; zero: it is final, nothing is to be paid
	Origin     string    // where its buyer was, as long as it waits for payment and the terms limit what an address may hold; else empty
	PaymentID  string    // by which it is paid, or was until the shop has cancelled it; empty: by none that is known
	VoidReason string    // why the shop has cancelled it; empty: it was not the shop
	EndedAt    time.Time // when it was cancelled or expired, by the record
	Position   Position  // of its record
}

// A Return is what an order no longer keeps from others: its unit, and what it counted
// against its address. They are numbered 1..n in their product, so that a gate takes each exactly once.
type Return struct {
	ProductID string
	Number    int64
	OrderID   OrderID
	UserID    string
	Origin    string // of whose orders one fewer waits for payment; empty: of no address's
	Paid      bool   // it was paid: its unit stays with it, and only Origin has one fewer
}

// A Position is a place in the order log: the record at Offset, counted from 0
// in its partition.
type Position struct {
	Partition int32
	Offset    int64
}

// A Query asks for a page of a product's numbered orders.
type Query struct {
	Product string
	Status  Status // empty: any but rejected
	After   int64  // the number to start behind; 0: from the start
	Newest  bool   // by falling number, and After counts downwards
	Limit   int
}
