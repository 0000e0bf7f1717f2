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
		c.Auth = s.operators("token")
		c.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("metrics")) })
	})
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
	ann := s.token(t, "ann", "view")
	for authorization, want := range map[string]string{
		"Bearer token": `{"operator":true,"name":"admin","role":"admin","buyers":"believed"}`, "Bearer " + ann: `{"operator":true,"name":"ann","role":"view","buyers":"believed"}`,
		"": `{"operator":false,"buyers":"believed"}`, "Bearer wrong": `{"operator":false,"buyers":"believed"}`,
	} {
		if r := s.do(t, "GET", "/api/session", "", "Authorization", authorization).want(t, 200); r.body != want {
			t.Errorf("%q: %s", authorization, r.body)
		}
	}
	s.set(func() { s.down, s.passed = sale.ErrUnavailable, s.passed+time.Second })
	s.do(t, "GET", "/api/session", "", "Authorization", "Bearer "+ann).problem(t, unavailable)
}

func TestSession(t *testing.T) {
	s := guarded(t)
	for _, wrong := range []string{`{"name":"admin","token":"wrong"}`, `{"name":"ann","token":"token"}`, `{"name":"","token":""}`} {
		s.do(t, "POST", "/api/session", wrong).problem(t, unauthorized)
	}
	for body, field := range map[string]string{`{"name":"admin","token":7}`: "token", `{"name":"admin"}`: "token", `{"token":"token"}`: "name", `{"Token":"token"}`: "Token", `[]`: "body"} {
		p := s.do(t, "POST", "/api/session", body).problem(t, invalid)
		p.field(t, field)
	}
	r := s.do(t, "POST", "/api/session", `{"name":"admin","token":"token"}`).want(t, 204)
	c := r.Cookies()[0]
	if c.Name != plainCookie || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure || c.MaxAge != int(auth.SessionLife.Seconds())-1 { // it ends at a whole second
		t.Errorf("%+v", c)
	}
	s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, "Cookie", c.Name+"="+c.Value).want(t, 201)
	s.set(func() { s.now = s.now.Add(auth.SessionLife + time.Second) })
	s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, "Cookie", c.Name+"="+c.Value).problem(t, unauthorized)
	gone := s.do(t, "DELETE", "/api/session", "").want(t, 204).Cookies()[0]
	if gone.Name != plainCookie || gone.MaxAge >= 0 || gone.Value != "" {
		t.Errorf("%+v", gone)
	}
}

// Over TLS a session is one that no other host, and nobody on the way, can have set.
func TestSessionOverTLS(t *testing.T) {
	s := guarded(t)
	origin := []string{"Origin", "https://" + strings.TrimPrefix(s.url, "http://")}
	c := s.do(t, "POST", "/api/session", `{"name":"admin","token":"token"}`, origin...).want(t, 204).Cookies()[0]
	if c.Name != "__Host-seckill_session" || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("%+v", c)
	}
	s.do(t, "PUT", "/api/products/1", `{"quantity":6}`, "Cookie", plainCookie+"=planted; "+c.Name+"="+c.Value).want(t, 201)
}

// A page that is read says nothing of where it is from, but a proxy where TLS ends does: a plain session
// over TLS may be planted.
func TestAPlantedSessionIsNobodysOverTLS(t *testing.T) {
	s := serve(t, func(s *shop, c *Config) { c.Auth, c.Trusted = s.operators("token"), here })
	s.put(t, "1", sale.Terms{Quantity: 5})
	plain, own := "Cookie", plainCookie+"="+s.session()
	s.do(t, "GET", "/api/products/1/orders", "", plain, own, "X-Forwarded-Proto", "http").want(t, 200)
	for _, proto := range []string{"https", "HTTPS", "https, http"} {
		s.do(t, "GET", "/api/products/1/orders", "", plain, own, "X-Forwarded-Proto", proto).problem(t, unauthorized)
		s.do(t, "HEAD", "/api/rehearsals/1/events", "", plain, own, "X-Forwarded-Proto", proto).want(t, 401)
		c := s.do(t, "POST", "/api/session", `{"name":"admin","token":"token"}`, "X-Forwarded-Proto", proto).want(t, 204).Cookies()[0]
		if c.Name != secureCookie || !c.Secure {
			t.Errorf("%+v", c)
		}
		s.do(t, "GET", "/api/products/1/orders", "", plain, c.Name+"="+c.Value, "X-Forwarded-Proto", proto).want(t, 200)
	}
	// From somebody else than the proxy it says nothing.
	s = guarded(t)
	s.do(t, "GET", "/api/products/1/orders", "", plain, plainCookie+"="+s.session(), "X-Forwarded-Proto", "https").problem(t, notFound)
}

func TestSessionWithoutToken(t *testing.T) {
	s := serve(t)
	s.do(t, "POST", "/api/session", `{"name":"","token":""}`).want(t, 204)
	s.do(t, "POST", "/api/session", `{}`).problem(t, invalid)
	if r := s.do(t, "GET", "/api/session", "").want(t, 200); r.body != `{"operator":true,"role":"admin","buyers":"believed"}` {
		t.Error(r.body)
	}
}
