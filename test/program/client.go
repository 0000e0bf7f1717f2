package program

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// An Answer is what a request came to.
type Answer struct {
	Status   int
	Body     string
	Order    Order  // of a body that is one, or of a problem that names one
	Kind     string // of a problem: sold_out
	Location string
}

// An Order is one as the server shows it.
type Order struct {
	ID      string `json:"order_id"`
	Product string `json:"product_id"`
	User    string `json:"user_id"`
	Status  string `json:"status"`
	Number  int    `json:"number"`
	Epoch   int    `json:"epoch"`
}

// Ask sends a request once, with an Idempotency-Key and a body if they are not empty.
func (s *Server) Ask(method, path, key, body string) (a Answer, err error) {
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		return a, err
	}
	r.GetBody = nil // or one with a key is sent again unasked, and what became of the first is not told
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return s.send(r)
}

func (s *Server) send(r *http.Request) (a Answer, err error) {
	s.authorize(r)
	got, err := s.HTTP.Do(r)
	if err != nil {
		return a, err
	}
	defer func() { _ = got.Body.Close() }() // it has been read
	raw, err := io.ReadAll(got.Body)
	a = Answer{Status: got.StatusCode, Body: string(raw), Location: got.Header.Get("Location")}
	if err == nil {
		err = a.read(got.Header.Get("Content-Type"))
	}
	return a, err
}

func (s *Server) authorize(r *http.Request) {
	if s.Token != "" {
		r.Header.Set("Authorization", "Bearer "+s.Token)
	}
	if s.from != "" {
		r.Header.Set("X-Forwarded-For", s.from)
	}
}

func (a *Answer) read(media string) error {
	switch media {
	case "application/json":
		return json.Unmarshal([]byte(a.Body), &a.Order)
	case "application/problem+json":
		var p struct {
			Type  string `json:"type"`
			Order Order  `json:"order"`
		}
		err := json.Unmarshal([]byte(a.Body), &p)
		a.Kind, a.Order = strings.TrimPrefix(p.Type, "/problems/"), p.Order
		return err
	}
	return nil
}

func (a Answer) String() string { return fmt.Sprintf("%d %s", a.Status, a.Body) }

// Get asks for what a path has.
func (s *Server) Get(path string) (Answer, error) { return s.Ask("GET", path, "", "") }

// Buy asks for a unit.
func (s *Server) Buy(product, user, key string) (Answer, error) {
	return s.Ask("POST", "/api/products/"+product+"/orders", key, `{"user_id":"`+user+`"}`)
}

// BuyPatiently asks again while nobody was asked in time, as a buyer may be told on a busy machine, but not for minutes.
func (s *Server) BuyPatiently(product, user, key string) (a Answer, err error) {
	for began := time.Now(); ; <-time.After(50 * time.Millisecond) {
		a, err = s.Buy(product, user, key)
		if err != nil || a.Kind != "unavailable" || time.Since(began) > 2*time.Minute {
			return a, err
		}
	}
}

// Put puts a product on sale. As an operator does, it asks again while that is not available on a busy machine.
func (s *Server) Put(t testing.TB, product, terms string) {
	t.Helper()
	for began := time.Now(); ; <-time.After(100 * time.Millisecond) {
		a, err := s.Ask("PUT", "/api/products/"+product, "", terms)
		if err == nil && a.Status <= 201 {
			return
		}
		if err != nil || a.Status != 503 || time.Since(began) > 2*time.Minute {
			t.Fatalf("PUT %s: %v, %v", terms, a, err)
		}
	}
}

// Orders is every order of a product that has a number, in the order of the numbers.
func (s *Server) Orders(t testing.TB, product string) []Order {
	t.Helper()
	r, err := http.NewRequest("GET", s.URL+"/api/products/"+product+"/orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/csv")
	s.authorize(r)
	got, err := s.HTTP.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }() // it has been read
	lines, err := csv.NewReader(got.Body).ReadAll()
	if err != nil || got.StatusCode != 200 {
		t.Fatalf("the orders of %s: %s, %v", product, got.Status, err)
	}
	var all []Order
	for _, l := range lines[1:] {
		number, err := strconv.Atoi(l[0])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Order{Number: number, ID: l[1], Product: l[2], User: l[3], Status: l[4]})
	}
	return all
}

// A Product is one as the server shows it.
type Product struct {
	State     string `json:"state"`
	Epoch     int    `json:"epoch"`
	Remaining *int   `json:"remaining"` // nil: its gate is away
	Queued    int    `json:"queued"`
	Held      int    `json:"held"`
}

// Product is what the server says of one.
func (s *Server) Product(id string) (p Product, err error) {
	a, err := s.Get("/api/products/" + id)
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("product %s: %v", id, a)
	}
	if err == nil {
		err = json.Unmarshal([]byte(a.Body), &p)
	}
	return p, err
}

// Remaining is what the product says that one can still buy.
func (s *Server) Remaining(t testing.TB, product string) int {
	t.Helper()
	p, err := s.Product(product)
	if err != nil || p.Remaining == nil {
		t.Fatalf("product %s: %+v, %v", product, p, err)
	}
	return *p.Remaining
}
