package sale

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of terms.
const (
	MaxQuantity      = 10_000_000 // what a gate's memory and a Lua number carry without care
	MaxLimit         = 100
	MaxName          = 200 // characters
	MinPaymentWindow = 10 * time.Second
	MaxPaymentWindow = 168 * time.Hour
)

// Terms is what a product is on sale under. Times are UTC, to the millisecond.
type Terms struct {
	Name          string
	Quantity      int64         // units
	LimitPerUser  int           // units that one user may hold
	OpensAt       time.Time     // zero: open from the start
	ClosesAt      time.Time     // zero: never closes by itself
	PaymentWindow time.Duration // 0: an order is final once placed
	Paused        bool          // by the merchant; orders wait for a resume
	Closed        bool          // by the merchant, whatever ClosesAt says
	Rehearsal     bool          // of the server's own making, for a try
}

// Check returns Invalid with each field that breaks a rule, or nil.
func (t Terms) Check() error {
	var bad Invalid
	rule := func(ok bool, field, format string, args ...any) {
		if !ok {
			bad = append(bad, FieldError{field, fmt.Sprintf(format, args...)})
		}
	}
	rule(t.Quantity >= 1 && t.Quantity <= MaxQuantity, "quantity", "must be 1 to %d", MaxQuantity)
	rule(utf8.ValidString(t.Name) && utf8.RuneCountInString(t.Name) <= MaxName && printable(t.Name),
		"name", "must be at most %d characters, all of them printable", MaxName)
	rule(t.LimitPerUser >= 1 && t.LimitPerUser <= MaxLimit, "limit_per_user", "must be 1 to %d", MaxLimit)
	rule(writable(t.OpensAt), "opens_at", "must be in the years 1 to 9999 of UTC")
	rule(writable(t.ClosesAt), "closes_at", "must be in the years 1 to 9999 of UTC")
	rule(t.OpensAt.IsZero() || t.ClosesAt.IsZero() || t.OpensAt.Before(t.ClosesAt), "closes_at", "must be after opens_at")
	rule(t.PaymentWindow == 0 || t.PaymentWindow >= MinPaymentWindow && t.PaymentWindow <= MaxPaymentWindow,
		"payment_window", "must be 0s, or %s to %s", "10s", "168h")
	return bad.orNil()
}

// writable reports whether t has the four digits of a year that TimeFormat
// writes: an offset can carry a time that was written so beyond them.
func writable(t time.Time) bool { return t.UTC().Year() >= 1 && t.UTC().Year() <= 9999 }

func printable(s string) bool {
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// ClosedAt reports whether nothing is sold any more at the time now.
func (t Terms) ClosedAt(now time.Time) bool {
	return t.Closed || !t.ClosesAt.IsZero() && !now.Before(t.ClosesAt)
}

// NotOpenAt reports whether the sale has not begun yet at the time now.
func (t Terms) NotOpenAt(now time.Time) bool { return now.Before(t.OpensAt) }
