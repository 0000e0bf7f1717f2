package httpapi

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"seckill/internal/identity"
	"seckill/internal/live"
	"seckill/internal/sale"
)

// An events is a stream of server-sent events, being read.
type events struct {
	*http.Response
	lines *bufio.Scanner
}

func (s *server) watch(t *testing.T, path string, header ...string) *events {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", s.url+path, nil)
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
	t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	return &events{resp, bufio.NewScanner(resp.Body)}
}

// next is the next event; its data is read into v. It returns "" at the end.
func (e *events) next(t *testing.T, v any) (name string) {
	t.Helper()
	for e.lines.Scan() {
		if n, ok := strings.CutPrefix(e.lines.Text(), "event: "); ok {
			name = n
		}
		if data, ok := strings.CutPrefix(e.lines.Text(), "data: "); ok {
			if err := json.Unmarshal([]byte(data), v); err != nil {
				t.Fatal(err)
			}
			return name
		}
	}
	return ""
}

// until reads product events until one fulfils ok.
func (e *events) until(t *testing.T, ok func(Product) bool) {
	t.Helper()
	for {
		var data json.RawMessage
		var p Product
		switch e.next(t, &data) {
		case "":
			t.Fatal("the stream ended")
		case "product":
			if err := json.Unmarshal(data, &p); err != nil {
				t.Fatal(err)
			}
			if ok(p) {
				return
			}
		}
	}
}

func TestProductEvents(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 2, PaymentWindow: time.Hour})
	// Without a token everybody is an operator, and sees the orders too.
	e := s.watch(t, "/api/products/1/events")
	e.until(t, func(p Product) bool { return p.ID == "1" && *p.Remaining == 2 && p.ServerTime != "" })
	o := s.buy(t, "1", "a").want(t, 201).order(t)
	seen := map[string]Order{}
	for len(seen) == 0 || seen[o.OrderID].Status != "cancelled" {
		var data json.RawMessage
		switch e.next(t, &data) {
		case "orders":
			var orders []Order
			if err := json.Unmarshal(data, &orders); err != nil {
				t.Fatal(err)
			}
			for _, o := range orders {
				seen[o.OrderID] = o
			}
			if seen[o.OrderID].Status == "placed" { // what changes is shown again
				s.do(t, "POST", "/api/orders/"+o.OrderID+"/cancel", "").want(t, 200)
			}
		case "":
			t.Fatal("the stream ended")
		}
	}
}

func TestEventsWithoutOrders(t *testing.T) {
	s := serve(t, func(s *shop, c *Config) { c.Auth = s.operators("token") })
	s.put(t, "1", sale.Terms{Quantity: 2})
	s.buy(t, "1", "a").want(t, 201)
	open := s.watch(t, "/api/products/1/events")
	operator := s.watch(t, "/api/products/1/events", "Authorization", "Bearer token")
	names := map[string]bool{}
	for !names["orders"] || !names["product"] {
		var data json.RawMessage
		names[operator.next(t, &data)] = true
	}
	s.buy(t, "1", "b").want(t, 201)
	for remaining := int64(-1); remaining != 0; {
		var p Product
		if name := open.next(t, &p); name != "product" {
			t.Fatalf("event %q for somebody who is no operator", name)
		}
		remaining = *p.Remaining
	}
}

func TestOrderEvents(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Placed, c.Wait = sale.PlacedByStore, time.Millisecond })
	s.put(t, "1", sale.Terms{Quantity: 2, PaymentWindow: time.Hour})
	s.set(func() { s.pending = true })
	r := s.buy(t, "1", longest).want(t, 202)
	o := r.order(t)
	path, query, _ := strings.Cut(r.header("Location"), "?")
	e := s.watch(t, path+"/events?"+query)
	var got Order
	if e.next(t, &got); got != o {
		t.Errorf("%+v", got)
	}
	id, _ := sale.ParseOrderID(o.OrderID)
	s.set(func() {
		s.fold(sale.Record{Kind: sale.KindOrder, ProductID: "1", UserID: longest, OrderID: id, Epoch: 1, Seq: 1})
	})
	if e.next(t, &got); got.Status != "placed" || got.Number != 1 {
		t.Errorf("%+v", got)
	}
	plain := s.watch(t, path+"/events")
	s.do(t, "POST", path+"/pay", "").want(t, 200)
	for got.Status != "paid" {
		if plain.next(t, &got) != "order" {
			t.Fatal("the stream ended")
		}
	}
}

// Each topic costs a goroutine and a look a second: who invents orders gets none.
func TestNoEventsOfOrdersThatDoNotExist(t *testing.T) {
	for _, placed := range []sale.PlacedBy{sale.PlacedByLog, sale.PlacedByStore} {
		s := serve(t, func(_ *shop, c *Config) { c.Placed, c.Wait = placed, time.Millisecond })
		s.put(t, "1", sale.Terms{Quantity: 2})
		const invented = "/api/orders/00000000-0000-7000-8000-000000000000/events"
		for query, status := range map[string]int{"": 404, "?product=1&user=a": 404, "?product=1&user=a&epoch=1": 404, "?product=2&user=a": 404, "?product=1&user=a&epoch=99": 404} {
			s.do(t, "HEAD", invented+query, "").want(t, status)
		}
		s.set(func() { s.gate = sale.ErrShut })
		s.do(t, "HEAD", invented+"?product=1&user=a&epoch=1", "").want(t, 503)
		if n := s.hub.Watchers(); n > 0 {
			t.Errorf("%d watch", n)
		}
	}
}

