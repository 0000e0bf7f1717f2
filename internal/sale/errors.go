package sale

import "errors"

// The kinds of errors that cross a contract. A keeper translates what its
// driver says into one of them, wrapped, so that callers ask errors.Is.
var (
	// ErrNotFound: there is no such product or order.
	ErrNotFound = errors.New("not found")
	// ErrUnavailable: the keeper cannot be reached or is closed. Nothing happened.
	ErrUnavailable = errors.New("unavailable")
	// ErrUnknownOutcome: it may have happened, or may still happen.
	ErrUnknownOutcome = errors.New("outcome unknown")
	// ErrFenced: the epoch or the incarnation moved on. Nothing happened.
	ErrFenced = errors.New("fenced")
	// ErrShut: the gate is being opened; nothing passes until it is. Nothing happened.
	ErrShut = errors.New("gate is shut")
	// ErrNoGate: the product has no gate here. Nothing happened.
	ErrNoGate = errors.New("no gate")
	// ErrFull: too many admitted orders wait for the log. Nothing happened.
	ErrFull = errors.New("too many orders wait for the log")
	// ErrLate: the call came after its deadline, at another epoch than it was meant
	// for, or after one that fences it. Nothing happened.
	ErrLate = errors.New("too late")
	// ErrMoved: another projector has moved the position. Nothing happened.
	ErrMoved = errors.New("position was moved")
	// ErrDamaged: what is kept contradicts itself. Whoever meets it halts.
	ErrDamaged = errors.New("data is damaged")
	// ErrPoison: a record that cannot be read or makes no sense.
	ErrPoison = errors.New("poison record")
	// ErrNewer: a record, or what keeps the records, is of a version above this program's. Whoever meets it halts.
	ErrNewer = errors.New("made by a newer program")
	// ErrTermsRefused: the terms are below what is held, or the product is not in a state for them.
	ErrTermsRefused = errors.New("terms refused")
	// ErrChangedMeanwhile: other openings of the product kept coming first.
	ErrChangedMeanwhile = errors.New("changed meanwhile")
	// ErrTaken: there is one of this name already.
	ErrTaken = errors.New("name is taken")
	// ErrOtherPayment: there is a payment of this id, for another order or of another amount.
	ErrOtherPayment = errors.New("another payment has this id")
	// ErrNotOwed: nothing is owed back of the payment.
	ErrNotOwed = errors.New("nothing is owed back")
	// ErrFinal: the order is in a state that it cannot leave in this way.
	ErrFinal = errors.New("order is final")
)
