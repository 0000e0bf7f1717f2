package httpapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

func guarded(t *testing.T) *server {
	return serve(t, func(s *shop, c *Config) {
		c.Auth = auth.New("token", []byte("s"), s.clock)
		c.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("metrics")) })
	})
}

// operatorsRoutes are those that ask for the admin token; open ones do not.
var operatorsRoutes = []string{
	"POST /api/orders/00000000-0000-7000-8000-000000000000/pay", "PUT /api/products/1", "DELETE /api/products/1", "POST /api/products/1/pause", "POST /api/products/1/resume", "POST /api/products/1/close",
	"GET /api/products/1/orders", "GET /metrics",
}

func TestOperatorsRoutes(t *testing.T) {
	s := guarded(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	session, _ := s.api.Auth.Session()
	for _, route := range operatorsRoutes {
		method, path, _ := strings.Cut(route, " ")
		r := s.do(t, method, path, `{"quantity":1}`)
		r.problem(t, unauthorized)
		if r.header("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: no WWW-Authenticate", route)
		}
		s.do(t, method, path, `{"quantity":1}`, "Authorization", "Bearer wrong").problem(t, unauthorized)
		s.do(t, method, path, `{"quantity":1}`, "Cookie", auth.Cookie+"=wrong").problem(t, unauthorized)
	}
	if s.changes != 1 {
		t.Fatal("something changed")
	}
	for _, header := range [][]string{{"Authorization", "Bearer token"}, {"Cookie", auth.Cookie + "=" + session}} {
		s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, header...).want(t, 200)
		s.do(t, "GET", "/api/products/1/orders", "", header...).want(t, 200)
		s.do(t, "GET", "/metrics", "", header...).want(t, 200)
	}
	o := s.buy(t, "1", "a").want(t, 201).order(t)
	for _, path := range []string{"/api/products", "/api/products/1", "/api/orders/" + o.OrderID, "/livez", "/readyz", "/openapi.json", "/"} {
		s.do(t, "GET", path, "").want(t, 200)
	}
	s.do(t, "POST", "/api/orders/"+o.OrderID+"/pay", "", "Authorization", "Bearer token").problem(t, orderFinal)
}

// Who buys as somebody else must not get at their order by that.
func TestAlreadyBoughtNamesTheOrderOnlyWithoutOperators(t *testing.T) {
	s := guarded(t)
	s.put(t, "1", sale.Terms{Quantity: 5, PaymentWindow: time.Hour})
	o := s.buy(t, "1", "a", "Idempotency-Key", "k").want(t, 201).order(t)
	if p := s.buy(t, "1", "a").problem(t, alreadyBought); p.Order != nil {
		t.Errorf("a stranger is told of %+v", p.Order)
	}
	if again := s.buy(t, "1", "a", "Idempotency-Key", "k").want(t, 200).order(t); again.OrderID != o.OrderID {
		t.Errorf("the buyer is told of %+v", again)
	}
}

func TestARehearsalPaysItsOwnOrders(t *testing.T) {
	s := guarded(t)
	id := sale.RehearsalPrefix + "7"
	s.put(t, id, sale.Terms{Quantity: 5, PaymentWindow: time.Hour})
	s.put(t, "1", sale.Terms{Quantity: 5, PaymentWindow: time.Hour})
	own, other := s.buy(t, id, "a").want(t, 201).order(t), s.buy(t, "1", "a").want(t, 201).order(t)
	pass := []string{"Authorization", "Bearer " + s.api.Auth.Pass(id)}
	s.do(t, "POST", "/api/orders/"+other.OrderID+"/pay", "", pass...).problem(t, unauthorized)
	s.do(t, "POST", "/api/orders/"+own.OrderID+"/pay", "", "Authorization", "Bearer "+s.api.Auth.Pass("rehearsal-8")).problem(t, unauthorized)
	s.do(t, "POST", "/api/orders/00000000-0000-7000-8000-000000000000/pay", "", pass...).problem(t, notFound)
	s.do(t, "POST", "/api/orders/x/pay", "", pass...).problem(t, invalid)
	s.do(t, "POST", "/api/products/1/pause", "", pass...).problem(t, unauthorized)
	s.set(func() { s.down = sale.ErrUnavailable })
	s.do(t, "POST", "/api/orders/"+own.OrderID+"/pay", "", pass...).problem(t, unavailable)
	s.set(func() { s.down = nil })
	if o := s.do(t, "POST", "/api/orders/"+own.OrderID+"/pay", "", pass...).want(t, 200).order(t); o.Status != "paid" {
		t.Errorf("%+v", o)
	}
}

func TestWhoIsAnOperator(t *testing.T) {
	s := guarded(t)
	for authorization, want := range map[string]string{"Bearer token": `{"operator":true}`, "": `{"operator":false}`, "Bearer wrong": `{"operator":false}`} {
		if r := s.do(t, "GET", "/api/session", "", "Authorization", authorization).want(t, 200); r.body != want {
			t.Errorf("%q: %s", authorization, r.body)
		}
	}
}

func TestSession(t *testing.T) {
	s := guarded(t)
	s.do(t, "POST", "/api/session", `{"token":"wrong"}`).problem(t, unauthorized)
	for body, field := range map[string]string{`{"token":7}`: "token", `{}`: "token", `{"Token":"token"}`: "Token", `[]`: "body"} {
		p := s.do(t, "POST", "/api/session", body).problem(t, invalid)
		p.field(t, field)
	}
	r := s.do(t, "POST", "/api/session", `{"token":"token"}`).want(t, 204)
	c := r.Cookies()[0]
	if c.Name != auth.Cookie || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure || c.MaxAge != int(auth.SessionLife.Seconds())-1 { // it ends at a whole second
		t.Errorf("%+v", c)
	}
	s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, "Cookie", auth.Cookie+"="+c.Value).want(t, 201)
	s.set(func() { s.now = s.now.Add(auth.SessionLife + time.Second) })
	s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, "Cookie", auth.Cookie+"="+c.Value).problem(t, unauthorized)
	gone := s.do(t, "DELETE", "/api/session", "").want(t, 204).Cookies()[0]
	if gone.Name != auth.Cookie || gone.MaxAge >= 0 || gone.Value != "" {
		t.Errorf("%+v", gone)
	}
	if got := cookie("v", 1, "https://shop.example"); !got.Secure {
		t.Error("over https the cookie must stay there")
	}
}

func TestSessionWithoutToken(t *testing.T) {
	s := serve(t)
	s.do(t, "POST", "/api/session", `{"token":""}`).want(t, 204)
	s.do(t, "POST", "/api/session", `{}`).problem(t, invalid)
	if r := s.do(t, "GET", "/api/session", "").want(t, 200); r.body != `{"operator":true}` {
		t.Error(r.body)
	}
}
