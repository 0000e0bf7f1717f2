package httpapi

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

// pays is the body of a payment for an order of product 1.
func pays(id, order string, amount int64) string {
	return fmt.Sprintf(`{"payment_id":%q,"product_id":"1","order_id":%q,"amount":%d,"currency":"EUR"}`, id, order, amount)
}

func (r reply) receipt(t *testing.T) (got Receipt) {
	t.Helper()
	r.json(t, &got)
	return got
}

// priced is a server with a product that costs 5 EUR, which these users have ordered.
func priced(t *testing.T, s *server, users ...string) (orders []string) {
	t.Helper()
	s.put(t, "1", sale.Terms{Quantity: 9, PaymentWindow: time.Hour, Price: sale.Price{Amount: 5, Currency: "EUR"}})
	for _, user := range users {
		orders = append(orders, s.buy(t, "1", user).want(t, 201).order(t).OrderID)
	}
	return orders
}

func TestPayments(t *testing.T) {
	s := serve(t)
	ids := priced(t, s, "a", "b", "c")
	s.do(t, "POST", "/api/orders/"+ids[1]+"/cancel", "").want(t, 200)
	other := strings.Replace(pays("m6", ids[2], 5), `"1"`, `"2"`, 1)
	for _, c := range []struct {
		body            string
		status          int
		outcome, reason string
		order           string
	}{
		{pays("m1", ids[0], 5), 200, "paid", "", ids[0]},
		{pays("m1", ids[0], 5), 200, "paid", "", ids[0]}, // again
		{pays("m2", ids[0], 5), 200, "refund_due", "already_paid", ids[0]},
		{pays("m3", ids[1], 5), 202, "late", "", ids[1]},
		{pays("m3", ids[1], 5), 202, "late", "", ids[1]},
		{pays("m4", ids[2], 4), 200, "refund_due", "wrong_amount", ids[2]},
		{pays("m5", nobody, 5), 200, "refund_due", "unknown_order", ""},
	} {
		got := s.do(t, "POST", "/api/payments", c.body).want(t, c.status).receipt(t)
		id := ""
		if got.Order != nil {
			id = got.Order.OrderID
		}
		if got.Outcome != c.outcome || got.Reason != c.reason || id != c.order {
			t.Errorf("%s: %+v", c.body, got)
		}
	}
	if csv := s.do(t, "GET", "/api/products/1/orders?status=paid", "", "Accept", "text/csv").want(t, 200).body; !strings.HasSuffix(csv, ",5,EUR,m1\r\n") {
		t.Error(csv)
	}
	if o := s.do(t, "GET", "/api/orders/"+ids[0], "").want(t, 200).order(t); o.Status != "paid" || o.PaymentID != "m1" {
		t.Errorf("%+v", o)
	}
	s.do(t, "POST", "/api/payments", pays("m1", ids[0], 6)).problem(t, paymentConflict)
	s.do(t, "POST", "/api/payments", pays("m1", nobody, 5)).problem(t, paymentConflict)
	p := s.do(t, "POST", "/api/payments", other).problem(t, invalid)
	p.field(t, "order_id")
	s.set(func() { s.down = sale.ErrUnknownOutcome })
	s.do(t, "POST", "/api/payments", pays("m7", ids[0], 5)).problem(t, outcomeUnknown)
}

func TestPaymentsAreChecked(t *testing.T) {
	s := serve(t)
	order := priced(t, s, "a")[0]
	whole := pays("m", order, 5)
	for change, field := range map[[2]string]string{
		{`"m"`, `""`}: "payment_id", {`"m"`, `"a b"`}: "payment_id", {`"m"`, `"` + strings.Repeat("m", 121) + `"`}: "payment_id", {`"m"`, `7`}: "payment_id",
		{`"1"`, `"a/b"`}: "product_id", {order, strings.ToUpper(order)}: "order_id", {order, "1"}: "order_id",
		{`5`, `-5`}: "amount", {`:5,`, `:0,`}: "amount", {`:5,`, `:5.5,`}: "amount", {`:5,`, `:5.0,`}: "amount", {`:5,`, `:9223372036854775808,`}: "amount", {`:5,`, `:"5",`}: "amount",
		{`:5,`, `:100000000001,`}: "amount", {`:5,`, `:1e2,`}: "amount",
		{`EUR`, `eur`}: "currency", {`EUR`, `XXX`}: "currency", {`EUR`, ``}: "currency",
		{`}`, `,"event":"x"}`}: "event", {`"amount":5,`, ``}: "amount", {`"amount":5`, `"amount":5,"amount":5`}: "amount",
	} {
		body := strings.Replace(whole, change[0], change[1], 1)
		if change[0] == `5` {
			body = strings.Replace(whole, ":5,", ":-5,", 1)
		}
		p := s.do(t, "POST", "/api/payments", body).problem(t, invalid)
		p.field(t, field)
	}
	s.do(t, "POST", "/api/payments", whole+strings.Repeat(" ", 4096)).problem(t, tooLarge)
	s.do(t, "POST", "/api/payments", whole, "Content-Type", "text/plain").problem(t, notJSON)
	p := s.do(t, "POST", "/api/payments?a=b", whole).problem(t, invalid)
	p.field(t, "query")
	var page Payments
	if s.do(t, "GET", "/api/products/1/payments", "").want(t, 200).json(t, &page); len(page.Payments) > 0 {
		t.Errorf("something was taken: %+v", page)
	}
}

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr"

