package fault

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// An answer is what a request came to.
type answer struct {
	status int
	body   string
	order  order // of a body that is one, or of a problem that names one
	kind   string
}

type order struct {
	ID      string `json:"order_id"`
	Product string `json:"product_id"`
	User    string `json:"user_id"`
	Status  string `json:"status"`
	Number  int    `json:"number"`
}

func (s *server) ask(method, path, key, body string) (a answer, err error) {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return a, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	got, err := s.client.Do(r)
	if err != nil {
		return a, err
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	a = answer{status: got.StatusCode, body: string(raw)}
	if err == nil {
		err = a.read(got.Header.Get("Content-Type"))
	}
	return a, err
}

func (a *answer) read(media string) error {
	switch media {
	case "application/json":
		return json.Unmarshal([]byte(a.body), &a.order)
	case "application/problem+json":
		var p struct {
			Type  string `json:"type"`
			Order order  `json:"order"`
		}
		err := json.Unmarshal([]byte(a.body), &p)
		a.kind, a.order = strings.TrimPrefix(p.Type, "/problems/"), p.Order
		return err
	}
	return nil
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

func (s *server) get(path string) (answer, error) { return s.ask("GET", path, "", "") }

func (s *server) buy(product, user, key string) (answer, error) {
	return s.ask("POST", "/api/products/"+product+"/orders", key, `{"user_id":"`+user+`"}`)
}

// put puts a product on sale.
func (s *server) put(t testing.TB, product, terms string) {
	t.Helper()
	if a, err := s.ask("PUT", "/api/products/"+product, "", terms); err != nil || a.status > 201 {
		t.Fatalf("PUT %s: %v, %v", terms, a, err)
	}
}

// orders is every order of a product that has a number, in the order of the numbers.
func (s *server) orders(t testing.TB, product string) []order {
	t.Helper()
	r, err := http.NewRequest("GET", s.url+"/api/products/"+product+"/orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/csv")
	got, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	lines, err := csv.NewReader(got.Body).ReadAll()
	if err != nil || got.StatusCode != 200 {
		t.Fatalf("the orders of %s: %s, %v", product, got.Status, err)
	}
	var all []order
	for _, l := range lines[1:] {
		number, err := strconv.Atoi(l[0])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, order{Number: number, ID: l[1], Product: l[2], User: l[3], Status: l[4]})
	}
	return all
}

// remaining is what the product says that one can still buy.
func (s *server) remaining(t testing.TB, product string) int {
	t.Helper()
	a, err := s.get("/api/products/" + product)
	p := struct{ Remaining *int }{}
	if err == nil {
		err = json.Unmarshal([]byte(a.body), &p)
	}
	if err != nil || p.Remaining == nil {
		t.Fatalf("product %s: %v, %v", product, a, err)
	}
	return *p.Remaining
}

func itoa(n int) string { return strconv.Itoa(n) }
