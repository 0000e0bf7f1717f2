package sale

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

var aPayment = Payment{
	ProductID: "p", ID: "m", OrderID: OrderID{1}, LateID: OrderID{9}, Paid: Price{1, "EUR"}, Status: PaymentPaid, At: written, ChangedAt: written,
}

// A record says the lowest version that can express it, and under a lower one it is poison.
func TestVersions(t *testing.T) {
	with := func(r Record, change func(*Record)) Record {
		change(&r)
		return r
	}
	state := func(change func(c *Chunk)) Record {
		r := stateOf()
		r.Chunk.Orders = slices.Clone(r.Chunk.Orders)
		change(r.Chunk)
		return r
	}
	const other = "auth0|62f"
	for what, c := range map[string]struct {
		r    Record
		want int
	}{
		"an opening":                          {opening(1, 1, 1), 1},
		"one that passes over epochs":         {skipping(9, 8), 2},
		"one for a group":                     {with(opening(1, 1, 1), func(r *Record) { r.Terms.Group = "vip" }), 3},
		"one with a price":                    {with(opening(1, 1, 1), func(r *Record) { r.Terms.Price = Price{1, "EUR"} }), 3},
		"one with a link":                     {with(opening(1, 1, 1), func(r *Record) { r.Terms.URL = "https://shop.example" }), 3},
		"one with an image":                   {with(opening(1, 1, 1), func(r *Record) { r.Terms.ImageURL = "https://shop.example" }), 3},
		"one that is archived":                {with(opening(1, 1, 1), func(r *Record) { r.Terms.Closed, r.Terms.Archived = true, true }), 3},
		"one that does both":                  {with(skipping(9, 8), func(r *Record) { r.Terms.Group = "vip" }), 3},
		"an order":                            {buy(1, 1, "u"), 1},
		"an order of the longest id of old":   {buy(1, 1, strings.Repeat("x", MaxID)), 1},
		"an order of a longer one":            {buy(1, 1, strings.Repeat("x", MaxID+1)), 3},
		"an order of a user of elsewhere":     {buy(1, 1, other), 3},
		"a payment":                           {pay(1), 1},
		"a payment by somebody":               {with(pay(1), func(r *Record) { r.By = "till" }), 3},
		"a cancellation by somebody":          {with(cancel(1), func(r *Record) { r.By = "ann" }), 3},
		"an opening by somebody":              {with(opening(1, 1, 1), func(r *Record) { r.By = "ann" }), 3},
		"a state with a history":              {state(func(c *Chunk) { c.History = []HistoryEntry{anEntry} }), 3},
		"a state of a product with one":       {state(func(c *Chunk) { c.Product.LastEntry = 1 }), 3},
		"one that tells what was paid":        {with(pay(1), func(r *Record) { r.PaymentID, r.LateID, r.Price = "m", OrderID{9}, Price{1, "EUR"} }), 3},
		"a void":                              {with(ending(KindVoid, 1), func(r *Record) { r.Reason = "fraud" }), 3},
		"what is owed back":                   {Record{Kind: KindRefundDue, ProductID: "p", PaymentID: "m", Reason: "sold_out", At: written}, 3},
		"what was paid back":                  {Record{Kind: KindRefunded, ProductID: "p", PaymentID: "m", At: written}, 3},
		"a state with payments":               {state(func(c *Chunk) { *c = Chunk{Number: 1, Of: 1, Payments: []Payment{aPayment}} }), 3},
		"a state with a voided order":         {state(func(c *Chunk) { c.Orders[1].VoidReason = "fraud" }), 3},
		"a state":                             {stateOf(), 2},
		"one that bounds an address":          {with(opening(1, 1, 1), func(r *Record) { r.Terms.UnpaidPerAddress = 1 }), 3},
		"an order with an origin":             {from("0123456789abcdef", buy(1, 1, "u")), 3},
		"a state with an origin":              {state(func(c *Chunk) { c.Orders[0].Origin = "0123456789abcdef" }), 3},
		"a state with a return of an origin":  {state(func(c *Chunk) { c.Returns[0].Origin = "0123456789abcdef" }), 3},
		"a state with a group":                {state(func(c *Chunk) { c.Product.Terms.Group = "vip" }), 3},
		"a state with a user of elsewhere":    {state(func(c *Chunk) { c.Orders[1].UserID = other }), 3},
		"a state with a price":                {state(func(c *Chunk) { c.Product.Terms.Price = Price{1, "EUR"} }), 3},
		"a state with an order that had one":  {state(func(c *Chunk) { c.Orders[1].Price = Price{1, "EUR"} }), 3},
		"a state with a return of such a one": {state(func(c *Chunk) { c.Returns[0].UserID = other }), 3},
		"a state without a product":           {state(func(c *Chunk) { c.Product = nil }), 2},
	} {
		data := c.r.AppendBody(nil)
		if got := c.r.Version(); got != c.want {
			t.Errorf("%s is of version %d, not %d", what, got, c.want)
		}
		if _, err := ParseRecord(c.r.Kind, c.want, c.r.Epoch, data); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := ParseRecord(c.r.Kind, c.want-1, c.r.Epoch, data); !errors.Is(err, ErrPoison) {
			t.Errorf("%s, said to be of version %d: %v", what, c.want-1, err)
		}
	}
}
