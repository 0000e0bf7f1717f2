package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

// A Receipt is what has become of a payment.
type Receipt struct {
	Outcome string `json:"outcome"`
	Reason  string `json:"reason,omitempty,omitzero" doc:"As that of the payment"`
	Order   *Order `json:"order,omitempty,omitzero" doc:"That it pays, or is for. Absent: nobody knows it"`
}

type receiptOutput struct {
	Status int
	Body   Receipt
}

// receivePayment answers the native route of payments, which come as often as orders do.
func (a *API) receivePayment(ctx *fasthttp.RequestCtx) {
	out, err := a.answerPayment(ctx)
	if err != nil {
		a.explainTo(ctx, err).send(ctx)
		return
	}
	guard(ctx)
	ctx.SetStatusCode(out.Status)
	ctx.SetContentType("application/json")
	ctx.SetBody(must(json.Marshal(&out.Body)))
}

func (a *API) answerPayment(ctx *fasthttp.RequestCtx) (*receiptOutput, error) {
	by, p := a.teller(ctx)
	if p != nil {
		return nil, p
	}
	h := &ctx.Request.Header
	if len(ctx.QueryArgs().QueryString()) > 0 {
		return nil, broken(invalid, sale.RuleUnknown.Of("query"))
	}
	if p := checkJSON(string(h.ContentType()), string(h.ContentEncoding())); p != nil {
		return nil, p
	}
	m, err := readPayment(ctx.PostBody())
	if err != nil {
		return nil, err
	}
	return a.receive(a.ctx, m, by)
}

// teller is the operator who tells of a payment, empty if it is nobody with a name, as
// of one that is signed.
func (a *API) teller(ctx *fasthttp.RequestCtx) (by string, p *Problem) {
	shown := a.shownBy(ctx, receiveID)
	if a.Signed == nil || len(ctx.Request.Header.Peek(auth.SignatureHeader)) == 0 {
		who, p := a.operator(a.ctx, shown, receiveID)
		return who.Name, p
	}
	headers := http.Header{}
	for _, name := range auth.SignatureHeaders {
		for _, value := range ctx.Request.Header.PeekAll(name) {
			headers.Add(name, string(value))
		}
	}
	if !a.Signed.Check(ctx.PostBody(), headers) {
		a.failed(a.signatures, "wrong signature", shown.Sender)
		return "", problem(wrongSignature)
	}
	return "", nil
}

// receive takes a payment, and says what has become of it.
func (a *API) receive(ctx context.Context, m sale.Payment, by string) (*receiptOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	m, o, err := a.Payments.Receive(ctx, m, by)
	if err != nil {
		return nil, err
	}
	out := &receiptOutput{http.StatusOK, Receipt{Outcome: string(m.Status), Reason: m.Reason}}
	if m.Status == sale.PaymentLate {
		out.Status = http.StatusAccepted
	}
	if o.ProductID != "" {
		b := orderBody(&o)
		out.Body.Order = &b
	}
	return out, nil
}

func readPayment(body []byte) (m sale.Payment, err error) {
	err = readObject(body,
		needed(checkedField("payment_id", sale.RulePayment, sale.CheckPayment, &m.ID)),
		needed(checkedField("product_id", sale.RuleID, sale.CheckID[string], &m.ProductID)),
		needed(orderField("order_id", &m.OrderID)),
		needed(wholeField("amount", sale.MaxAmount, &m.Paid.Amount)),
		needed(checkedField("currency", sale.RuleCurrency, sale.CheckCurrency, &m.Paid.Currency)))
	return m, err
}

func receiveOperation(api huma.API) huma.Operation {
	op := withBody(operation("POST", "/api/payments", receiveID,
		"Tell of a payment: whatever has become of its order, it is kept. By a token, or signed by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature) with the server's --payment-secret. An order that was placed without a price takes any amount",
		wrongSignature, paymentConflict, unavailable, outcomeUnknown))
	op = gives(api, op, http.StatusOK, "It pays the order, or is owed back", "application/json", Receipt{})
	return gives(api, op, http.StatusAccepted, "It came late: a unit is being asked for. Look at the payment, or tell of it again", "application/json", Receipt{})
}