func TestTheStreamOfAnOrderEndsWhenItIsRejected(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Placed, c.Wait = sale.PlacedByStore, time.Millisecond })
	s.put(t, "1", sale.Terms{Quantity: 2})
	s.set(func() { s.pending = true })
	r := s.buy(t, "1", "a").want(t, 202)
	path, query, _ := strings.Cut(r.header("Location"), "?")
	e := s.watch(t, path+"/events?"+query)
	var got Order
	if e.next(t, &got); got.Status != "queued" {
		t.Errorf("%+v", got)
	}
	s.set(func() { clear(s.known) })
	if e.next(t, &got); got.Status != "rejected" || e.next(t, &got) != "" {
		t.Errorf("%+v, and it goes on", got)
	}
}

// Also if nothing happens. A proxy's header proves a buyer for --pass-life.
func TestAStreamEndsWithItsBuyersProof(t *testing.T) {
	for name, proof := range map[string]func(*server) []string{
		"a pass": func(s *server) []string {
			return []string{"Authorization", "Bearer " + s.mint(t, identity.Buyer{User: "bob", Until: s.clock().Add(2 * time.Second)})}
		},
		"a header": func(s *server) []string { return []string{"X-User", "bob"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := known(t, func(_ *shop, c *Config) {
				c.Buyers.Proxy, c.Buyers.Trusted = identity.Proxy{User: "X-User"}, here
				if name == "a header" {
					c.Buyers.Life = 2 * time.Second
				}
			})
			s.put(t, "1", sale.Terms{Quantity: 2, PaymentWindow: time.Hour})
			o := s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).want(t, 201).order(t)
			at := "/api/orders/" + o.OrderID + "/events"
			e, theirs := s.watch(t, at, proof(s)...), s.watch(t, at, operator...)
			var got Order
			for e.next(t, &got) != "" {
			}
			if got.OrderID != o.OrderID {
				t.Errorf("it showed %+v", got)
			}
			s.do(t, "POST", "/api/orders/"+o.OrderID+"/cancel", "", operator...).want(t, 200)
			for got.Status != "cancelled" {
				if theirs.next(t, &got) != "order" {
					t.Fatal("the operator's ended, too")
				}
			}
		})
	}
}

func TestAStreamEndsWithItsProduct(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 2, Closed: true})
	e := s.watch(t, "/api/products/1/events")
	e.until(t, func(p Product) bool { return p.State == "closed" })
	s.do(t, "DELETE", "/api/products/1", "").want(t, 204)
	var rest json.RawMessage
	for e.next(t, &rest) != "" {
	}
	s.do(t, "GET", "/api/products/1/events", "").problem(t, notFound)
}

func TestHeadOfEvents(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 2})
	if r := s.do(t, "HEAD", "/api/products/1/events", "").want(t, 200); r.header("Content-Type") != "text/event-stream" {
		t.Error(r.Header)
	}
}

// Who does not read delays nobody, and is cut off.
func TestSlowReader(t *testing.T) {
	a := New(newShop().config())
	defer a.cancel()
	end, far := net.Pipe() // nothing is buffered: the first write waits for a reader
	st := &stream{}
	st.rings.Store(1)
	st.watchers = []*live.Watcher{a.Hub.Watch("1", "v", func() live.Build { return a.watchProduct("1") }, st.ring)}
	a.streams.enter(st)
	a.begin(st, deadlineConn{end})
	if n := a.Hub.Watchers(); n != 0 {
		t.Errorf("%d watchers are left", n)
	}
	far.Close()
}

// deadlineConn is a connection whose time is always up.
type deadlineConn struct{ net.Conn }

func (c deadlineConn) SetWriteDeadline(time.Time) error {
	return c.Conn.SetWriteDeadline(time.Unix(1, 0))
}

func TestGoneReaderIsNoticed(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 1000})
	e := s.watch(t, "/api/products/1/events")
	e.until(t, func(Product) bool { return true })
	e.Body.Close()
	for i := 0; s.hub.Watchers() > 0; i++ { // each buy is a frame, and the second write fails
		s.buy(t, "1", fmt.Sprint("u", i)).want(t, 201)
		time.Sleep(live.Spacing) // of frames, which is the server's
	}
}

func TestManyWatchers(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	var all []*events
	for range 50 {
		all = append(all, s.watch(t, "/api/products/1/events"))
	}
	s.buy(t, "1", "a").want(t, 201)
	for _, e := range all {
		e.until(t, func(p Product) bool { return p.Held == 1 })
	}
}

// While it drains everybody is answered, and asks the next time over another connection.
func TestDrainAnswersAndCloses(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	if r := s.buy(t, "1", "a").want(t, 201); r.Close {
		t.Error("a connection is closed without need")
	}
	s.api.Drain()
	for _, r := range []reply{s.buy(t, "1", "b").want(t, 201), s.do(t, "GET", "/livez", "").want(t, 200)} {
		if !r.Close {
			t.Error("a connection is kept while it drains")
		}
	}
}

func TestShutdownClosesStreamsAndAnswersBuyers(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Placed, c.Wait = sale.PlacedByStore, time.Hour })
	s.put(t, "1", sale.Terms{Quantity: 5})
	e := s.watch(t, "/api/products/1/events")
	e.until(t, func(Product) bool { return true })
	s.set(func() { s.pending = true })
	answered := make(chan reply, 1)
	go func() { answered <- s.buy(t, "1", "a") }()
	e.until(t, func(p Product) bool { return p.Queued == 1 }) // it waits
	if err := s.api.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	(<-answered).want(t, 202)
	var rest json.RawMessage
	for e.next(t, &rest) != "" {
	}
}
