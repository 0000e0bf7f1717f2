package httpapi

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/sale"
)

func (s *server) products(t *testing.T, query string) (all Products, ids string) {
	t.Helper()
	s.do(t, "GET", "/api/products?"+query, "").want(t, 200).json(t, &all)
	var names []string
	for _, p := range all.Products {
		names = append(names, p.ID)
	}
	return all, strings.Join(names, " ")
}

// aShopWindow has one product of each kind, and two that are live.
func aShopWindow(t *testing.T) *server {
	s := serve(t)
	s.put(t, "a", sale.Terms{Quantity: 5, Name: "Ärmel"})
	s.put(t, "b", sale.Terms{Quantity: 2, OpensAt: start.Add(time.Hour)})
	s.put(t, "c", sale.Terms{Quantity: 3, OpensAt: start.Add(-time.Hour), ClosesAt: start.Add(-time.Minute)})
	s.put(t, "d", sale.Terms{Quantity: 4, Closed: true, Archived: true})
	s.put(t, "e", sale.Terms{Quantity: 1, OpensAt: start.Add(-time.Minute)})
	s.put(t, "rehearsal-f", sale.Terms{Quantity: 1, Rehearsal: true, OpensAt: start.Add(time.Hour)})
	return s
}

func TestProductsAreShownByTheirKind(t *testing.T) {
	s := aShopWindow(t)
	for query, want := range map[string]string{
		"":                                  "a b c e rehearsal-f",
		"show=sales":                        "a b c e",
		"show=live":                         "a e",
		"show=upcoming":                     "b",
		"show=past":                         "c",
		"show=archived":                     "d",
		"show=rehearsals":                   "rehearsal-f",
		"show=sales&sort=state":             "a e b c",
		"show=sales&sort=opening":           "b e c a",
		"show=sales&sort=left":              "e b c a",
		"search=" + url.QueryEscape("äRM"):  "a",
		"search=C":                          "c",
		"search=d":                          "", // archived ones only where they are asked for
		"search=d&show=archived":            "d",
		"search=rehearsal-f":                "rehearsal-f",
		"after=b":                           "c e rehearsal-f",
		"after=zz":                          "",
		"show=sales&sort=state&after=1~b":   "c",
		"show=sales&sort=state&after=1~bb":  "c", // of a product that is gone meanwhile
		"show=sales&sort=left&after=2~b":    "c a",
		"show=sales&sort=opening&after=-1~": "-",
	} {
		if want == "-" {
			s.do(t, "GET", "/api/products?"+query, "").problem(t, invalid)
			continue
		}
		if _, got := s.products(t, query); got != want {
			t.Errorf("%s: %q, not %q", query, got, want)
		}
	}
	for query, want := range map[string]ProductCounts{
		"":                  {Live: 2, Upcoming: 1, Past: 1, Archived: 1, Rehearsals: 1},
		"show=past&limit=1": {Live: 2, Upcoming: 1, Past: 1, Archived: 1, Rehearsals: 1},
		"search=rm":         {Live: 1},
		"search=nothing":    {},
	} {
		if all, _ := s.products(t, query); all.Counts != want {
			t.Errorf("%s: %+v, not %+v", query, all.Counts, want)
		}
	}
}

// In any order the pages have each product once, also where many are alike.
func TestProductsInPages(t *testing.T) {
	s := serve(t)
	var want []string
	for n := range 250 {
		id := fmt.Sprintf("p%03d", n)
		s.put(t, id, sale.Terms{Quantity: int64(1 + n%3), OpensAt: start.Add(time.Duration(n%5-2) * time.Minute)})
		want = append(want, id)
	}
	for _, sort := range []string{"id", "state", "opening", "left"} {
		var got []string
		pages := 0
		for query := "sort=" + sort; ; pages++ {
			all, ids := s.products(t, query)
			got = append(got, strings.Fields(ids)...)
			if all.Next == "" {
				break
			}
			query = "sort=" + sort + "&after=" + all.Next
		}
		if slices.Sort(got); !slices.Equal(got, want) || pages != 2 {
			t.Errorf("by %s, %d pages before the last: %v", sort, pages, got)
		}
	}
}

func TestSoldIn(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 2})
	soldIn := func(of string) string {
		t.Helper()
		all, _ := s.products(t, "search="+of)
		return all.Products[0].SoldIn
	}
	s.buy(t, "1", "a").want(t, 201)
	if got := soldIn("1"); got != "" {
		t.Errorf("with a unit left: %q", got)
	}
	s.set(func() { s.now = s.now.Add(43 * time.Millisecond) })
	s.buy(t, "1", "b").want(t, 201)
	if got := soldIn("1"); got != "43ms" {
		t.Errorf("from the first order on: %q", got)
	}
	s.put(t, "2", sale.Terms{Quantity: 1, OpensAt: s.now.Add(-time.Minute)})
	s.buy(t, "2", "a").want(t, 201)
	if got := soldIn("2"); got != "1m" {
		t.Errorf("from its opening on: %q", got)
	}
}

func TestArchive(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	s.put(t, "2", sale.Terms{Quantity: 5, ClosesAt: start})
	step := func(product, step string) Product {
		t.Helper()
		return s.do(t, "POST", "/api/products/"+product+"/"+step, "").want(t, 200).product(t)
	}
	s.do(t, "POST", "/api/products/1/archive", "").problem(t, notClosed)
	if p := s.do(t, "GET", "/api/products/1", "").product(t); p.State != "on_sale" || p.Archived {
		t.Errorf("after a refusal: %+v", p)
	}
	step("1", "close")
	for _, product := range []string{"1", "2"} { // by hand, and by its time
		if p := step(product, "archive"); !p.Archived || p.State != "closed" {
			t.Errorf("%+v", p)
		}
		before := s.changes
		if step(product, "archive"); s.changes != before {
			t.Error("what is archived was archived again")
		}
		if p := step(product, "unarchive"); p.Archived || p.State != "closed" {
			t.Errorf("%+v", p)
		}
	}
	step("1", "archive")
	if p := s.do(t, "PUT", "/api/products/1", `{"quantity":5}`).want(t, 200).product(t); p.Archived || p.State != "on_sale" {
		t.Errorf("put again: %+v", p)
	}
	s.do(t, "POST", "/api/products/3/archive", "").problem(t, notFound)
	s.do(t, "POST", "/api/products/3/unarchive", "").problem(t, notFound)
}

// What a shop has on sale is not for everybody to list, where somebody is an operator.
func TestProductsAreForOperators(t *testing.T) {
	s := guarded(t)
	s.do(t, "GET", "/api/products", "").problem(t, unauthorized)
	s.do(t, "GET", "/api/products", "", "Authorization", "Bearer token").want(t, 200)
}
