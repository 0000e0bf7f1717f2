package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"seckill/internal/sale"
)

const (
	stripePath = "/api/payments/stripe"
	// maxEvent bounds an event of Stripe, in bytes.
	maxEvent = 64 << 10
)

// The events that say that a Checkout Session is paid: the second where the money comes later.
const (
	sessionCompleted = "checkout.session.completed"
	sessionPaid      = "checkout.session.async_payment_succeeded"
)

// A stripeEvent is what counts of one: Stripe may add to it what it likes.
type stripeEvent struct {
	Type     string `json:"type"`
	Livemode bool   `json:"livemode"`
	Data     struct {
		Object struct {
			ID            string         `json:"id"`
			PaymentStatus string         `json:"payment_status"`
			AmountTotal   jsontext.Value `json:"amount_total"`
			Currency      string         `json:"currency"`
			Metadata      struct {
				ProductID string `json:"product_id"`
				OrderID   string `json:"order_id"`
			} `json:"metadata"`
		} `json:"object"`
	} `json:"data"`
}

type stripeInput struct {
	JSONBody
	Sender
	Signature string `header:"Stripe-Signature" doc:"By the endpoint's signing secret, at most five minutes old"`
}

// receiveStripe takes an event of Stripe; nothing, if it tells of no money yet.
func (a *API) receiveStripe(ctx context.Context, in *stripeInput) (*receiptOutput, error) {
	if a.Stripe == nil {
		return nil, problem(notFound)
	}
	if !a.Stripe.Check(in.raw, in.Signature) {
		a.failed(a.signatures, "wrong signature", in.Sender)
		return nil, problem(wrongSignature)
	}
	out := &receiptOutput{Status: http.StatusNoContent}
	m, paid, err := readStripe(in.raw, a.StripeTest)
	if err == nil && paid {
		out, err = a.receive(ctx, m, "")
	}
	return answer(a, out, err)
}

// readStripe reads the payment of an event, if it is paid; test says whose events count, those
// of Stripe's test mode or those of real money.
func readStripe(body []byte, test bool) (m sale.Payment, paid bool, err error) {
	var e stripeEvent
	if json.Unmarshal(body, &e) != nil {
		return m, false, broken(malformed, sale.RuleJSON.Of("body"))
	}
	s := e.Data.Object
	var bad sale.Invalid
	bad.Check(e.Type == sessionCompleted || e.Type == sessionPaid, "type", sale.RuleEvent)
	bad.Check(e.Livemode != test, "livemode", sale.RuleLivemode, !test)
	if len(bad) > 0 || s.PaymentStatus != "paid" {
		return m, false, bad.OrNil()
	}
	m = sale.Payment{ID: s.ID, ProductID: s.Metadata.ProductID, Paid: sale.Price{Currency: strings.ToUpper(s.Currency)}}
	bad.Check(sale.CheckPayment(m.ID), "data.object.id", sale.RulePayment)
	bad.Check(sale.CheckID(m.ProductID), "data.object.metadata.product_id", sale.RuleID)
	if m.OrderID, err = sale.ParseOrderID(s.Metadata.OrderID); err != nil {
		bad = append(bad, sale.RuleUUID.Of("data.object.metadata.order_id"))
	}
	if amount := wholeField("data.object.amount_total", sale.MaxAmount, &m.Paid.Amount).read(s.AmountTotal); amount.Code != "" {
		bad = append(bad, amount)
	}
	bad.Check(sale.CheckCurrency(m.Paid.Currency), "data.object.currency", sale.RuleCurrency)
	return m, true, bad.OrNil()
}

func stripeOperation(api huma.API) huma.Operation {
	op := withBody(operation("POST", stripePath, receiveStripe,
		"Stripe's webhook: checkout.session.completed and checkout.session.async_payment_succeeded, signed with the server's --stripe-secret, of a session whose metadata names product_id and order_id. Its id is the payment_id",
		wrongSignature, notFound, paymentConflict, unavailable, outcomeUnknown))
	op = gives(api, op, http.StatusOK, "It pays the order, or is owed back", "application/json", Receipt{})
	op = gives(api, op, http.StatusAccepted, "It came late: a unit is being asked for", "application/json", Receipt{})
	op.Responses["204"] = &huma.Response{Description: "The session is not paid yet: nothing was done"}
	return op
}

// documentStripe says that a body is there; Stripe says what stands in it.
func documentStripe(api huma.API) {
	api.OpenAPI().Paths[stripePath].Post.RequestBody = &huma.RequestBody{
		Required:    true,
		Description: "An event as Stripe sends it, of 64 KiB at most",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{Type: "object"}}},
	}
}
