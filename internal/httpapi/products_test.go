package httpapi

import (
	"strings"
	"testing"
	"time"

	"seckill/internal/identity"
	"seckill/internal/sale"
)

func TestProductLife(t *testing.T) {
	s := serve(t)
	s.do(t, "GET", "/api/products/1", "").problem(t, notFound)
	r := s.do(t, "PUT", "/api/products/1", `{"quantity":2}`).want(t, 201)
	want := `{"id":"1","name":"","quantity":2,"limit_per_user":1,"orders_per_user":20,"payment_window":"0s","state":"on_sale","epoch":1,"remaining":2,` +
		`"queued":0,"held":0,"placed":0,"paid":0,"cancelled":0,"expired":0,"rejected":0,"server_time":"2030-01-02T03:04:05.678Z"}`
	if r.body != want {
		t.Errorf("got  %s\nwant %s", r.body, want)
	}
	s.buy(t, "1", "a").want(t, 201)
	s.buy(t, "1", "b").want(t, 201)
	p := s.do(t, "GET", "/api/products/1", "").want(t, 200).product(t)
	if p.State != "sold_out" || *p.Remaining != 0 || p.Held != 2 || p.Placed != 2 {
		t.Errorf("after two buys: %+v", p)
	}
	s.do(t, "PUT", "/api/products/1", `{"quantity":1}`).problem(t, termsRefused)
	p = s.do(t, "PUT", "/api/products/1", `{"quantity":3,"name":"Ω","limit_per_user":2,"orders_per_user":7,"payment_window":"90m"}`).want(t, 200).product(t)
	if p.OrdersPerUser != 7 || p.State != "on_sale" || p.Name != "Ω" || p.LimitPerUser != 2 || p.PaymentWindow != "1h30m" || p.Epoch != 3 {
		t.Errorf("after a change: %+v", p)
	}
	var all Products
	s.do(t, "GET", "/api/products", "").want(t, 200).json(t, &all)
	if len(all.Products) != 1 || all.Products[0].ID != "1" {
		t.Errorf("all: %+v", all)
	}
}

// A product is for a group where buyers prove which they are in, and what one says of
// oneself is not asked for.
func TestAProductForAGroup(t *testing.T) {
	const group, grouped = "/members:vip@shop", `{"quantity":5,"group":"/members:vip@shop"}`
	broke := func(r reply, field, rule string) {
		t.Helper()
		p := r.problem(t, invalid)
		p.broke(t, field, rule)
	}
	s := serve(t)
	broke(s.do(t, "PUT", "/api/products/1", grouped), "group", "needs buyers who are known (--buyer-auth)")
	s = known(t)
	broke(s.do(t, "PUT", "/api/products/1", `{"quantity":5,"group":"a b"}`, operator...), "group", userRule)
	for _, r := range []reply{
		s.do(t, "PUT", "/api/products/1", grouped, operator...).want(t, 201),
		s.do(t, "POST", "/api/products/1/pause", "", operator...).want(t, 200), s.do(t, "POST", "/api/products/1/resume", "", operator...).want(t, 200),
	} {
		if p := r.product(t); p.Group != group {
			t.Errorf("%+v", p)
		}
	}
	buys := func(user string, groups ...string) reply {
		return s.do(t, "POST", buy1, `{}`, "Authorization", "Bearer "+s.mint(t, identity.Buyer{User: user, Groups: groups}))
	}
	buys("none").problem(t, notEligible)
	buys("other", "staff", "vip").problem(t, notEligible)
	buys("member", "staff", group).want(t, 201)
	broke(s.do(t, "POST", buy1, `{"groups":["`+group+`"]}`, s.as(t, "liar")...), "groups", unknownRule)
	for _, none := range []string{`{"quantity":5}`, `{"quantity":5,"group":""}`} {
		if r := s.do(t, "PUT", "/api/products/1", none, operator...).want(t, 200); r.product(t).Group != "" || strings.Contains(r.body, "group") {
			t.Errorf("%s: %s", none, r.body)
		}
	}
	buys("none").want(t, 201)
}

