package httpapi

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/purchase"
	"seckill/internal/sale"
)

const nobody = "00000000-0000-7000-8000-000000000000"

func TestSettle(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 3, PaymentWindow: time.Minute})
	s.put(t, "2", sale.Terms{Quantity: 3})
	paid := s.buy(t, "1", "a").want(t, 201).order(t).OrderID
	cancelled := s.buy(t, "1", "b").want(t, 201).order(t).OrderID
	final := s.buy(t, "2", "a").want(t, 201).order(t).OrderID
	if o := s.do(t, "GET", "/api/orders/"+paid, "").want(t, 200).order(t); o.PayBy != "2030-01-02T03:05:05.678Z" {
		t.Errorf("%+v", o)
	}
	for range 2 { // the second time finds it done
		if o := s.do(t, "POST", "/api/orders/"+paid+"/pay", "").want(t, 200).order(t); o.Status != "paid" {
			t.Errorf("%+v", o)
		}
		if o := s.do(t, "POST", "/api/orders/"+cancelled+"/cancel", "").want(t, 200).order(t); o.Status != "cancelled" || o.EndedAt == "" {
			t.Errorf("%+v", o)
		}
	}
	for path, status := range map[string]string{
		paid + "/cancel": "paid", cancelled + "/pay": "cancelled", final + "/pay": "placed", final + "/cancel": "placed",
	} {
		if p := s.do(t, "POST", "/api/orders/"+path, "").problem(t, orderFinal); p.Order == nil || p.Order.Status != status {
			t.Errorf("%s: %+v", path, p.Order)
		}
	}
	for _, path := range []string{"", "/pay", "/cancel", "/events"} {
		method := map[bool]string{true: "POST", false: "GET"}[path == "/pay" || path == "/cancel"]
		s.do(t, method, "/api/orders/"+nobody+path, "").problem(t, notFound)
		for _, id := range []string{"1", "x" + nobody[1:], strings.ToUpper(paid), nobody + "0", "%00", "a%2Fb"} {
			p := s.do(t, method, "/api/orders/"+id+path, "").problem(t, invalid)
			p.field(t, "order_id")
		}
	}
}

func TestTraceIsChecked(t *testing.T) {
	s := serve(t)
	for query, field := range map[string]string{
		"product=a.b&user=c": "product", "product=a&user=%C3%A4": "user", "product=a&user=": "", "epoch=x": "epoch", "epoch=-1": "epoch",
		"epoch=99999999999999999999": "epoch", "colour=red": "colour",
	} {
		for _, path := range []string{"/api/orders/" + nobody, "/api/orders/" + nobody + "/events"} {
			r := s.do(t, "GET", path+"?"+query, "")
			if r.StatusCode > 499 {
				t.Errorf("%s?%s: %d %s", path, query, r.StatusCode, r.body)
			}
			if p := (Problem{}); field != "" && (field != "colour" || path == "/api/orders/"+nobody) {
				p = r.problem(t, invalid)
				p.field(t, field)
			}
		}
	}
}

