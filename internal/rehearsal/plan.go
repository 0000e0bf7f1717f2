package rehearsal

import (
	"time"

	"seckill/internal/sale"
)

// The bounds of a plan.
const (
	MaxBuyers   = 100_000
	MaxQuantity = 100_000
	MinOver     = time.Second
	MaxOver     = time.Minute
)

const (
	// paymentWindow is the shortest that there is: a rehearsal waits for it to pass.
	paymentWindow = sale.MinPaymentWindow
	// closesAfter is when the product closes by itself, should nobody be left to
	// close it. It is longer than any rehearsal.
	closesAfter = 10 * time.Minute
)

// A Plan says what to rehearse.
type Plan struct {
	Buyers         int
	Over           time.Duration // the buyers come evenly over this
	Quantity       int64         // units on sale
	RepeatClickers int           // percent of the buyers who click again
	Quitters       int           // percent of the buyers who let the payment window pass; 0: there is none
}

// Check returns sale.Invalid with each field that breaks a rule, or nil.
func (p Plan) Check() error {
	var bad sale.Invalid
	bad.Check(p.Buyers >= 1 && p.Buyers <= MaxBuyers, "buyers", sale.RuleRange, 1, MaxBuyers)
	bad.Check(p.Over >= MinOver && p.Over <= MaxOver, "over", sale.RuleRange, "1s", "60s")
	bad.Check(p.Quantity >= 1 && p.Quantity <= MaxQuantity, "quantity", sale.RuleRange, 1, MaxQuantity)
	bad.Check(p.RepeatClickers >= 0 && p.RepeatClickers <= 100, "repeat_clickers", sale.RulePercent, 0, 100)
	bad.Check(p.Quitters >= 0 && p.Quitters <= 100, "quitters", sale.RulePercent, 0, 100)
	return bad.OrNil()
}

// PaymentWindow is that of the product, 0 if there is none.
func (p Plan) PaymentWindow() time.Duration {
	if p.Quitters == 0 {
		return 0
	}
	return paymentWindow
}

func (p Plan) terms(now time.Time) sale.Terms {
	return sale.Terms{
		Name: "Rehearsal", Quantity: p.Quantity, LimitPerUser: 1, Rehearsal: true,
		PaymentWindow: p.PaymentWindow(), ClosesAt: now.Add(closesAfter).UTC().Truncate(time.Millisecond),
	}
}