// The bytes of a request are used again by the next one on its connection; a
// product's id is kept for as long as the product.
func TestAnIDOutlivesItsRequest(t *testing.T) {
	s := serve(t)
	ids := []string{"long", "longer", "x"} // by other lengths: alike ones would lie over each other
	for _, id := range ids {
		s.do(t, "PUT", "/api/products/"+id, `{"quantity":2}`).want(t, 201)
	}
	for _, id := range ids {
		s.buy(t, id, "a").want(t, 201)
	}
	var all Products
	s.do(t, "GET", "/api/products", "").want(t, 200).json(t, &all)
	if len(all.Products) != len(ids) {
		t.Errorf("all: %+v", all)
	}
}

func TestNoProducts(t *testing.T) {
	if body := serve(t).do(t, "GET", "/api/products", "").want(t, 200).body; body != `{"products":[],"counts":{"live":0,"upcoming":0,"past":0,"archived":0,"rehearsals":0}}` {
		t.Error(body)
	}
}

func TestPauseCloseDelete(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	state := func(method, path, body string, status int) string {
		t.Helper()
		return s.do(t, method, "/api/products/1"+path, body).want(t, status).product(t).State
	}
	for _, step := range []struct{ method, path, body, state string }{
		{"POST", "/pause", "", "paused"},
		{"PUT", "", `{"quantity":6}`, "paused"}, // what is paused stays so
		{"POST", "/resume", "", "on_sale"},
		{"POST", "/close", "", "closed"},
		{"POST", "/resume", "", "closed"},
		{"PUT", "", `{"quantity":6}`, "on_sale"}, // what was closed is on sale again
	} {
		if got := state(step.method, step.path, step.body, 200); got != step.state {
			t.Errorf("%s%s: %s, not %s", step.method, step.path, got, step.state)
		}
	}
	s.do(t, "DELETE", "/api/products/1", "").problem(t, notClosed)
	state("POST", "/close", "", 200)
	if body := s.do(t, "DELETE", "/api/products/1", "").want(t, 204).body; body != "" {
		t.Errorf("204 with a body: %s", body)
	}
	for _, r := range []reply{
		s.do(t, "GET", "/api/products/1", ""), s.do(t, "DELETE", "/api/products/1", ""), s.do(t, "POST", "/api/products/1/pause", ""),
		s.do(t, "GET", "/api/products/1/orders", ""), s.buy(t, "1", "a"), s.do(t, "GET", "/api/products/1/events", ""),
	} {
		r.problem(t, notFound)
	}
	if got := state("PUT", "", `{"quantity":1}`, 201); got != "on_sale" {
		t.Errorf("put after a delete: %s", got)
	}
}

// A switch that would change nothing must not shut the gate for it.
func TestSwitchTwiceOpensOnce(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	for range 3 {
		s.do(t, "POST", "/api/products/1/pause", "").want(t, 200)
	}
	if s.changes != 2 {
		t.Errorf("%d openings, not 2", s.changes)
	}
}

func TestTimes(t *testing.T) {
	s := serve(t)
	p := s.do(t, "PUT", "/api/products/1",
		`{"quantity":1,"opens_at":"2030-01-02T05:00:00.5+01:00","closes_at":"2030-01-02T06:00:00Z"}`).want(t, 201).product(t)
	if p.OpensAt != "2030-01-02T04:00:00.500Z" || p.ClosesAt != "2030-01-02T06:00:00.000Z" || p.State != "not_open" {
		t.Errorf("%+v", p)
	}
	s.set(func() { s.now = start.Add(2 * time.Hour) })
	if p = s.do(t, "GET", "/api/products/1", "").product(t); p.State != "on_sale" {
		t.Error(p.State)
	}
	s.set(func() { s.now = start.Add(3 * time.Hour) })
	if p = s.do(t, "GET", "/api/products/1", "").product(t); p.State != "closed" {
		t.Error(p.State)
	}
	s.do(t, "DELETE", "/api/products/1", "").want(t, 204) // closed by its time
}