// filled is a server with one product that n users have bought, of whom the
// fourth has cancelled.
func filled(t *testing.T, n int) *server {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: int64(n), PaymentWindow: time.Hour})
	for i := 1; i <= n; i++ {
		o, err := s.Buy(t.Context(), t.Context(), "1", purchase.Request{User: fmt.Sprint("u", i), Order: sale.OrderID{byte(i), byte(i >> 8)}})
		if err != nil {
			t.Fatal(err)
		}
		if i == 4 {
			if _, err := s.Cancel(t.Context(), o.Order, ""); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

func TestList(t *testing.T) {
	s := filled(t, 120)
	page := func(query string) (p Orders, numbers string) {
		t.Helper()
		s.do(t, "GET", "/api/products/1/orders"+query, "").want(t, 200).json(t, &p)
		for _, o := range p.Orders {
			numbers += fmt.Sprint(o.Number, " ")
		}
		return p, strings.TrimSpace(numbers)
	}
	p, _ := page("")
	if len(p.Orders) != 100 || p.Orders[0].Number != 1 || p.Next != 100 {
		t.Errorf("%d orders, next %d", len(p.Orders), p.Next)
	}
	p, _ = page("?after=100")
	if len(p.Orders) != 20 || p.Next != 0 {
		t.Errorf("%d orders, next %d", len(p.Orders), p.Next)
	}
	for query, want := range map[string]string{
		"?limit=3": "1 2 3", "?limit=3&after=3": "4 5 6", "?order=newest&limit=2": "120 119", "?order=newest&limit=2&after=119": "118 117",
		"?status=cancelled": "4", "?status=placed&limit=4": "1 2 3 5", "?status=paid": "", "?after=120": "",
	} {
		if _, got := page(query); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}
	if r := s.do(t, "GET", "/api/products/1/orders?status=paid", ""); r.body != `{"orders":[]}` {
		t.Error(r.body)
	}
	for query, field := range map[string]string{
		"limit=0": "limit", "limit=1001": "limit", "limit=x": "limit", "limit=1.5": "limit", "after=-1": "after", "after=9223372036854775808": "after",
		"order=best": "order", "status=queued": "status", "stauts=paid": "stauts", "status=%00": "status",
		"status=": "status", "after": "after", "limit=1&limit=2": "limit", "limit=%zz": "query",
	} {
		p := s.do(t, "GET", "/api/products/1/orders?"+query, "").problem(t, invalid)
		p.field(t, field)
	}
	s.do(t, "GET", "/api/products/2/orders", "").problem(t, notFound)
}

func TestCSV(t *testing.T) {
	s := filled(t, 2*csvPage+1)
	r := s.do(t, "GET", "/api/products/1/orders", "", "Accept", "text/csv").want(t, 200)
	if got := r.header("Content-Type"); got != "text/csv; charset=utf-8; header=present" {
		t.Error(got)
	}
	first := "number,order_id,product_id,user_id,status,placed_at,pay_by,ended_at,amount,currency,payment_id\r\n" +
		"1,01000000-0000-0000-0000-000000000000,1,u1,placed,2030-01-02T03:04:05.678Z,2030-01-02T04:04:05.678Z,,,,\r\n"
	if !strings.HasPrefix(r.body, first) {
		t.Errorf("%.300s", r.body)
	}
	lines, err := csv.NewReader(strings.NewReader(r.body)).ReadAll()
	if err != nil || len(lines) != 2*csvPage+2 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	for i, line := range lines[1:] {
		if line[0] != fmt.Sprint(i+1) {
			t.Fatalf("line %d is number %s", i+1, line[0])
		}
	}
	r = s.do(t, "GET", "/api/products/1/orders?status=cancelled&order=newest", "", "Accept", "text/csv;q=0.9, application/json;q=0.1")
	if lines := strings.Split(r.body, "\r\n"); len(lines) != 3 || !strings.HasPrefix(lines[1], "4,") {
		t.Error(r.body)
	}
	s.do(t, "HEAD", "/api/products/1/orders", "", "Accept", "text/csv").want(t, 200)
	s.do(t, "GET", "/api/products/2/orders", "", "Accept", "text/csv").problem(t, notFound)
}

// An id that a spreadsheet would run has a ' before it.
func TestACSVRunsNothing(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 9})
	s.put(t, "-1", sale.Terms{Quantity: 9})
	users := []string{"=1+1|x", "+1", "-1", "@SUM", "a=1", "_", longest}
	for _, user := range users {
		s.buy(t, "1", user).want(t, 201)
	}
	s.buy(t, "-1", "a").want(t, 201)
	read := func(product string) (users, products []string) {
		t.Helper()
		lines, err := csv.NewReader(strings.NewReader(s.do(t, "GET", "/api/products/"+product+"/orders", "", "Accept", "text/csv").want(t, 200).body)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines[1:] {
			products, users = append(products, line[2]), append(users, line[3])
		}
		return users, products
	}
	if got, _ := read("1"); !slices.Equal(got, []string{"'=1+1|x", "'+1", "'-1", "'@SUM", "a=1", "_", "'" + longest}) {
		t.Errorf("users %q", got)
	}
	if _, got := read("-1"); !slices.Equal(got, []string{"'-1"}) {
		t.Errorf("products %q", got)
	}
}

// Half a list must not look like a whole one.
func TestCSVIsCutWhereTheStoreFails(t *testing.T) {
	s := filled(t, 1)
	s.api.Store = failingList{s.shop}
	c := s.raw(t, "GET /api/products/1/orders HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
	if len(c) != 0 {
		t.Errorf("%d answers: %v", len(c), c)
	}
}

func TestUnavailableStore(t *testing.T) {
	s := filled(t, 1)
	s.set(func() { s.down = sale.ErrUnavailable })
	for _, path := range []string{
		"/api/products", "/api/products/1", "/api/products/1/orders", "/api/orders/" + nobody, "/api/products/1/events", "/api/orders/" + nobody + "/events",
	} {
		r := s.do(t, "GET", path, "")
		if r.problem(t, unavailable); r.header("Retry-After") != "1" {
			t.Errorf("%s: no Retry-After", path)
		}
	}
	s.do(t, "PUT", "/api/products/1", `{"quantity":1}`).problem(t, unavailable)
	s.set(func() { s.down = sale.ErrChangedMeanwhile })
	s.do(t, "PUT", "/api/products/1", `{"quantity":1}`).problem(t, changedMeanwhile)
}

// One rule has one wording, whichever route it is broken at.
func TestTheRuleOfAnIDHasOneWording(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	const order = "must be a UUID in lower case"
	for path, want := range map[string]string{
		"GET /api/products/a.b": idRule, "POST /api/products/a.b/orders": idRule, "GET /api/products/a.b/events": idRule,
		"PUT /api/products/a.b": idRule, "DELETE /api/products/a.b": idRule, "POST /api/products/a.b/pause": idRule,
		"GET /api/products/" + strings.Repeat("a", 65): idRule,
		"GET /api/orders/A":                            order, "GET /api/orders/A/events": order, "POST /api/orders/A/pay": order,
		"GET /api/orders/" + strings.ToUpper(sale.OrderID{0xab}.String()): order,
		"GET /api/orders/" + nobody + "?user=a,b":                         userRule, "GET /api/orders/" + nobody + "/events?user=a,b": userRule,
		"GET /api/orders/" + nobody + "/events?epoch=x": "must be a whole number",
		"GET /api/orders/" + nobody + "?epoch=x":        "must be a whole number",
	} {
		method, path, _ := strings.Cut(path, " ")
		body := ""
		if method != "GET" {
			body = `{"user_id":"u"}`
		}
		if method == "PUT" {
			body = `{"quantity":1}`
		}
		p := s.do(t, method, path, body).problem(t, invalid)
		if len(p.Errors) != 1 || p.Errors[0].Rule != want {
			t.Errorf("%s %s: %+v, not %q", method, path, p.Errors, want)
		}
	}
}
