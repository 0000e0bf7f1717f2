package httpapi

import (
	"cmp"
	"context"
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"seckill/internal/sale"
)

// A Payment is a payment as it is sent.
type Payment struct {
	PaymentID   string `json:"payment_id"`
	ProductID   string `json:"product_id"`
	OrderID     string `json:"order_id" format:"uuid" doc:"That it is for, whether there is one or not"`
	LateOrderID string `json:"late_order_id,omitempty,omitzero" format:"uuid" doc:"Of a payment that was late: the order that it asks for, or got"`
	Amount      int64  `json:"amount" doc:"In the smallest unit of the currency, as cents"`
	Currency    string `json:"currency"`
	Status      string `json:"status"`
	Reason      string `json:"reason,omitempty,omitzero" doc:"Why it is owed back, or was: unknown_order, wrong_amount, already_paid, voided; of one that was late sold_out, limit_reached, order_limit, closed"`
	RefundedBy  string `json:"refunded_by,omitempty,omitzero" doc:"The name of the operator's token"`
	At          string `json:"at" format:"date-time"`
	ChangedAt   string `json:"changed_at" format:"date-time" doc:"When it got its status"`
}

// Payments is a page of payments.
type Payments struct {
	Payments []Payment `json:"payments" nullable:"false" doc:"By payment_id"`
	Next     string    `json:"next,omitempty,omitzero" doc:"Ask again with after=next; absent: that was all"`
}

// PaymentBody is the body of a payment, for the document.
type PaymentBody struct {
	PaymentID PaymentID `json:"payment_id" doc:"Of the one who took the money, unique within the product: the same payment again is answered the same"`
	ProductID ID        `json:"product_id"`
	OrderID   string    `json:"order_id" format:"uuid"`
	Price
}

