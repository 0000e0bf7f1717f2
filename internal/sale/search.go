package sale

import (
	"cmp"
	"time"
)

// A Search asks for a page of the orders of all products that were not rejected, that
// which was placed last first.
type Search struct {
	User   string    // empty: anybody's
	Status Status    // empty: any but rejected
	From   time.Time // placed then, or later; zero: at any time
	Until  time.Time // placed before then; zero: at any time
	Behind Placing   // of the last order that is known; zero: from the start
	Limit  int
}

// Fits reports whether q asks for o, on this page or on another.
func (q *Search) Fits(o *Order) bool {
	return o.Status != Rejected && (q.Status == "" || q.Status == o.Status) && (q.User == "" || q.User == o.UserID) &&
		!o.PlacedAt.Before(q.From) && (q.Until.IsZero() || o.PlacedAt.Before(q.Until))
}

// A Placing is where an order stands among all that were placed: by time, at one time by
// product, in one product by number.
type Placing struct {
	At      time.Time
	Product string
	Number  int64
}

// Placing is where o stands.
func (o *Order) Placing() Placing { return Placing{o.PlacedAt, o.ProductID, o.Number} }

// Compare is below 0 if p was before q.
func (p Placing) Compare(q Placing) int {
	return cmp.Or(p.At.Compare(q.At), cmp.Compare(p.Product, q.Product), cmp.Compare(p.Number, q.Number))
}
