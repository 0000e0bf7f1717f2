package httpapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"seckill/internal/sale"
)

// placed is an order of a product with a payment window, and the path of its events.
func (s *server) placed(t *testing.T, user string, header ...string) (o Order, events string) {
	t.Helper()
	o = s.buy(t, "1", user, header...).want(t, 201).order(t)
	return o, "/api/orders/" + o.OrderID + "/events"
}

// refusedStream is the answer to somebody who gets no stream.
func (s *server) refusedStream(t *testing.T, path string, k kind, header ...string) {
	t.Helper()
	s.do(t, http.MethodGet, path, "", header...).problem(t, k)
}

// However many watch orders that rest, and for however long, nobody asks for them.
func TestAStreamThatRestsAsksForNothing(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 100, PaymentWindow: time.Hour, Price: sale.Price{Amount: 1, Currency: "EUR"}})
	var all []*events
	var last Order
	for i := range 100 {
		o, at := s.placed(t, fmt.Sprint("u", i))
		e := s.watch(t, at)
		if e.next(t, &last); last.OrderID != o.OrderID {
			t.Fatalf("%+v", last)
		}
		all = append(all, e)
	}
	s.set(func() { s.reads, s.looks = 0, 0 })
	for beat := range 3 { // of the product, which a pulse shows that time has passed
		s.set(func() { s.shut = !s.shut })
		e := s.watch(t, "/api/products/1/events")
		e.until(t, func(p Product) bool { return (p.State == "opening") == (beat%2 == 0) })
		e.Body.Close()
	}
	s.set(func() {
		if s.reads > 0 || s.looks > 0 {
			t.Errorf("%d reads, %d looks", s.reads, s.looks)
		}
	})
	s.do(t, "POST", "/api/orders/"+last.OrderID+"/cancel", "").want(t, 200)
	for last.Status != "cancelled" {
		if all[99].next(t, &last) != "order" {
			t.Fatal("the stream ended")
		}
	}
	s.set(func() {
		if s.reads > 9 {
			t.Errorf("%d reads of one order that changed", s.reads)
		}
	})
}

// Where somebody else projects, one look tells which orders have changed.
func TestOneLookForAllOrders(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Placed, c.Wait = sale.PlacedByStore, time.Millisecond })
	s.put(t, "1", sale.Terms{Quantity: 100, PaymentWindow: time.Hour})
	all := map[string]*events{}
	var got Order
	for i := range 50 {
		o, at := s.placed(t, fmt.Sprint("u", i))
		all[o.OrderID] = s.watch(t, at)
		all[o.OrderID].next(t, &got)
	}
	moved := func() {
		t.Helper()
		if err := s.api.Moved(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	moved() // the first look is for what came before it
	s.set(func() { s.silent, s.looks = true, 0 })
	id, _ := sale.ParseOrderID(got.OrderID)
	s.set(func() { s.fold(sale.Record{Kind: sale.KindCancel, ProductID: "1", Epoch: 1, OrderID: id}) })
	moved()
	for got.Status != "cancelled" {
		if all[got.OrderID].next(t, &got) != "order" {
			t.Fatal("the stream ended")
		}
	}
	s.set(func() {
		if s.looks != 1 {
			t.Errorf("%d looks", s.looks)
		}
		s.states["1"].Product.Terms.Closed = true
		s.down = sale.ErrUnavailable
	})
	if err := s.api.Moved(t.Context()); err == nil {
		t.Error("a look that failed is not told")
	}
	s.set(func() { s.down = nil; delete(s.states, "1") })
	moved()
	for id, e := range all {
		for e.next(t, &got) != "" {
			if got.OrderID != id {
				t.Fatalf("%+v on the stream of %s", got, id)
			}
		}
	}
}

// An order with a price is shown when it changes, and not with each pulse.
func TestAPricedOrderIsShownOnce(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5, PaymentWindow: time.Hour, Price: sale.Price{Amount: 1999, Currency: "EUR"}})
	o, _ := s.placed(t, "a")
	e := s.watch(t, "/api/products/1/events")
	shown := 0
	for left := int64(4); left > 0; {
		var data json.RawMessage
		switch e.next(t, &data) {
		case "product":
			var p Product
			if read(t, data, &p); *p.Remaining == left {
				left--
				s.buy(t, "1", fmt.Sprint("b", left)).want(t, 201)
			}
		case "orders":
			shown += strings.Count(string(data), o.OrderID)
		case "":
			t.Fatal("the stream ended")
		}
	}
	if shown != 1 {
		t.Errorf("an order that did not change was shown %d times", shown)
	}
}

// Nobody has more streams than may be; who leaves makes room for another.
func TestHowManyStreamsThereMayBe(t *testing.T) {
	one, network := from("198.51.100.7"), from("2001:db8::1")
	s := known(t, func(_ *shop, c *Config) {
		c.MaxStreams, c.MaxStreamsOfAddress, c.Trusted = streamsOfBuyer+4, 2, here
	})
	s.put(t, "1", sale.Terms{Quantity: 9, PaymentWindow: time.Hour})
	const product = "/api/products/1/events"
	first := s.watch(t, product, one...)
	s.watch(t, product, one...)
	s.refusedStream(t, product, tooManyStreams, one...)
	s.do(t, http.MethodHead, product, "", one...).want(t, 200) // it is none
	s.watch(t, product, network...)
	s.watch(t, product, from("2001:db8::2")...)
	s.refusedStream(t, product, tooManyStreams, from("2001:db8::3")...)

	o := s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).want(t, 201).order(t)
	at := "/api/orders/" + o.OrderID + "/events"
	for range streamsOfBuyer {
		s.watch(t, at, s.as(t, "bob")...)
	}
	s.refusedStream(t, product, unavailable) // as many as the process has
	first.Body.Close()
	var again *http.Response
	for again == nil || again.StatusCode != 200 { // until it is noticed, with a frame
		s.set(func() { s.shut = !s.shut })
		again = s.tryWatch(t, product, one...)
	}
	again.Body.Close()
}

func TestABuyersStreams(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 9, PaymentWindow: time.Hour})
	o := s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).want(t, 201).order(t)
	at := "/api/orders/" + o.OrderID + "/events"
	for range streamsOfBuyer {
		s.watch(t, at, s.as(t, "bob")...)
	}
	r := s.do(t, http.MethodGet, at, "", s.as(t, "bob")...)
	if r.problem(t, tooManyStreams); r.header("Retry-After") != "10" {
		t.Error(r.raw())
	}
	s.watch(t, at, operator...) // who looks after it spends nothing of the buyer's
	ann := s.do(t, "POST", buy1, `{}`, s.as(t, "ann")...).want(t, 201).order(t)
	s.watch(t, "/api/orders/"+ann.OrderID+"/events", s.as(t, "ann")...)
}

func read(t *testing.T, data json.RawMessage, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// tryWatch asks for a stream, and gives up at a refusal.
func (s *server) tryWatch(t *testing.T, path string, header ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return resp
}