// ReasonBody is the body of what an operator does to a payment or to what was paid, for the document.
type ReasonBody struct {
	Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"Without control characters, line breaks or bidirectional overrides. Of a void the buyer sees it"`
}

// A PaymentID is the id of a payment.
type PaymentID string

// Schema implements huma.SchemaProvider.
func (PaymentID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Pattern: sale.PaymentPattern, PatternDescription: "1 to 120 characters of A-Z, a-z, 0-9, _ and -"}
}

// A PaymentRef is the payment that a path names.
type PaymentRef struct {
	ProductRef
	PaymentID PaymentID `path:"payment_id"`
}

type (
	paymentsInput struct {
		ProductRef
		OfOrder
		Status string    `query:"status" enum:"paid,late,refund_due,refunded"`
		After  PaymentID `query:"after" doc:"The id of the last payment that is known"`
		Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	}
	refundInput struct {
		PaymentRef
		JSONBody
	}
	voidInput struct {
		OrderRef
		JSONBody
	}
	paymentOutput  struct{ Body Payment }
	paymentsOutput struct{ Body Payments }
)

func paymentBody(m *sale.Payment) Payment {
	b := Payment{
		PaymentID: m.ID, ProductID: m.ProductID, OrderID: m.OrderID.String(), Amount: m.Paid.Amount, Currency: m.Paid.Currency,
		Status: string(m.Status), Reason: m.Reason, RefundedBy: m.By, At: sale.FormatTime(m.At), ChangedAt: sale.FormatTime(m.ChangedAt),
	}
	if m.WasLate {
		b.LateOrderID = m.LateID.String()
	}
	return b
}

func (a *API) paymentRoutes(api huma.API) {
	huma.Register(api, stripeOperation(api), a.receiveStripe)
	huma.Register(api, paymentsOperation(), func(ctx context.Context, in *paymentsInput) (*paymentsOutput, error) {
		all, err := a.Store.Payments(ctx, sale.PaymentQuery{Product: string(in.ID), Order: in.id(), Status: sale.PaymentStatus(in.Status), After: string(in.After), Limit: in.Limit})
		page := Payments{Payments: make([]Payment, len(all))}
		for i := range all {
			page.Payments[i] = paymentBody(&all[i])
		}
		if n := len(all); n == in.Limit {
			page.Next = all[n-1].ID
		}
		return answer(a, &paymentsOutput{page}, err)
	})
	huma.Register(api, paymentOperation(), func(ctx context.Context, in *PaymentRef) (*paymentOutput, error) {
		m, err := a.Store.Payment(ctx, string(in.ID), string(in.PaymentID))
		return answer(a, &paymentOutput{paymentBody(&m)}, err)
	})
	huma.Register(api, refundOperation(), func(ctx context.Context, in *refundInput) (*paymentOutput, error) {
		reason, err := readReason(in.raw)
		if err != nil {
			return nil, a.explain(err)
		}
		ctx, cancel := context.WithTimeout(ctx, catchUp)
		defer cancel()
		m, err := a.Payments.Refund(ctx, string(in.ID), string(in.PaymentID), reason, by(ctx))
		return answer(a, &paymentOutput{paymentBody(&m)}, err)
	})
	huma.Register(api, voidOperation(), func(ctx context.Context, in *voidInput) (*orderOutput, error) {
		reason, err := readReason(in.raw)
		if err != nil {
			return nil, a.explain(err)
		}
		o, err := a.endOrder(ctx, in.id(), func(ctx context.Context, id sale.OrderID, by string) (sale.Order, error) {
			return a.Payments.Void(ctx, id, reason, by)
		})
		return answer(a, &orderOutput{o}, err)
	})
}

// paymentOf is what has become of a payment for an order, as its buyer sees it; nil: there is none yet.
func (a *API) paymentOf(ctx context.Context, o *Order, id string) (*Payment, error) {
	m, err := a.Store.Payment(ctx, o.ProductID, id)
	if errors.Is(err, sale.ErrNotFound) || err == nil && m.OrderID.String() != o.OrderID {
		return nil, nil
	}
	m.By = ""
	b := paymentBody(&m)
	return &b, err
}

func readReason(body []byte) (reason string, err error) {
	err = readObject(body, needed(checkedField("reason", sale.RuleReason, sale.CheckReason, &reason, sale.MaxReason)))
	return reason, err
}

// owes reports whether money of the product is late or owed back.
func (a *API) owes(ctx context.Context, product string) (bool, error) {
	for _, open := range []sale.PaymentStatus{sale.PaymentLate, sale.PaymentRefundDue} {
		if found, err := a.Store.Payments(ctx, sale.PaymentQuery{Product: product, Status: open, Limit: 1}); err != nil || len(found) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// unlessOwed is otherwise, but if money of the product is late or owed back.
func (a *API) unlessOwed(ctx context.Context, product string, otherwise error) error {
	if owes, err := a.owes(ctx, product); err != nil || !owes {
		return cmp.Or(err, otherwise)
	}
	return problem(moneyOwed)
}

func paymentsOperation() huma.Operation {
	return operation("GET", "/api/products/{id}/payments", "list-payments", "The payments that name a product, whether there is one or not", invalid, unavailable)
}

func paymentOperation() huma.Operation {
	return operation("GET", "/api/products/{id}/payments/{payment_id}", "get-payment", "A payment", invalid, notFound, unavailable)
}

func refundOperation() huma.Operation {
	return withBody(operation("POST", "/api/products/{id}/payments/{payment_id}/refunded", "refund-payment", "Note that a payment was paid back, which was owed back",
		notFound, notOwed, unavailable, outcomeUnknown))
}

func voidOperation() huma.Operation {
	return withBody(operation("POST", "/api/orders/{order_id}/void", "void-order",
		"End an order that is paid, or final: its unit comes free, and what was paid for it is owed back", notFound, orderFinal, unavailable, outcomeUnknown))
}

// documentPayments writes bodies and closed lists into the document.
func documentPayments(api huma.API) {
	paths, schemas := api.OpenAPI().Paths, api.OpenAPI().Components.Schemas.Map()
	paths["/api/payments"].Post.RequestBody = bodyOf(api, PaymentBody{})
	paths["/api/products/{id}/payments/{payment_id}/refunded"].Post.RequestBody = bodyOf(api, ReasonBody{})
	paths["/api/orders/{order_id}/void"].Post.RequestBody = bodyOf(api, ReasonBody{})
	schemas["ReasonBody"].Properties["reason"].Pattern = namePattern
	status := &huma.Schema{Type: "string", Description: "Where a payment stands: it pays an order; it came late, and a unit is asked for; it is owed back; it was paid back"}
	for _, s := range sale.PaymentStatuses {
		status.Enum = append(status.Enum, string(s))
	}
	schemas["PaymentStatus"] = status
	schemas["Payment"].Properties["status"] = &huma.Schema{Ref: "#/components/schemas/PaymentStatus"}
	schemas["Receipt"].Properties["outcome"] = &huma.Schema{Ref: "#/components/schemas/PaymentStatus"}
}