func TestCounts(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5, PaymentWindow: time.Minute})
	a, b := s.buy(t, "1", "a").want(t, 201).order(t), s.buy(t, "1", "b").want(t, 201).order(t)
	s.do(t, "POST", "/api/orders/"+a.OrderID+"/pay", "").want(t, 200)
	s.do(t, "POST", "/api/orders/"+b.OrderID+"/cancel", "").want(t, 200)
	s.set(func() { s.known[sale.OrderID{1}] = true })
	p := s.do(t, "GET", "/api/products/1", "").product(t)
	if p.Held != 1 || p.Placed != 0 || p.Paid != 1 || p.Cancelled != 1 || *p.Remaining != 3 || p.Queued != 1 {
		t.Errorf("%+v", p)
	}
	s.set(func() { s.gate = sale.ErrUnavailable })
	if p = s.do(t, "GET", "/api/products/1", "").product(t); p.Remaining != nil || p.Queued != 0 || p.State != "on_sale" {
		t.Errorf("gate away: %+v", p)
	}
	for _, away := range []func(){func() { s.gate = sale.ErrNoGate }, func() { s.gate = sale.ErrShut }, func() { s.gate, s.shut = nil, true }} {
		s.set(away)
		if p = s.do(t, "GET", "/api/products/1", "").product(t); p.Remaining != nil || p.State != "opening" {
			t.Errorf("gate shut: %+v", p)
		}
	}
}

// Embedded, an order is placed before the store has it; who reads after that sees it.
func TestReadsShowWhatWasPlaced(t *testing.T) {
	for path, has := range map[string]func(t *testing.T, r reply) bool{
		"/api/products/1": func(t *testing.T, r reply) bool { return r.product(t).Held == 1 },
		"/api/products": func(t *testing.T, r reply) bool {
			var all Products
			r.json(t, &all)
			return all.Products[0].Held == 1
		},
		"/api/products/1/orders": func(t *testing.T, r reply) bool {
			var page Orders
			r.json(t, &page)
			return len(page.Orders) == 1
		},
	} {
		t.Run(path, func(t *testing.T) {
			s := serve(t, func(s *shop, _ *Config) { s.late = true })
			s.put(t, "1", sale.Terms{Quantity: 5})
			s.buy(t, "1", "a").want(t, 201)
			if r := s.do(t, "GET", path, "").want(t, 200); !has(t, r) {
				t.Errorf("right after a 201: %s", r.body)
			}
			s.set(func() { s.stuck = true })
			s.buy(t, "1", "b").want(t, 201)
			if r := s.do(t, "GET", path, "").want(t, 200); !has(t, r) {
				t.Errorf("from a store that stays behind: %s", r.body)
			}
		})
	}
}

