// Package gate is the contract of what decides, at once, whether a buyer may have
// a unit.
//
// A gate is disposable: it is built from the order store, for one epoch of one
// product, by the procedure of package opening, and everything it admits goes to
// the order log. What it promises is small: in one epoch it never admits more
// than it was opened with, plus what was returned to it; a user never more than
// the limit, nor more orders than one may have, nor anything if the gate is for a
// group that they are not in; an origin never more unpaid orders than it may have; and an admitted order is in its outbox from the same
// instant until it is forgotten.
//
//	missing ──Shut(e)──► opening e ──Open(e)──► open e ──Shut(e+1)──► opening e+1 …
//	                        └────────Remove(e)────┴──► missing
//
// A gate is fenced twice. By epoch: a call that names another epoch than the
// gate's changes nothing. By incarnation: it names the run of the server that
// holds the gate. A gate that was opened under another incarnation than the current
// one refuses everything but Shut, since its memory may be older than its answers.
//
// Every method is safe for concurrent use; the methods of one product take
// effect one after the other. The cost of a call does not grow with a user's past:
// orders that have ended are known, but no call goes through them. No method waits for
// anything but the keeper's own round trip. Errors are of the kinds ErrNoGate, ErrShut, ErrFenced,
// ErrUnavailable (nothing happened) or ErrUnknownOutcome (it may have happened,
// or may still) of package sale, and ErrFull and ErrLate from Admit.
package gate

import (
	"context"
	"slices"
	"time"

	"seckill/internal/sale"
)

// An Admitter answers buyers. Package purchase calls it.
type Admitter interface {
	// Admit decides on a batch for one product, in order and in one step: each
	// admitted order has taken a unit, is known as its user's, and is in the
	// outbox as part of one entry. Under ErrUnknownOutcome the same requests may
	// be sent again: an order that is known by then is answered Known.
	//
	// A gate that holds more than its bound of orders that wait for the log
	// answers ErrFull to the whole batch. A try that comes too late is answered
	// ErrLate, with time and epoch in the view alone.
	Admit(ctx context.Context, product string, try Try, batch []Request) (Admission, error)
}

// A Try is one sending of a batch: when it is too late for it to do anything, so that
// one whose outcome is unknown becomes certain. The zero Try is never too late.
type Try struct {
	By     time.Time // on the gate's clock, which may be set back; zero: any time
	Epoch  int64     // of the gate that it is meant for; 0: any
	Lane   string    // sends its tries one after the other
	Number int64     // of the lane's tries; each has a higher one than those before it
	Fences bool      // once it is decided, earlier ones of its lane come too late, for as long as the epoch lasts
}

// Late reports whether it comes too late to a gate of this epoch that says it is now, and
// that tries of its lane before the number fence do nothing any more.
func (t *Try) Late(now time.Time, epoch, fence int64) bool {
	return !t.By.IsZero() && now.After(t.By) || t.Epoch != 0 && t.Epoch != epoch || t.Number < fence
}

// A Request asks for one unit, for User, as Order, which is never the id of another user's order.
type Request struct {
	User   string
	Order  sale.OrderID
	Groups []string // that the user is in, as far as is proven; of any form, for they come from elsewhere
	Origin string   // of sale.OriginOf; empty: what it may hold is not bounded
}

// A Verdict is the gate's answer to one request.
type Verdict uint8

// The verdicts, in the order in which they are looked for. What depends on the
// request's groups and origin comes last: while a view refuses everybody, nobody is told more.
const (
	Known        Verdict = iota + 1 // this very order was admitted before, in this epoch or an earlier one
	LimitReached                    // the user holds as many units as one may
	OrderLimit                      // the user has had as many orders as one may, those that ended among them
	Closed
	Paused
	NotOpen
	SoldOut
	NotEligible  // the gate is for a group that the request does not carry
	AddressLimit // as many orders of the request's origin wait for payment as may
	Admitted
)

// A Decision is the answer to one request of a batch.
type Decision struct {
	Verdict Verdict
	Order   sale.OrderID // LimitReached: the newest order by which the user holds a unit; else the request's
	Seq     int64        // Admitted: counts the admitted orders of the epoch from 1
}

// An Admission is the answer to a batch.
type Admission struct {
	View      View
	Entry     EntryID // of the outbox; empty if nothing was admitted
	Decisions []Decision
}

// A View is what a gate says of itself at one instant.
type View struct {
	Epoch     int64
	Now       time.Time // by the gate's clock, which decides on opening and closing
	Remaining int64
	Seq       int64 // orders admitted in this epoch
	Returned  int64 // number of the last return it took
	Waiting   int64 // orders in its outbox, of whatever epoch
	Signs     int64 // of its opener's life, while the gate is shut: how often it called Shut or Load
	Terms     Hours
}

// Hours are the terms that a gate itself judges, and where what it admits belongs.
type Hours struct {
	OpensAt, ClosesAt time.Time // zero: none
	Paused, Closed    bool
	LimitPerUser      int    // units that one user may hold
	OrdersPerUser     int    // orders that one user may have, ended ones included; 0: any number
	UnpaidPerAddress  int    // orders of one origin that may wait for payment; 0: any number, and none is counted
	Group             string // that a request has to carry; empty: none
	Partition         int32  // of the log; the gate only carries it
}

// HoursOf are those of a product, as the store has it.
func HoursOf(p *sale.Product) Hours {
	t := &p.Terms
	return Hours{
		OpensAt: t.OpensAt, ClosesAt: t.ClosesAt, Paused: t.Paused, Closed: t.Closed,
		LimitPerUser: t.LimitPerUser, OrdersPerUser: t.MostOrders(), UnpaidPerAddress: t.UnpaidPerAddress, Group: t.Group, Partition: p.Partition,
	}
}

