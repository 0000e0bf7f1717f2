package httpapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"seckill/internal/auth"
)

const endpointSecret = "whsec_of_an_endpoint_at_stripe"

// session is an event as Stripe sends it, of what counts and of some that does not.
func session(kind, id, order, paymentStatus string) string {
	return fmt.Sprintf(`{
  "id": "evt_1Pgafm", "object": "event", "api_version": "2026-10-29", "created": 1721894400,
  "data": {"object": {
    "id": %q, "object": "checkout.session", "amount_subtotal": 5, "amount_total": 5, "automatic_tax": {"enabled": false, "status": null},
    "client_reference_id": null, "currency": "eur", "customer": null, "customer_details": {"email": "ann@example.com", "name": "Ánn"},
    "livemode": true, "metadata": {"order_id": %q, "product_id": "1", "campaign": "spring"}, "mode": "payment",
    "payment_intent": "pi_3Pgafl", "payment_status": %q, "status": "complete", "url": null}},
  "livemode": true, "pending_webhooks": 1, "request": {"id": null, "idempotency_key": null}, "type": %q
}`, id, order, paymentStatus, kind)
}

func (s *server) stripe(t *testing.T, body string, sent time.Time) reply {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(endpointSecret))
	fmt.Fprintf(mac, "%d.%s", sent.Unix(), body)
	return s.do(t, "POST", stripePath, body, "Content-Type", "application/json; charset=utf-8",
		"Stripe-Signature", fmt.Sprintf("t=%d,v1=%s", sent.Unix(), hex.EncodeToString(mac.Sum(nil))))
}

func takesStripe(t *testing.T) func(*shop, *Config) {
	return func(s *shop, c *Config) {
		c.Auth = s.operators("token")
		var err error
		if c.Stripe, err = auth.NewStripe(endpointSecret, s.clock); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStripe(t *testing.T) {
	s := serve(t, takesStripe(t))
	ids := priced(t, s, "a", "b", "c")
	s.do(t, "POST", "/api/orders/"+ids[2]+"/cancel", "", operator...).want(t, 200)
	for _, c := range []struct {
		body    string
		status  int
		outcome string
	}{
		{session(sessionCompleted, "cs_live_a1", ids[0], "unpaid"), 204, ""}, // the money comes later
		{session(sessionPaid, "cs_live_a1", ids[0], "paid"), 200, "paid"},
		{session(sessionPaid, "cs_live_a1", ids[0], "paid"), 200, "paid"}, // sent again
		{session(sessionCompleted, "cs_live_b1", ids[1], "paid"), 200, "paid"},
		{session(sessionCompleted, "cs_live_b2", ids[1], "paid"), 200, "refund_due"},
		{session(sessionCompleted, "cs_live_c1", ids[2], "paid"), 202, "late"},
		{session(sessionCompleted, "cs_live_d1", nobody, "paid") + strings.Repeat(" ", 60<<10), 200, "refund_due"},
	} {
		r := s.stripe(t, c.body, start).want(t, c.status)
		if c.outcome == "" {
			continue
		}
		if got := r.receipt(t); got.Outcome != c.outcome {
			t.Errorf("%s: %+v", c.body, got)
		}
	}
}

func TestStripeIsChecked(t *testing.T) {
	s := serve(t, takesStripe(t))
	order := priced(t, s, "a")[0]
	whole := session(sessionCompleted, "cs_1", order, "paid")
	for change, field := range map[[2]string]string{
		{sessionCompleted, "charge.refunded"}:                         "type",
		{`"livemode": true, "pending`, `"livemode": false, "pending`}: "livemode",
		{`"cs_1"`, `"a b"`}:                                          "data.object.id",
		{order, "x"}:                                                 "data.object.metadata.order_id",
		{`"product_id": "1"`, `"product": "1"`}:                      "data.object.metadata.product_id",
		{`"metadata": {`, `"metadata": null, "old": {`}:              "data.object.metadata.product_id",
		{`"amount_total": 5`, `"amount_total": null`}:                "data.object.amount_total",
		{`"amount_total": 5`, `"amount_total": -5`}:                  "data.object.amount_total",
		{`"amount_total": 5`, `"amount_total": 9223372036854775808`}: "data.object.amount_total",
		{`"currency": "eur"`, `"currency": "xxx"`}:                   "data.object.currency",
	} {
		body := strings.Replace(whole, change[0], change[1], 1)
		if body == whole {
			t.Fatal(change)
		}
		p := s.stripe(t, body, start).problem(t, invalid)
		p.field(t, field)
	}
	s.stripe(t, whole+"}", start).problem(t, malformed)
	s.stripe(t, strings.Replace(whole, `"type"`, `"type": "x", "type"`, 1), start).problem(t, malformed)
	s.stripe(t, whole, start.Add(-auth.Tolerance-time.Second)).problem(t, wrongSignature)
	s.do(t, "POST", stripePath, whole).problem(t, wrongSignature)
	s.do(t, "POST", stripePath, whole, operator...).problem(t, wrongSignature)
	s.stripe(t, whole+strings.Repeat(" ", maxEvent-len(whole)+1), start).problem(t, tooLarge)
	s.do(t, "POST", "/api/payments", whole+strings.Repeat(" ", maxBody), operator...).problem(t, tooLarge)
	var page Payments
	if s.do(t, "GET", "/api/products/1/payments", "", operator...).want(t, 200).json(t, &page); len(page.Payments) > 0 {
		t.Errorf("something was taken: %+v", page)
	}
	guarded(t).stripe(t, whole, start).problem(t, notFound) // nobody has given a secret
	test := serve(t, takesStripe(t), func(_ *shop, c *Config) { c.StripeTest = true })
	p := test.stripe(t, whole, start).problem(t, invalid)
	p.field(t, "livemode")
	test.stripe(t, strings.Replace(whole, `"livemode": true, "pending`, `"livemode": false, "pending`, 1), start).want(t, 200)
}