// Every bad body of a PUT, with the field that its problem must name.
var badPuts = map[string]struct {
	body  string
	kind  kind
	field string
	rule  string
}{
	"quantity -1":              {`{"quantity":-1}`, invalid, "quantity", wholeRule},
	"quantity 0":               {`{"quantity":0}`, invalid, "quantity", wholeRule},
	"quantity 1.5":             {`{"quantity":1.5}`, invalid, "quantity", wholeRule},
	"quantity 1.0":             {`{"quantity":1.0}`, invalid, "quantity", wholeRule},
	"quantity 1e2":             {`{"quantity":1e2}`, invalid, "quantity", wholeRule},
	"quantity text":            {`{"quantity":"5"}`, invalid, "quantity", wholeRule},
	"quantity null":            {`{"quantity":null}`, invalid, "quantity", wholeRule},
	"quantity true":            {`{"quantity":true}`, invalid, "quantity", wholeRule},
	"quantity list":            {`{"quantity":[5]}`, invalid, "quantity", wholeRule},
	"quantity 1e309":           {`{"quantity":1e309}`, invalid, "quantity", wholeRule},
	"quantity 2^63":            {`{"quantity":9223372036854775808}`, invalid, "quantity", wholeRule},
	"quantity 2^64+5":          {`{"quantity":18446744073709551621}`, invalid, "quantity", wholeRule},
	"quantity too large":       {`{"quantity":10000001}`, invalid, "quantity", wholeRule},
	"quantity missing":         {`{}`, invalid, "quantity", "is required"},
	"quantity twice":           {`{"quantity":5,"quantity":6}`, invalid, "quantity", onceRule},
	"quantity in another case": {`{"Quantity":5}`, invalid, "Quantity", "must be written quantity"},
	"quantity like hex":        {`{"quantity":0x10}`, malformed, "body", jsonRule},
	"quantity with a zero":     {`{"quantity":05}`, malformed, "body", jsonRule},
	"quantity NaN":             {`{"quantity":NaN}`, malformed, "body", jsonRule},
	"unknown key":              {`{"quantity":5,"tax":1}`, invalid, "tax", unknownRule},
	"unknown strange key":      {`{"quantity":5,"<b>":1}`, invalid, "body", "has a key that this request does not know"},
	"two values":               {`{"quantity":5}{}`, malformed, "body", jsonRule},
	"trailing text":            {`{"quantity":5}x`, malformed, "body", jsonRule},
	"not JSON":                 {`quantity=5`, malformed, "body", jsonRule},
	"cut off":                  {`{"quantity":5`, malformed, "body", jsonRule},
	"empty":                    {``, malformed, "body", jsonRule},
	"blank":                    {` `, malformed, "body", jsonRule},
	"a list":                   {`[]`, invalid, "body", objectRule},
	"null":                     {`null`, invalid, "body", objectRule},
	"a number":                 {`5`, invalid, "body", objectRule},
	"not UTF-8":                {"{\"quantity\":5,\"name\":\"\xff\"}", malformed, "body", jsonRule},
	"deeply nested":            {`{"quantity":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + `}`, invalid, "quantity", wholeRule},
	"deeply nested, unknown":   {`{"a":` + strings.Repeat(`{"a":`, 600) + "1" + strings.Repeat("}", 600) + `}`, invalid, "a", unknownRule},
	"limit 0":                  {`{"quantity":5,"limit_per_user":0}`, invalid, "limit_per_user", limitRule},
	"limit 101":                {`{"quantity":5,"limit_per_user":101}`, invalid, "limit_per_user", limitRule},
	"more units than orders":   {`{"quantity":5,"limit_per_user":3,"orders_per_user":2}`, invalid, "orders_per_user", "must be limit_per_user to 1000"},
	"orders 1001":              {`{"quantity":5,"orders_per_user":1001}`, invalid, "orders_per_user", "must be a whole number from 1 to 1000"},
	"unpaid without a window":  {`{"quantity":5,"unpaid_per_address":3}`, invalid, "unpaid_per_address", "needs a payment_window: without one nothing waits for payment"},
	"unpaid 0":                 {`{"quantity":5,"payment_window":"1h","unpaid_per_address":0}`, invalid, "unpaid_per_address", "must be a whole number from 1 to 1000"},
	"limit null":               {`{"quantity":5,"limit_per_user":null}`, invalid, "limit_per_user", limitRule},
	"name a number":            {`{"quantity":5,"name":7}`, invalid, "name", textRule},
	"name null":                {`{"quantity":5,"name":null}`, invalid, "name", textRule},
	"name too long":            {`{"quantity":5,"name":"` + strings.Repeat("x", 201) + `"}`, invalid, "name", nameRule},
	"name with a line break":   {`{"quantity":5,"name":"a\nb"}`, invalid, "name", nameRule},
	"name with an override":    {`{"quantity":5,"name":"a\u202eb"}`, invalid, "name", nameRule},
	"name with NUL":            {`{"quantity":5,"name":"a\u0000b"}`, invalid, "name", nameRule},
	"opens_at a date":          {`{"quantity":5,"opens_at":"2030-01-01"}`, invalid, "opens_at", timeRule},
	"opens_at a number":        {`{"quantity":5,"opens_at":1}`, invalid, "opens_at", timeRule},
	"opens_at past 9999":       {`{"quantity":5,"opens_at":"9999-12-31T23:59:59-23:59"}`, invalid, "opens_at", timeRule},
	"opens_at before 1970":     {`{"quantity":5,"opens_at":"0001-01-01T00:00:00Z"}`, invalid, "opens_at", timeRule},
	"closes before it opens":   {`{"quantity":5,"opens_at":"2030-01-02T00:00:00Z","closes_at":"2030-01-01T00:00:00Z"}`, invalid, "closes_at", "must be after opens_at"},
	"price a number":           {`{"quantity":5,"price":1999}`, invalid, "price", objectRule},
	"price null":               {`{"quantity":5,"price":null}`, invalid, "price", objectRule},
	"price without currency":   {`{"quantity":5,"price":{"amount":1999}}`, invalid, "price.currency", "is required"},
	"price without amount":     {`{"quantity":5,"price":{"currency":"EUR"}}`, invalid, "price.amount", "is required"},
	"price of nothing":         {`{"quantity":5,"price":{"amount":0,"currency":"EUR"}}`, invalid, "price.amount", amountRule},
	"price in fractions":       {`{"quantity":5,"price":{"amount":19.99,"currency":"EUR"}}`, invalid, "price.amount", amountRule},
	"price in text":            {`{"quantity":5,"price":{"amount":"1999","currency":"EUR"}}`, invalid, "price.amount", amountRule},
	"price of 2^63":            {`{"quantity":5,"price":{"amount":9223372036854775808,"currency":"EUR"}}`, invalid, "price.amount", amountRule},
	"price of no currency":     {`{"quantity":5,"price":{"amount":1999,"currency":"EUX"}}`, invalid, "price.currency", "must be an ISO 4217 currency, like EUR"},
	"price with tax":           {`{"quantity":5,"price":{"amount":1999,"currency":"EUR","tax":1}}`, invalid, "price.tax", unknownRule},
	"price of two amounts":     {`{"quantity":5,"price":{"amount":1999,"amount":1,"currency":"EUR"}}`, invalid, "price.amount", "must be given once"},
	"url that runs":            {`{"quantity":5,"url":"javascript:alert(1)"}`, invalid, "url", linkRule},
	"url a list":               {`{"quantity":5,"url":["https://shop.example"]}`, invalid, "url", textRule},
	"image as data":            {`{"quantity":5,"image_url":"data:image/png;base64,AA=="}`, invalid, "image_url", linkRule},
	"window without unit":      {`{"quantity":5,"payment_window":"15"}`, invalid, "payment_window", durationRule},
	"window a number":          {`{"quantity":5,"payment_window":15}`, invalid, "payment_window", durationRule},
	"window too short":         {`{"quantity":5,"payment_window":"9s"}`, invalid, "payment_window", windowRule},
	"window negative":          {`{"quantity":5,"payment_window":"-1h"}`, invalid, "payment_window", windowRule},
	"window too long":          {`{"quantity":5,"payment_window":"169h"}`, invalid, "payment_window", windowRule},
}

// What a unit costs, and where it is paid, is shown to everybody; an order keeps its price.
func TestPriceAndLinks(t *testing.T) {
	s := serve(t)
	p := s.do(t, "PUT", "/api/products/1", `{"quantity":2,"price":{"amount":1999,"currency":"EUR"},"url":"https://shop.example/pay?a=1","image_url":"http://shop.example/a.png"}`).want(t, 201).product(t)
	if p.Price == nil || *p.Price != (Price{1999, "EUR"}) || p.URL != "https://shop.example/pay?a=1" || p.ImageURL != "http://shop.example/a.png" {
		t.Errorf("%+v", p)
	}
	o := s.buy(t, "1", "a").want(t, 201).order(t)
	s.do(t, "PUT", "/api/products/1", `{"quantity":2,"price":{"amount":2099,"currency":"EUR"}}`).want(t, 200)
	s.buy(t, "1", "b").want(t, 201)
	if o = s.do(t, "GET", "/api/orders/"+o.OrderID, "").order(t); o.Price == nil || *o.Price != (Price{1999, "EUR"}) {
		t.Errorf("%+v", o.Price)
	}
	csv := s.do(t, "GET", "/api/products/1/orders", "", "Accept", "text/csv").body
	if !strings.Contains(csv, ",1999,EUR,\r\n") || !strings.Contains(csv, ",2099,EUR,\r\n") {
		t.Error(csv)
	}
	if p = s.do(t, "GET", "/api/products/1", "").product(t); p.URL != "" || p.ImageURL != "" { // whole terms: a missing field is its default
		t.Errorf("%+v", p)
	}
}

func TestBadPut(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 7})
	before := s.do(t, "GET", "/api/products", "").body
	for name, c := range badPuts {
		t.Run(name, func(t *testing.T) {
			p := s.do(t, "PUT", "/api/products/1", c.body, "Content-Type", "application/json").problem(t, c.kind)
			p.broke(t, c.field, c.rule)
			s.do(t, "PUT", "/api/products/2", c.body, "Content-Type", "application/json").problem(t, c.kind)
		})
	}
	if after := s.do(t, "GET", "/api/products", "").body; after != before || s.changes != 1 {
		t.Errorf("something changed: %s", after)
	}
}

// badIDs are what no id may be, as they stand in a path.
var badIDs = map[string]string{
	"braces": "a%7Bb%7D", "line break": "a%0Ab", "NUL": "a%00b", "blank": "a%20b", "plus": "a+b", "65 characters": strings.Repeat("x", 65),
	"non-ASCII": "%C3%A4", "not UTF-8": "%FF", "slash": "a%2Fb", "dots": "..%2F..", "dot": "a.b", "colon": "a:b", "blank only": "%20",
}

func TestBadProductID(t *testing.T) {
	s := serve(t)
	for name, id := range badIDs {
		t.Run(name, func(t *testing.T) {
			for _, r := range []reply{
				s.do(t, "PUT", "/api/products/"+id, `{"quantity":5}`), s.do(t, "GET", "/api/products/"+id, ""),
				s.do(t, "DELETE", "/api/products/"+id, ""), s.do(t, "POST", "/api/products/"+id+"/pause", ""),
				s.do(t, "GET", "/api/products/"+id+"/orders", ""), s.do(t, "GET", "/api/products/"+id+"/events", ""),
				s.buy(t, id, "u1"),
			} {
				p := r.problem(t, invalid)
				if rule := p.field(t, "id"); !strings.HasSuffix(rule, strings.TrimPrefix(idRule, "must ")) {
					t.Errorf("the rule is %q", rule)
				}
			}
		})
	}
	p := s.do(t, "PUT", "/api/products/rehearsal-1", `{"quantity":5}`).problem(t, invalid)
	p.field(t, "id")
	// An empty one is no path of ours.
	s.do(t, "PUT", "/api/products/", `{"quantity":5}`).problem(t, notFound)
	s.do(t, "PUT", "/api/products", `{"quantity":5}`).problem(t, methodNotAllowed)
	s.buy(t, "", "u1").problem(t, notFound)
	s.do(t, "PUT", "/api/products/a/b", `{"quantity":5}`).problem(t, notFound)
	if len(s.states) != 0 {
		t.Errorf("something changed: %v", s.states)
	}
}