func signs(t *testing.T, s *shop) *auth.Signed {
	signed, err := auth.NewSigned(secret, s.clock)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// signature is the headers of a body that was signed then.
func signature(t *testing.T, secret, body string, at time.Time) []string {
	hook, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	text, err := hook.Sign("msg_1", at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return []string{"Webhook-Id", "msg_1", "Webhook-Timestamp", fmt.Sprint(at.Unix()), "Webhook-Signature", text}
}

func TestSignedPayments(t *testing.T) {
	s := serve(t, func(s *shop, c *Config) { c.Auth, c.Signed = s.operators("token"), signs(t, s) })
	body := pays("m1", priced(t, s, "a")[0], 5)
	other := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 32))
	with := func(header, value string, headers []string) []string {
		headers[slices.Index(headers, header)+1] = value
		return headers
	}
	for name, header := range map[string][]string{
		"another secret":   signature(t, other, body, start),
		"another body":     signature(t, secret, body+" ", start),
		"too old":          signature(t, secret, body, start.Add(-auth.Tolerance-time.Second)),
		"too new":          signature(t, secret, body, start.Add(auth.Tolerance+time.Second)),
		"no time":          with("Webhook-Timestamp", "", signature(t, secret, body, start)),
		"no id":            with("Webhook-Id", "", signature(t, secret, body, start)),
		"another time":     with("Webhook-Timestamp", fmt.Sprint(start.Unix()), signature(t, secret, body, start.Add(time.Second))),
		"no signature":     {"Webhook-Id", "1", "Webhook-Timestamp", fmt.Sprint(start.Unix()), "Webhook-Signature", "v1,"},
		"a token, but too": append(signature(t, other, body, start), "Authorization", "Bearer token"),
	} {
		if r := s.do(t, "POST", "/api/payments", body, header...); r.StatusCode != 401 {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.body)
		}
	}
	s.do(t, "POST", "/api/payments", body).problem(t, unauthorized)
	for _, sent := range []time.Duration{0, 4 * time.Minute, -4 * time.Minute, 0} { // the last one again
		if got := s.do(t, "POST", "/api/payments", body, signature(t, secret, body, start.Add(sent))...).want(t, 200).receipt(t); got.Outcome != "paid" {
			t.Errorf("%+v", got)
		}
	}
	twice := signature(t, other, body, start)
	valid := signature(t, secret, body, start)
	twice[5] += " " + valid[5] // while a secret is being changed
	s.do(t, "POST", "/api/payments", body, twice...).want(t, 200)
	s.do(t, "GET", "/api/products/1/payments", "", valid...).problem(t, unauthorized)
}

// Without a secret a signature is nothing.
func TestASignatureThatNobodyChecks(t *testing.T) {
	s := guarded(t)
	body := pays("m1", nobody, 5)
	s.do(t, "POST", "/api/payments", body, signature(t, secret, body, start)...).problem(t, unauthorized)
}

func TestPaymentPages(t *testing.T) {
	s := serve(t)
	order := priced(t, s, "a")[0]
	for n := range 4 {
		s.do(t, "POST", "/api/payments", pays(fmt.Sprint("m", n), order, 5)).want(t, 200)
	}
	read := func(query string) (ids []string, next string) {
		t.Helper()
		var page Payments
		s.do(t, "GET", "/api/products/1/payments"+query, "").want(t, 200).json(t, &page)
		for _, m := range page.Payments {
			ids = append(ids, m.PaymentID)
		}
		return ids, page.Next
	}
	for query, want := range map[string]string{
		"": "[m0 m1 m2 m3] ", "?limit=2": "[m0 m1] m1", "?limit=2&after=m1": "[m2 m3] m3", "?after=m3": "[] ", "?status=paid": "[m0] ", "?status=refund_due&limit=1": "[m1] m1", "?status=late": "[] ",
	} {
		if ids, next := read(query); fmt.Sprint(ids, " ", next) != want {
			t.Errorf("%q: %v %q, not %s", query, ids, next, want)
		}
	}
	var m Payment
	at := sale.FormatTime(s.now)
	s.do(t, "GET", "/api/products/1/payments/m1", "").want(t, 200).json(t, &m)
	if want := (Payment{PaymentID: "m1", ProductID: "1", OrderID: order, Amount: 5, Currency: "EUR", Status: "refund_due", Reason: "already_paid", At: at, ChangedAt: at}); m != want {
		t.Errorf("%+v", m)
	}
	s.do(t, "GET", "/api/products/1/payments/none", "").problem(t, notFound)
	for query, field := range map[string]string{"?limit=0": "limit", "?limit=1001": "limit", "?status=open": "status", "?after=a.b": "after"} {
		p := s.do(t, "GET", "/api/products/1/payments"+query, "").problem(t, invalid)
		p.field(t, field)
	}
}

