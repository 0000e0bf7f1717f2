package httpapi

import (
	"net/http"
	"testing"
	"time"

	"seckill/internal/sale"
)

// A state is the same for everybody, kept for a second, and costs the store nothing for as long as the terms are the same.
func TestTheStateOfAProduct(t *testing.T) {
	s := known(t)
	opens := start.Add(time.Minute)
	s.put(t, "1", sale.Terms{Quantity: 1, Group: "members", OpensAt: opens, ClosesAt: opens.Add(time.Hour)})
	pass := func(d time.Duration) {
		s.set(func() { s.now, s.passed = s.now.Add(d), s.passed+d })
	}
	ask := func(state string, header ...string) reply {
		t.Helper()
		r := s.do(t, "GET", "/api/products/1/state", "", header...).want(t, 200)
		var p ProductState
		if r.json(t, &p); p != (ProductState{"1", state, sale.FormatTime(opens), sale.FormatTime(opens.Add(time.Hour))}) {
			t.Fatalf("%+v, not %s", p, state)
		}
		return r
	}
	first := ask("not_open")
	if h := first.Header; h.Get("Cache-Control") != "public, max-age=1" || len(h.Values("Cache-Control")) != 1 || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Set-Cookie") != "" {
		t.Error(h)
	}
	s.set(func() { s.sought = 0 })
	for range 100 {
		pass(300 * time.Millisecond)
		tag := first.header("ETag")
		for _, header := range [][]string{nil, operator, s.as(t, "ann"), {"If-None-Match", `"x"`}} {
			if r := ask("not_open", header...); r.raw() != first.raw() {
				t.Fatalf("%v is told %s, not %s", header, r.raw(), first.raw())
			}
		}
		if r := s.do(t, "GET", "/api/products/1/state", "", "If-None-Match", `W/"x", `+tag).want(t, 304); r.body != "" || r.header("ETag") != tag || r.header("Cache-Control") == "no-store" {
			t.Fatal(r.raw())
		}
		if h := s.do(t, "HEAD", "/api/products/1/state", "").want(t, 200); h.header("ETag") != tag {
			t.Fatal(h.raw())
		}
	}
	pass(time.Minute)
	on := ask("on_sale")
	if s.do(t, "GET", "/api/products/1/state", "", "If-None-Match", first.header("ETag")).want(t, 200).body != on.body {
		t.Error("an old tag is taken for the new one")
	}
	s.set(func() {
		if s.sought > 0 {
			t.Errorf("%d reads of the store", s.sought)
		}
		s.known[sale.OrderID{1}] = true
	})
	ask("on_sale") // for a second
	pass(time.Second)
	ask("sold_out")
	pass(time.Hour)
	ask("closed")
}

func TestTheStateFollowsTheTerms(t *testing.T) {
	s := serve(t)
	at := "/api/products/1/state"
	s.do(t, "GET", at, "").problem(t, notFound)
	is := func(state string) {
		t.Helper()
		s.set(func() { s.passed += time.Second })
		var p ProductState
		if s.do(t, "GET", at, "").want(t, 200).json(t, &p); p.State != state {
			t.Errorf("%s, not %s", p.State, state)
		}
	}
	s.put(t, "1", sale.Terms{Quantity: 1})
	is("on_sale")
	s.put(t, "1", sale.Terms{Quantity: 1, Paused: true})
	is("paused")
	s.set(func() { s.shut = true })
	is("opening")
	s.set(func() { s.shut, s.gate = false, sale.ErrUnavailable })
	is("paused")
	s.put(t, "1", sale.Terms{Quantity: 1, Closed: true})
	is("closed")
	s.set(func() { s.shut, s.gate = true, nil })
	is("closed")
	s.set(func() { s.shut = false })
	s.do(t, "DELETE", "/api/products/1", "").want(t, http.StatusNoContent)
	s.set(func() { s.passed += time.Second })
	s.do(t, "GET", at, "").problem(t, notFound)
	if n := s.api.states.of.Len(); n > 0 {
		t.Errorf("%d states of products that are not there", n)
	}
}

// Nobody fills the memory with names.
func TestStatesAreKeptOfProductsAlone(t *testing.T) {
	s := serve(t)
	for _, id := range []string{"a", "b", "c"} {
		s.do(t, "GET", "/api/products/"+id+"/state", "").problem(t, notFound)
	}
	if n := s.api.states.of.Len(); n > 0 {
		t.Errorf("%d", n)
	}
}
