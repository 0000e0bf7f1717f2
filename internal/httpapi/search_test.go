package httpapi

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"seckill/internal/identity"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// found is the page that a query gives, as PRODUCT/NUMBER of each order.
func (s *server) found(t *testing.T, path string, query url.Values, header ...string) (page FoundOrders, orders []string) {
	t.Helper()
	s.do(t, "GET", path+"?"+query.Encode(), "", header...).want(t, 200).json(t, &page)
	for _, o := range page.Orders {
		orders = append(orders, fmt.Sprint(o.ProductID, "/", o.Number))
	}
	return page, orders
}

// bought has a user buy at a time, after the start.
func (s *server) bought(t *testing.T, after time.Duration, product, user string) sale.OrderID {
	t.Helper()
	s.set(func() { s.now = start.Add(after) })
	a, err := s.Buy(t.Context(), t.Context(), product, purchase.Request{User: user, Order: s.api.NewOrderID()})
	if err != nil || a.Result != purchase.Placed {
		t.Fatal(a, err)
	}
	return a.Order
}

func (s *server) sellTwo(t *testing.T) (ids []sale.OrderID) {
	t.Helper()
	for _, product := range []string{"1", "2"} {
		s.put(t, product, sale.Terms{Quantity: 9, LimitPerUser: 2, PaymentWindow: time.Hour})
	}
	for i, user := range []string{"a", "gid://b", "a"} {
		ids = append(ids, s.bought(t, time.Duration(i)*time.Minute, "1", user), s.bought(t, time.Duration(i)*time.Minute, "2", user))
	}
	if _, err := s.Cancel(t.Context(), ids[0], ""); err != nil {
		t.Fatal(err)
	}
	return ids
}

func TestSearch(t *testing.T) {
	s := serve(t)
	ids := s.sellTwo(t)
	all := []string{"2/3", "1/3", "2/2", "1/2", "2/1", "1/1"}
	for query, want := range map[string][]string{
		"":                        all,
		"user_id=gid://b":         {"2/2", "1/2"},
		"user_id=a&status=placed": {"2/3", "1/3", "2/1"},
		"user_id=nobody":          nil,
		"status=cancelled":        {"1/1"},
		"order_id=" + nobody:      nil,
		"from=2030-01-02T03:05:05.678Z&until=2030-01-02T04:06:05.678%2B01:00": {"2/2", "1/2"},
		"from=2030-01-02T03:05:05.6781Z":                                      {"2/3", "1/3"},
		"from=0000-01-01T00:00:00Z":                                           all,
		"until=0001-01-01T00:00:00Z":                                          nil,
		"until=9999-12-31T23:59:59Z":                                          all,
		"order_id=" + ids[2].String():                                         {"1/2"},
		"order_id=" + ids[2].String() + "&user_id=a":                          nil,
		"order_id=" + ids[0].String() + "&status=cancelled":                   {"1/1"},
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		page, got := s.found(t, "/api/orders", q)
		if !slices.Equal(got, want) || page.Next != "" || *page.Count != int64(len(want)) {
			t.Errorf("%s: %v, next %q, %d counted; not %v", query, got, page.Next, *page.Count, want)
		}
	}
	var got []string
	q := url.Values{"limit": {"2"}}
	for page := range 4 {
		found, some := s.found(t, "/api/orders", q)
		if got = append(got, some...); (found.Next == "") != (page == 3) || (found.Count == nil) != (page > 0) || page == 0 && *found.Count != 6 {
			t.Errorf("page %d: %+v", page, found)
		}
		q.Set("after", found.Next)
	}
	if !slices.Equal(got, all) {
		t.Errorf("page by page %v, not %v", got, all)
	}
}

func TestSearchRefusesWhatMeansNothing(t *testing.T) {
	s := serve(t)
	for query, field := range map[string]string{
		"user_id=a,b": "user_id", "order_id=1": "order_id", "order_id=" + nobody + "0": "order_id", "status=queued": "status", "status=rejected": "status",
		"from=yesterday": "from", "until=2030-01-02": "until", "after=7": "after", "after=1.2.": "after", "after=-1.2.a": "after", "after=1.2.a%20b": "after",
		"after=9999999999999999.1.a": "after", "limit=0": "limit", "limit=1001": "limit", "product=1": "product", "user_id=": "user_id", "from=2030-01-02T00:00:00Z&from=2030-01-02T00:00:00Z": "from",
	} {
		p := s.do(t, "GET", "/api/orders?"+query, "").problem(t, invalid)
		p.field(t, field)
	}
	s.set(func() { s.down = sale.ErrUnavailable })
	for _, query := range []string{"", "user_id=a", "order_id=" + nobody} {
		s.do(t, "GET", "/api/orders?"+query, "").problem(t, unavailable)
	}
}

// An order that was told of as placed is found, though the store has yet to fold it.
func TestSearchWaitsForTheStore(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 9})
	s.set(func() { s.late = true })
	s.buy(t, "1", "a").want(t, 201)
	if _, got := s.found(t, "/api/orders", url.Values{"user_id": {"a"}}); !slices.Equal(got, []string{"1/1"}) {
		t.Errorf("%v", got)
	}
}

func TestMyOrders(t *testing.T) {
	s := known(t)
	s.sellTwo(t)
	for user, want := range map[string][]string{"a": {"2/3", "1/3", "2/1", "1/1"}, "gid://b": {"2/2", "1/2"}, "c": nil} {
		if page, got := s.found(t, "/api/me/orders", nil, s.as(t, user)...); !slices.Equal(got, want) || page.Count != nil {
			t.Errorf("%s: %v, %+v; not %v", user, got, page, want)
		}
	}
	page, got := s.found(t, "/api/me/orders", url.Values{"limit": {"3"}}, s.as(t, "a")...)
	if len(got) != 3 {
		t.Errorf("%v", got)
	}
	if _, got = s.found(t, "/api/me/orders", url.Values{"after": {page.Next}}, s.as(t, "a")...); !slices.Equal(got, []string{"1/1"}) {
		t.Errorf("%v", got)
	}
	noProofs := s.noProofs(t, "a")
	delete(noProofs, "one of a rehearsal") // it proves something: below
	for _, header := range noProofs {
		s.do(t, "GET", "/api/me/orders", "", header...).problem(t, unauthenticated)
	}
	s.do(t, "GET", "/api/me/orders?user_id=a", "", s.as(t, "a")...).problem(t, invalid)
	s.do(t, "GET", "/api/me/orders", "", operator...).problem(t, unauthenticated)
	// A buyer of a rehearsal has none of the sale's.
	rehearses := []string{"Authorization", "Bearer " + s.mint(t, identity.Buyer{User: "a", Rehearsal: true})}
	if _, got := s.found(t, "/api/me/orders", nil, rehearses...); got != nil {
		t.Errorf("%v", got)
	}
}

// Where nobody can prove who they are there is nobody to list orders for.
func TestMyOrdersWithoutIdentity(t *testing.T) {
	s := serve(t)
	s.sellTwo(t)
	s.do(t, "GET", "/api/me/orders", "").problem(t, notFound)
}
