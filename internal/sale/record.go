package sale

import "time"

// Kind says what a record is.
type Kind string

// The kinds of records.
const (
	KindOpening Kind = "opening" // a gate's lifetime begins
	KindOrder   Kind = "order"   // the gate admitted a buyer
	KindPay     Kind = "pay"
	KindCancel  Kind = "cancel"
	KindExpire  Kind = "expire" // the payment window passed
	KindVoid    Kind = "void"   // the shop ends an order that was paid, or final
	// A late payment is owed back, and one that is owed back was.
	KindRefundDue Kind = "refund_due"
	KindRefunded  Kind = "refunded"
	KindState     Kind = "state" // a chunk of the tables that the log continues
)

// A Record is one line of the order log. Which fields it uses depends on its kind.
type Record struct {
	Kind      Kind
	ProductID string
	Epoch     int64     // opening, order: its own; the others: that of the order that they mean
	At        time.Time // when it was made, to the millisecond
	By        string    // opening, pay, cancel, void, refunded: the operator who caused it; empty: nobody, or if nobody has a name

	OrderID OrderID // all but opening, refund_due and refunded
	UserID  string  // order
	Seq     int64   // order: counts the admitted orders of its epoch from 1
	Origin  string  // order: see OriginOf; empty: the terms limit no address, or its buyer has none that counts

	Nonce   string // opening: tells two openings of one epoch apart
	Skips   int64  // opening: how many epochs it passes over, for a gate has been there; nearly always 0
	Terms   Terms  // opening
	Deleted bool   // opening: removes the product and its orders
	Secret  string // opening, state: of keyed order ids, in hexadecimal; empty in those of earlier programs

	PaymentID string  // pay, refund_due, refunded; empty in a pay that tells of no payment
	LateID    OrderID // pay with a payment: see Payment
	Price     Price   // pay with a payment: what was paid
	Reason    string  // void, refund_due; of refunded it may be empty

	Chunk *Chunk // state
}

// Probe is a record without effect, whatever the log holds: it shows whether the log
// takes records.
func Probe(product string, at time.Time) Record {
	return Record{Kind: KindExpire, ProductID: product, At: at} // of no order
}