// Equal reports whether h and other are the same, however their times are kept.
func (h Hours) Equal(other Hours) bool {
	same := h.OpensAt.Equal(other.OpensAt) && h.ClosesAt.Equal(other.ClosesAt)
	h.OpensAt, h.ClosesAt = other.OpensAt, other.ClosesAt
	return same && h == other
}

// Eligible reports whether somebody who is in these groups may be admitted.
func (h *Hours) Eligible(groups []string) bool {
	return h.Group == "" || slices.Contains(groups, h.Group)
}

// OriginOf is what a gate under these terms counts a request against; empty: nothing.
func (h *Hours) OriginOf(r *Request) string {
	if h.UnpaidPerAddress == 0 {
		return ""
	}
	return r.Origin
}

// Refuses returns the verdict that everybody who holds no order gets under this
// view at the time now, and false if a buyer who is eligible may be admitted.
func (v *View) Refuses(now time.Time) (Verdict, bool) {
	h := &v.Terms
	switch sale.PhaseOf(h.OpensAt, h.ClosesAt, h.Paused, h.Closed, v.Remaining, now) {
	case sale.Closed:
		return Closed, true
	case sale.Paused:
		return Paused, true
	case sale.NotOpen:
		return NotOpen, true
	case sale.SoldOut:
		return SoldOut, true
	}
	return 0, false
}

// An Opener begins and ends a gate's lifetime. Package opening calls it.
type Opener interface {
	// Shut makes the gate answer ErrShut to everybody but its opener, at epoch:
	// allowed if epoch is above the gate's, or equal while it is still opening;
	// else ErrFenced. A missing gate is made. At an equal epoch it keeps what was
	// loaded, for a late opener must not undo the work of the one that won. It
	// returns under which incarnation, and the gate's time. It is a sign of the
	// opener's life.
	Shut(ctx context.Context, product string, epoch int64) (incarnation string, now time.Time, err error)
	// Load tells the gate, shut at epoch, of orders that its users have. They
	// are on top of what was loaded since Shut at this epoch, so a Load whose
	// outcome is unknown must not be sent again: start over with a new epoch. A
	// user's holdings come oldest first. It is a sign of the opener's life, also
	// without holdings.
	Load(ctx context.Context, product string, epoch int64, incarnation string, holdings []Holding) error
	// Open lets buyers in: iff the gate is shut at epoch, under this
	// incarnation; else ErrFenced. What was kept of older epochs is dropped,
	// the outbox aside.
	Open(ctx context.Context, product string, epoch int64, incarnation string, start Start) error
	// Remove drops the gate, its outbox aside, iff it is at epoch; else
	// ErrFenced. It is nil if there is none.
	Remove(ctx context.Context, product string, epoch int64) error
}

// A Holding is an order that a user has, as the order store knows it.
type Holding struct {
	User   string
	Order  sale.OrderID
	Ended  bool   // it holds no unit any more; kept so that a retry finds it
	Origin string // that it counts against, as it waits for payment; empty: none
}

// A Start is what a gate opens with. Its seq starts at 0.
type Start struct {
	Terms     Hours
	Remaining int64
	Returned  int64
}

// An Outbox holds the admitted orders that are not yet known to be in the log.
// It outlives epochs. Packages purchase and opening call it.
type Outbox interface {
	// Pending returns the entries that are at least age old, oldest first, at
	// most max of them. It works on a gate that is shut or fenced.
	Pending(ctx context.Context, product string, age time.Duration, max int) ([]Entry, error)
	// Forget drops entries. One that is not there is no error.
	Forget(ctx context.Context, product string, entries []EntryID) error
}

// An EntryID names an entry for good: "<epoch>-<first seq>".
type EntryID string

// An Entry is the orders that one batch admitted, as records for the log: by seq,
// without gaps, made at the Now of the admission's view, to the millisecond.
type Entry struct {
	ID     EntryID
	Orders []sale.Record
}

// A Returner takes units that came free. Package projector calls it.
type Returner interface {
	// Return makes units buyable again, but those of paid orders, and lets their origins have as many more, at a gate open at epoch. It takes return
	// n only if it holds n-1, passes over what it has, and returns the number
	// it then holds: the same returns may be sent at any time, by anybody.
	Return(ctx context.Context, product string, epoch int64, returns []sale.Return) (returned int64, err error)
}

// An Inspector looks without touching. Packages purchase, opening, httpapi's
// readers and verify call it.
type Inspector interface {
	// View is the gate's view of itself. ErrShut and ErrFenced come with the gate's
	// epoch, and ErrShut with the signs of its opener's life.
	View(ctx context.Context, product string) (View, error)
	// Users calls f with every user whose first order in the gate has the seq from
	// or a later one, ended orders included, if the gate is open at epoch. What
	// was loaded has seq 0, so that from 0 on they are all. f may be called twice
	// for one user, and with users from before: a keeper need not know exactly
	// where a seq begins.
	Users(ctx context.Context, product string, epoch, from int64, f func(user string)) error
	// Knows reports whether user has this order in the gate, if it is open at epoch.
	Knows(ctx context.Context, product string, epoch int64, user string, order sale.OrderID) (bool, error)
	// Cut is what an audit goes by, in one step.
	Cut(ctx context.Context, product string) (Cut, error)
}

// A Cut is a gate at one instant.
type Cut struct {
	View   View
	Outbox []Entry
	Unpaid map[string]int // by origin: its orders that wait for payment; only where they are bounded
}

// A Keeper is all of a gate.
type Keeper interface {
	Admitter
	Opener
	Outbox
	Returner
	Inspector
}
