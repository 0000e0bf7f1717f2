package rush

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// What buyers do at the shop, in percent. Each is drawn on its own, and the first that is drawn is done.
const (
	cancelling  = 10
	payingLate  = 5 // lateBy after the payment window, so that the server has seen its end
	payingTwice = 2

	lateBy = 2 * time.Second
)

// The habits, see [Config.has].
const (
	tardy = 0x3c6ef372fe94f82b
	hasty = 0x510e527fade682d1
)

// Money is what a shop has told of, with [Config.Payments].
type Money struct {
	Cancelled int64     `json:"cancelled,omitempty"` // placed, and cancelled instead
	Currency  string    `json:"currency,omitempty"`
	Payments  []Outcome `json:"payments,omitempty"` // paid, late, refund_due, refunded
}

// Outcome is the payments of which the server said the same last.
type Outcome struct {
	Outcome string `json:"outcome"`
	Count   int64  `json:"count"`
	Amount  int64  `json:"amount"` // their sum, in the smallest unit of the currency
}

func (m *Money) add(outcome string, paid bargain) {
	if m.Payments == nil {
		m.Currency, m.Payments = paid.currency, []Outcome{{Outcome: "paid"}, {Outcome: "late"}, {Outcome: "refund_due"}, {Outcome: "refunded"}}
	}
	i := slices.IndexFunc(m.Payments, func(o Outcome) bool { return o.Outcome == outcome })
	if i < 0 {
		i, m.Payments = len(m.Payments), append(m.Payments, Outcome{Outcome: outcome})
	}
	m.Payments[i].Count++
	m.Payments[i].Amount += paid.amount
}

// Rows are the payments by outcome, and all of them.
func (m Money) Rows() []Outcome {
	all := Outcome{Outcome: "all"}
	for _, o := range m.Payments {
		all.Count += o.Count
		all.Amount += o.Amount
	}
	return append(slices.Clone(m.Payments), all)
}

// Words is what became of them, for people.
func (o Outcome) Words() string { return strings.ReplaceAll(o.Outcome, "_", " ") }

// writeTable writes it for people.
func (m Money) writeTable(w io.Writer) {
	if len(m.Payments) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\npayments\t%s, smallest unit\t  became\n", m.Currency)
	for _, o := range m.Rows() {
		fmt.Fprintf(t, "%s\t%s\t  %s\n", thousands(o.Count), thousands(o.Amount), o.Words())
	}
	_ = t.Flush() // a Builder takes everything
}

// bargain is what the product asks for.
type bargain struct {
	amount   int64
	currency string
	window   time.Duration
}

// bargainOf reads it from a product; an error: nobody can pay for that at a shop.
func bargainOf(product []byte) (bargain, error) {
	var p struct {
		Price struct {
			Amount   int64  `json:"amount"`
			Currency string `json:"currency"`
		} `json:"price"`
		Window string `json:"payment_window"`
	}
	_ = json.Unmarshal(product, &p) // what is no product has no price
	window, err := time.ParseDuration(p.Window)
	if err != nil || window == 0 || p.Price.Amount == 0 {
		return bargain{}, errors.New("payments want a price and a payment window in its terms")
	}
	return bargain{p.Price.Amount, p.Price.Currency, window}, nil
}

// payment is what a tail tells of.
type payment struct {
	id, order string
	late      bool // a unit is asked for
}

// goToShop sends a buyer who was placed to the shop.
func (w *worker) goToShop(buyer int) {
	order, prefix := orderOf(w.answer.body), w.run.target.prefix
	t := &tail{errand: tell, buyer: buyer, due: w.run.now(), path: prefix + "/api/payments", payment: payment{id: "rush-" + order, order: order}}
	switch c := w.run.config; {
	case c.has(forgetful, buyer, cancelling):
		t.errand, t.path = cancel, prefix+"/api/orders/"+order+"/cancel"
	case c.has(tardy, buyer, payingLate):
		t.due += w.run.target.window + lateBy
	}
	t.until = t.due + w.run.config.Follow
	w.run.pace.more(t)
}

// told notes what the server says has become of a payment. Some buyers press Pay once more then.
func (w *worker) told(t *tail) {
	var said struct {
		Outcome string `json:"outcome"`
	}
	_ = json.Unmarshal(w.answer.body, &said) // what is none has no outcome
	w.count(said.Outcome)
	if again := "again-" + t.order; w.run.config.has(hasty, t.buyer, payingTwice) && t.id != again {
		now := w.run.now()
		w.run.pace.more(&tail{errand: tell, buyer: t.buyer, due: now, until: now + w.run.config.Follow, path: t.path, payment: payment{id: again, order: t.order}})
	}
}

func (w *worker) count(outcome string) {
	w.run.record.note(func(b *Beyond) { b.add(outcome, w.run.target.bargain) })
}

// isLate reports whether the server asks for a unit for a payment that came late, and gives it time for that.
func (w *worker) isLate(t *tail) bool {
	if w.answer.status != 202 || t.errand != tell {
		return false
	}
	if !t.late {
		t.late, t.until = true, w.run.now()+w.run.config.Follow
	}
	return true
}

func (c Config) canSign() bool {
	_, err := webhooks.NewWebhook(c.PaymentSecret)
	return c.PaymentSecret == "" || err == nil && strings.HasPrefix(c.PaymentSecret, "whsec_")
}

// signed are the headers by which a shop proves a request.
func (c Config) signed(id string, body []byte) string {
	now := time.Now()
	hook, _ := webhooks.NewWebhook(c.PaymentSecret) // Validate has been here
	signature, _ := hook.Sign(id, now, body)        // and this never fails
	return fmt.Sprintf("webhook-id: %s\r\nwebhook-timestamp: %d\r\nwebhook-signature: %s\r\n", id, now.Unix(), signature)
}

// request is the bytes of what a tail sends to settle an order.
func (t *tail) request(to *target, c Config) []byte {
	switch {
	case t.errand == cancel && c.Credentials != nil:
		_, pass := c.Credentials(t.buyer)
		return postRequest(to, t.path, pass, "", nil)
	case t.errand == cancel:
		return postRequest(to, t.path, "", "", nil)
	case t.errand == pay:
		return postRequest(to, t.path, c.Token, "", nil)
	}
	body := fmt.Appendf(nil, `{"payment_id":%q,"product_id":%q,"order_id":%q,"amount":%d,"currency":%q}`,
		t.id, c.Product, t.order, to.amount, to.currency)
	headers, token := "Content-Type: application/json\r\n", c.Token
	if c.PaymentSecret != "" {
		headers, token = headers+c.signed(t.id, body), ""
	}
	return postRequest(to, t.path, token, headers, body)
}
