package httpapi

import (
	"fmt"
	"testing"
	"time"

	"seckill/internal/sale"
)

// Everything that an operator causes stands under the name of the token.
func TestHistory(t *testing.T) {
	s := guarded(t)
	as := func(name, role string) []string { return []string{"Authorization", "Bearer " + s.token(t, name, role)} }
	ann, bob := as("ann", "operate"), as("bob", "operate")
	s.do(t, "PUT", "/api/products/1", `{"quantity":5,"payment_window":"1h"}`, ann...).want(t, 201)
	var ids []string
	for _, user := range []string{"u", "v", "w"} {
		ids = append(ids, s.buy(t, "1", user).want(t, 201).order(t).OrderID)
	}
	s.do(t, "POST", "/api/payments", pays("m1", ids[0], 5), "Authorization", "Bearer token").want(t, 200) // stands among the payments
	s.do(t, "POST", "/api/orders/"+ids[0]+"/void", `{"reason":"fraud"}`, bob...).want(t, 200)
	s.do(t, "POST", "/api/orders/"+ids[1]+"/cancel", "").want(t, 200) // the buyer's own
	s.do(t, "POST", "/api/orders/"+ids[2]+"/cancel", "", bob...).want(t, 200)
	s.do(t, "POST", "/api/products/1/pause", "", bob...).want(t, 200)
	s.do(t, "POST", "/api/products/1/payments/m1/refunded", `{"reason":"by card"}`, ann...).want(t, 200)
	s.do(t, "POST", "/api/products/1/close", "", "Authorization", "Bearer token").want(t, 200)
	s.do(t, "DELETE", "/api/products/1", "", ann...).want(t, 204)

	viewer := as("vic", "view")
	read := func(query string) (page History) {
		t.Helper()
		s.do(t, "GET", "/api/products/1/history"+query, "", viewer...).want(t, 200).json(t, &page)
		return page
	}
	at := sale.FormatTime(s.now)
	status := func(to string) []sale.FieldChange {
		return []sale.FieldChange{{Field: "status", From: "placed", To: to}}
	}
	want := []HistoryEntry{
		{7, at, "ann", "delete", "", []sale.FieldChange{}},
		{6, at, "admin", "change", "", []sale.FieldChange{{Field: "closed", To: "true"}}},
		{5, at, "ann", "refunded", ids[0], []sale.FieldChange{{Field: "payment_id", To: "m1"}, {Field: "status", From: "refund_due", To: "refunded"}, {Field: "reason", To: "by card"}}},
		{4, at, "bob", "change", "", []sale.FieldChange{{Field: "paused", To: "true"}}},
		{3, at, "bob", "cancel", ids[2], status("cancelled")},
		{2, at, "bob", "void", ids[0], []sale.FieldChange{{Field: "status", From: "paid", To: "cancelled"}, {Field: "void_reason", To: "fraud"}}},
		{1, at, "ann", "put", "", []sale.FieldChange{{Field: "limit_per_user", To: "1"}, {Field: "payment_window", To: "1h0m0s"}, {Field: "quantity", To: "5"}}},
	}
	if all := read(""); fmt.Sprint(all) != fmt.Sprint(History{Entries: want}) {
		t.Errorf("%+v", all)
	}
	if page := read("?limit=5"); fmt.Sprint(page) != fmt.Sprint(History{want[:5], 3}) {
		t.Errorf("%+v", page)
	}
	if page := read("?limit=4&before=3"); fmt.Sprint(page) != fmt.Sprint(History{Entries: want[5:]}) {
		t.Errorf("%+v", page)
	}
	s.do(t, "GET", "/api/products/never/history", "", viewer...).problem(t, notFound)
	s.do(t, "GET", "/api/products/1/history?limit=0", "", viewer...).problem(t, invalid)
	s.set(func() { s.down, s.passed = sale.ErrUnavailable, s.passed+time.Second })
	s.do(t, "GET", "/api/products/1/history", "", "Authorization", "Bearer token").problem(t, unavailable)
}

// If nobody has a name, nothing is noted.
func TestNoHistoryWithoutOperators(t *testing.T) {
	s := serve(t)
	s.do(t, "PUT", "/api/products/1", `{"quantity":5}`).want(t, 201)
	if r := s.do(t, "GET", "/api/products/1/history", "").want(t, 200); r.body != `{"entries":[]}` {
		t.Error(r.body)
	}
}

// A rehearsal is begun by somebody, too.
func TestRehearsalsAreBegunBySomebody(t *testing.T) {
	s := guarded(t)
	s.do(t, "POST", "/api/rehearsals", `{}`, "Authorization", "Bearer "+s.token(t, "ann", "operate")).want(t, 201)
	s.drill.set(func() {
		if s.drill.by != "ann" {
			t.Errorf("begun by %q", s.drill.by)
		}
	})
}
