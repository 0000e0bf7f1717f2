package sale

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of terms.
const (
	MaxQuantity      = 10_000_000 // what a gate's memory and a Lua number carry without care
	MaxLimit         = 100
	MaxOrders        = 1000 // of one user, or unpaid ones of one address
	MaxReason        = 200  // likewise
	MaxName          = 200  // characters: Unicode's code points
	MinPaymentWindow = 10 * time.Second
	MaxPaymentWindow = 168 * time.Hour
)

// Terms is what a product is on sale under. Times are UTC, to the millisecond.
type Terms struct {
	Name             string
	Quantity         int64         // units
	LimitPerUser     int           // units that one user may hold
	OrdersPerUser    int           // orders that one user may have, those that ended included; 0: see MostOrders
	UnpaidPerAddress int           // orders that wait for payment, of buyers at one address; 0: any number
	OpensAt          time.Time     // zero: open from the start
	ClosesAt         time.Time     // zero: never closes by itself
	PaymentWindow    time.Duration // 0: an order is final once placed
	Paused           bool          // by the merchant; orders wait for a resume
	Closed           bool          // by the merchant, whatever ClosesAt says
	Archived         bool          // only if Closed: lists leave it out unless they are asked for it
	Group            string        // of users; nobody else is admitted. Empty: anybody is
	Rehearsal        bool          // of the server's own making, for a try
	Price            Price
	URL              string // where a buyer pays or reads more; empty: nowhere
	ImageURL         string // empty: none
}

// Check returns Invalid with each field that breaks a rule, or nil.
func (t Terms) Check() error {
	var bad Invalid
	bad.Check(t.Quantity >= 1 && t.Quantity <= MaxQuantity, "quantity", RuleRange, 1, MaxQuantity)
	bad.Check(fitText(t.Name, MaxName), "name", RuleName, MaxName)
	bad.Check(t.LimitPerUser >= 1 && t.LimitPerUser <= MaxLimit, "limit_per_user", RuleRange, 1, MaxLimit)
	bad.Check(t.OrdersPerUser == 0 || t.OrdersPerUser >= t.LimitPerUser && t.OrdersPerUser <= MaxOrders, "orders_per_user", RuleLimitTo, MaxOrders)
	bad.Check(t.Closed || !t.Archived, "archived", RuleArchived)
	bad.Check(t.UnpaidPerAddress >= 0 && t.UnpaidPerAddress <= MaxOrders, "unpaid_per_address", RuleRange, 1, MaxOrders)
	bad.Check(t.UnpaidPerAddress == 0 || t.PaymentWindow > 0, "unpaid_per_address", RuleNoWindow)
	bad.Check(t.Group == "" || CheckUser(t.Group), "group", RuleUser)
	bad.Check(writable(t.OpensAt), "opens_at", RuleYear)
	bad.Check(writable(t.ClosesAt), "closes_at", RuleYear)
	bad.Check(t.OpensAt.IsZero() || t.ClosesAt.IsZero() || t.OpensAt.Before(t.ClosesAt), "closes_at", RuleAfterOpening)
	bad.Check(t.PaymentWindow == 0 || t.PaymentWindow >= MinPaymentWindow && t.PaymentWindow <= MaxPaymentWindow,
		"payment_window", RuleZeroOrRange, "10s", "168h")
	if t.Price != (Price{}) {
		t.Price.check(&bad, "price.")
	}
	bad.Check(t.URL == "" || checkLink(t.URL), "url", RuleLink, MaxLink)
	bad.Check(t.ImageURL == "" || checkLink(t.ImageURL), "image_url", RuleLink, MaxLink)
	return bad.OrNil()
}

// CheckReason reports whether s may be what an operator gives as a reason: 1 to MaxReason
// characters that are fit for a name.
func CheckReason(s string) bool { return s != "" && fitText(s, MaxReason) }

func fitText(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unfit)
}

// writable reports whether t has the four digits of a year that TimeFormat
// writes: an offset can carry a time that was written so beyond them.
func writable(t time.Time) bool { return t.UTC().Year() >= 1 && t.UTC().Year() <= 9999 }

// unfit reports whether r has no place in a name: it steers a terminal, ends a
// line, or turns the direction of the text around the name. Nothing else is
// judged: what a script or an emoji is written with may be invisible by itself,
// as a joiner is, or newer than the tables of this program.
func unfit(r rune) bool {
	return unicode.IsControl(r) ||
		r >= 0x2028 && r <= 0x202E || // line and paragraph separator, embeddings, overrides
		r >= 0x2066 && r <= 0x2069 // isolates
}

// MostOrders is how many orders one user may have, those that ended included: 20,
// or two for each unit that they may hold, if the terms do not say.
func (t Terms) MostOrders() int {
	if t.OrdersPerUser > 0 {
		return t.OrdersPerUser
	}
	return max(20, 2*t.LimitPerUser)
}

// ClosedAt reports whether nothing is sold any more at the time now.
func (t Terms) ClosedAt(now time.Time) bool { return t.PhaseAt(now, 1) == Closed }