func TestVoidAndRefund(t *testing.T) {
	s := serve(t)
	ids := priced(t, s, "a", "b")
	s.do(t, "POST", "/api/payments", pays("m1", ids[0], 5)).want(t, 200)
	void, refund := "/api/orders/"+ids[0]+"/void", "/api/products/1/payments/m1/refunded"
	s.do(t, "POST", refund, `{"reason":"r"}`).problem(t, notOwed)
	s.do(t, "POST", "/api/products/1/payments/none/refunded", `{"reason":"r"}`).problem(t, notFound)
	if p := s.do(t, "POST", "/api/orders/"+ids[1]+"/void", `{"reason":"r"}`).problem(t, orderFinal); p.Order == nil || p.Order.Status != "placed" {
		t.Errorf("its buyer can cancel it: %+v", p.Order)
	}
	s.do(t, "POST", "/api/orders/"+nobody+"/void", `{"reason":"r"}`).problem(t, notFound)
	for _, path := range []string{void, refund} {
		for _, bad := range []string{`{}`, `{"reason":""}`, `{"reason":7}`, `{"reason":"` + strings.Repeat("r", 201) + `"}`, `{"reason":"a\nb"}`, `{"why":"r"}`} {
			s.do(t, "POST", path, bad).problem(t, invalid)
		}
	}
	for range 2 { // the second time finds it done
		if o := s.do(t, "POST", void, `{"reason":"fraud"}`).want(t, 200).order(t); o.Status != "cancelled" || o.VoidReason != "fraud" || o.PaymentID != "m1" {
			t.Errorf("%+v", o)
		}
	}
	s.put(t, "1", sale.Terms{Quantity: 9, Closed: true})
	s.do(t, "DELETE", "/api/products/1", "").problem(t, moneyOwed)
	for range 2 {
		var m Payment
		if s.do(t, "POST", refund, `{"reason":"r"}`).want(t, 200).json(t, &m); m.Status != "refunded" || m.Reason != "voided" {
			t.Errorf("%+v", m)
		}
	}
	s.do(t, "DELETE", "/api/products/1", "").want(t, 204)
	var page Payments
	if s.do(t, "GET", "/api/products/1/payments", "").want(t, 200).json(t, &page); len(page.Payments) != 1 {
		t.Errorf("a payment outlives its product: %+v", page)
	}
}

// Where there are operators paid is said by a payment, whoever asks.
func TestPaidIsSaidByAPayment(t *testing.T) {
	s := guarded(t)
	order := priced(t, s, "a")[0]
	for _, role := range []string{"operate", "payments"} {
		s.do(t, "POST", "/api/orders/"+order+"/pay", "", "Authorization", "Bearer "+s.token(t, "a-"+role, role)).problem(t, paymentNeeded)
	}
	s.do(t, "POST", "/api/orders/"+order+"/pay", "", "Authorization", "Bearer token").problem(t, paymentNeeded)
	r := s.do(t, http.MethodPost, "/api/payments", pays("m", order, 5), "Authorization", "Bearer "+s.token(t, "till", "payments"))
	if got := r.want(t, 200).receipt(t); got.Outcome != "paid" {
		t.Errorf("%+v", got)
	}
}

// Who may see an order may ask with it what has become of a payment for it, and of no other.
func TestAnOrderWithItsPayment(t *testing.T) {
	s := serve(t)
	ids := priced(t, s, "a", "b")
	s.do(t, "POST", "/api/orders/"+ids[0]+"/cancel", "").want(t, 200)
	s.do(t, "POST", "/api/payments", pays("m1", ids[0], 5)).want(t, 202)
	for path, want := range map[string]string{
		ids[0] + "?payment=m1": "late", ids[1] + "?payment=m1": "", ids[0] + "?payment=m2": "", ids[0]: "",
	} {
		got := s.do(t, "GET", "/api/orders/"+path, "").want(t, 200).order(t).Payment
		if (got == nil) != (want == "") || got != nil && (got.Status != want || got.LateOrderID == "" || got.Amount != 5) {
			t.Errorf("%s: %+v", path, got)
		}
	}
	s.do(t, "GET", "/api/orders/"+ids[0]+"?payment=a+b", "").problem(t, invalid)
}
