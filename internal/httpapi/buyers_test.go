package httpapi

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"seckill/internal/auth"
	"seckill/internal/identity"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

func buyers(now func() time.Time) *identity.Verifier {
	return &identity.Verifier{Passes: identity.NewPasses([]byte("secret"), now), Life: 2 * time.Hour, Now: now}
}

// known is a server that knows its buyers, and has operators.
func known(t *testing.T, change ...func(*shop, *Config)) *server {
	t.Helper()
	return serve(t, append([]func(*shop, *Config){func(s *shop, c *Config) {
		c.Auth, c.Buyers = s.operators("token"), buyers(s.clock)
	}}, change...)...)
}

func (s *server) mint(t *testing.T, b identity.Buyer) string {
	t.Helper()
	if b.Until.IsZero() {
		b.Until = s.clock().Add(time.Hour)
	}
	pass, err := s.api.Buyers.Passes.Mint(b)
	if err != nil {
		t.Fatal(err)
	}
	return pass
}

// as is the header by which user buys.
func (s *server) as(t *testing.T, user string) []string {
	t.Helper()
	return []string{"Authorization", "Bearer " + s.mint(t, identity.Buyer{User: user})}
}

var operator = []string{"Authorization", "Bearer token"}

// here is where the tests' requests come from.
var here = identity.Trusted{netip.MustParsePrefix("127.0.0.0/8")}

// raw is all that an answer tells, but for its date.
func (r reply) raw() string {
	var b bytes.Buffer
	h := r.Header.Clone()
	h.Del("Date")
	_ = h.Write(&b)
	return r.Status + "\n" + b.String() + r.body
}

const buy1 = "/api/products/1/orders"

func TestABuyerIsWhoTheyProve(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 9})
	for user, body := range map[string]string{"a": `{}`, "b": `{"user_id":"b"}`, "c": " { } "} {
		if o := s.do(t, "POST", buy1, body, s.as(t, user)...).want(t, 201).order(t); o.UserID != user {
			t.Errorf("%s: %+v", body, o)
		}
	}
	cookie := []string{"Cookie", identity.Cookie + "=" + s.mint(t, identity.Buyer{User: "d"})}
	if o := s.do(t, "POST", buy1, `{}`, cookie...).want(t, 201).order(t); o.UserID != "d" {
		t.Errorf("%+v", o)
	}
	s.do(t, "POST", buy1, `{"user_id":"a"}`, s.as(t, "e")...).problem(t, notYou)
	changes := s.changes
	for name, header := range s.noProofs(t, "f") {
		r := s.do(t, "POST", buy1, `{"user_id":"f"}`, header...)
		if r.problem(t, unauthenticated); r.header("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: without WWW-Authenticate", name)
		}
	}
	if s.changes != changes {
		t.Error("somebody bought")
	}
	s.do(t, "POST", buy1, `{"user":"f"}`).problem(t, invalid) // the form comes first
}

// noProofs are headers that do not prove that user buys.
func (s *server) noProofs(t *testing.T, user string) map[string][]string {
	t.Helper()
	good := s.mint(t, identity.Buyer{User: user})
	elsewhere, _ := identity.NewPasses([]byte("another"), s.clock).Mint(identity.Buyer{User: user, Until: s.clock().Add(time.Hour)})
	return map[string][]string{
		"nothing":                       nil,
		"no pass":                       {"Authorization", "Bearer x"},
		"a JWT where there are none":    {"Authorization", "Bearer a.b.c"},
		"half a pass":                   {"Authorization", "Bearer " + good[:len(good)/2]},
		"an altered one":                {"Authorization", "Bearer " + strings.Replace(good, good[20:21], "_", 1)},
		"an ended one":                  {"Authorization", "Bearer " + s.mint(t, identity.Buyer{User: user, Until: s.clock()})},
		"one of another deployment":     {"Authorization", "Bearer " + elsewhere},
		"one of a rehearsal":            {"Authorization", "Bearer " + s.mint(t, identity.Buyer{User: user, Rehearsal: true})},
		"the operators' token":          operator,
		"an ended cookie":               {"Cookie", identity.Cookie + "=" + s.mint(t, identity.Buyer{User: user, Until: s.clock()})},
		"the operators' session":        {"Cookie", plainCookie + "=" + s.session()},
		"a header that nobody asks for": {"X-User-Id", user},
	}
}

func (s *server) session() string {
	session, _, err := s.api.Auth.SignIn(context.Background(), auth.AdminName, "token")
	if err != nil {
		panic(err)
	}
	return session
}

// While everybody is refused, nobody can ask who has bought: whoever proves nothing gets
// the view's refusal, byte for byte.
func TestARefusalTellsNothing(t *testing.T) {
	for name, c := range map[string]struct {
		terms sale.Terms
		kind  kind
	}{
		"sold out": {sale.Terms{Quantity: 1}, soldOut}, "closed": {sale.Terms{Quantity: 1, Closed: true}, closed},
		"paused": {sale.Terms{Quantity: 1, Paused: true}, paused}, "not open": {sale.Terms{Quantity: 1, OpensAt: start.Add(time.Hour)}, notOpen},
	} {
		s := known(t)
		s.put(t, "1", sale.Terms{Quantity: 1})
		s.do(t, "POST", buy1, `{}`, s.as(t, "winner")...).want(t, 201)
		s.put(t, "1", c.terms)
		want := s.do(t, "POST", buy1, `{}`, s.as(t, "loser")...)
		want.problem(t, c.kind)
		for user := range map[string]bool{"winner": true, "loser": true, "nobody": true} {
			for proof, header := range s.noProofs(t, user) {
				for _, body := range []string{`{}`, `{"user_id":"` + user + `"}`} {
					if r := s.do(t, "POST", buy1, body, header...); r.raw() != want.raw() {
						t.Errorf("%s, %s, %s %s: %s, not %s", name, user, proof, body, r.raw(), want.raw())
					}
				}
			}
		}
		// As the winner, by the proof of somebody else.
		if r := s.do(t, "POST", buy1, `{"user_id":"winner"}`, s.as(t, "loser")...); r.raw() != want.raw() {
			t.Errorf("%s: %s", name, r.raw())
		}
		s.do(t, "POST", buy1, `{}`, s.as(t, "winner")...).problem(t, alreadyBought)
	}
}

// shopTokens are those of a shop, which signs them for an hour.
func shopTokens(t *testing.T, now func() time.Time) (tokens *identity.Tokens, sign func(user string) string) {
	t.Helper()
	secret, keys := bytes.Repeat([]byte("k"), 32), filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(keys, []byte(`{"kty":"oct","k":"`+base64.RawURLEncoding.EncodeToString(secret)+`"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tokens, err := identity.NewTokens(t.Context(), identity.JWTConfig{Keys: "file:" + keys, Issuer: "shop", Audience: "sale", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	ends := now().Add(time.Hour).Unix()
	return tokens, func(user string) string {
		return must(jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": "shop", "aud": "sale", "sub": user, "exp": ends}).SignedString(secret))
	}
}

// A JWT that was good once is refused like everybody, and is not taken for a proof where one is needed.
func TestARememberedTokenIsRefusedLikeEverybody(t *testing.T) {
	var sign func(user string) string
	s := known(t, func(s *shop, c *Config) { c.Buyers.Tokens, sign = shopTokens(t, s.clock) })
	buy := func(user string) reply { return s.do(t, "POST", buy1, `{}`, "Authorization", "Bearer "+sign(user)) }
	s.put(t, "1", sale.Terms{Quantity: 1})
	buy("winner").want(t, 201)
	want := s.do(t, "POST", buy1, `{}`)
	want.problem(t, soldOut)
	same := func(who string) {
		t.Helper()
		if r := buy(who); r.raw() != want.raw() {
			t.Errorf("%s: %s, not %s", who, r.raw(), want.raw())
		}
	}
	for range 2 { // the second time they are remembered
		same("loser")
		buy("winner").problem(t, alreadyBought)
	}
	s.set(func() { s.now = s.now.Add(2 * time.Hour) })
	same("loser")
	same("winner")
}

// The same if units are left: the answer hangs on the proof alone.
func TestWhoHasBoughtCannotBeAsked(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	s.do(t, "POST", buy1, `{}`, s.as(t, "winner")...).want(t, 201)
	answers := map[string]string{}
	for _, user := range []string{"winner", "loser"} {
		for proof, header := range s.noProofs(t, user) {
			if answers[proof] == "" {
				answers[proof] = s.do(t, "POST", buy1, `{"user_id":"`+user+`"}`, header...).raw()
			}
			if r := s.do(t, "POST", buy1, `{"user_id":"`+user+`"}`, header...); r.raw() != answers[proof] {
				t.Errorf("%s, %s: %s, not %s", user, proof, r.raw(), answers[proof])
			}
		}
		if r := s.do(t, "POST", buy1, `{"user_id":"`+user+`"}`, s.as(t, "spy")...); r.StatusCode != 403 {
			t.Errorf("%s: %s", user, r.raw())
		}
	}
}

// orderRoutes are all that show or end an order.
func orderRoutes(o Order) map[string][2]string {
	at := "/api/orders/" + o.OrderID
	trace := "?product=" + o.ProductID + "&user=" + o.UserID + "&epoch=1"
	return map[string][2]string{
		"read": {"GET", at}, "read as the Location says": {"GET", at + trace}, "cancel": {"POST", at + "/cancel"},
		"events": {"HEAD", at + "/events"}, "events as the Location says": {"HEAD", at + "/events" + trace},
	}
}

func TestAnOrderIsItsBuyers(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 9, LimitPerUser: 9, PaymentWindow: time.Hour})
	bobs := s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).want(t, 201).order(t)
	missing := bobs
	missing.OrderID = nobody
	others := s.noProofs(t, "bob")
	delete(others, "the operators' token")
	delete(others, "the operators' session")
	others["ann"] = s.as(t, "ann")
	others["ann, with a wrong session"] = append(s.as(t, "ann"), "Cookie", plainCookie+"=x")
	for who, header := range others {
		want := orderRoutes(missing)
		for name, route := range orderRoutes(bobs) {
			r, none := s.do(t, route[0], route[1], "", header...), s.do(t, want[name][0], want[name][1], "", header...)
			if r.StatusCode != 404 || r.raw() != none.raw() {
				t.Errorf("%s, %s: %s, and for one that is not there %s", who, name, r.raw(), none.raw())
			}
		}
		s.do(t, "POST", "/api/orders/"+bobs.OrderID+"/pay", "", header...).problem(t, unauthorized)
	}
	if s.do(t, "GET", "/api/orders/"+bobs.OrderID, "", operator...).want(t, 200).order(t).Status != "placed" {
		t.Fatal("somebody ended it")
	}
	for who, header := range map[string][]string{"bob": s.as(t, "bob"), "operator": operator, "session": {"Cookie", plainCookie + "=" + s.session()}} {
		o := s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).want(t, 201).order(t)
		for name, route := range orderRoutes(o) {
			if name != "cancel" {
				if r := s.do(t, route[0], route[1], "", header...); r.StatusCode != 200 {
					t.Errorf("%s, %s: %s", who, name, r.raw())
				}
			}
		}
		if o = s.do(t, "POST", "/api/orders/"+o.OrderID+"/cancel", "", header...).want(t, 200).order(t); o.Status != "cancelled" {
			t.Errorf("%s: %+v", who, o)
		}
	}
}

// An order that the store does not have yet is nobody else's either.
func TestAQueuedOrderIsItsBuyers(t *testing.T) {
	s := known(t, func(s *shop, c *Config) { c.Placed, c.Wait, s.pending = sale.PlacedByStore, time.Millisecond, true })
	s.put(t, "1", sale.Terms{Quantity: 9})
	at := s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).want(t, 202).header("Location")
	if o := s.do(t, "GET", at, "", s.as(t, "bob")...).want(t, 200).order(t); o.Status != "queued" {
		t.Errorf("%+v", o)
	}
	for _, shut := range []bool{false, true} {
		if s.set(func() { s.gate = nil }); shut {
			s.set(func() { s.gate = sale.ErrShut })
		}
		events := strings.Replace(at, "?", "/events?", 1)
		for _, route := range [][2]string{{"GET", at}, {"HEAD", events}, {"GET", strings.Replace(at, "bob", "ann", 1)}} {
			who := "ann"
			if strings.Contains(route[1], "ann") {
				who = "eve"
			}
			if r := s.do(t, route[0], route[1], "", s.as(t, who)...); r.StatusCode != 404 {
				t.Errorf("shut %v, %s: %s", shut, route[1], r.raw())
			}
		}
	}
}

// The chain: buy as another, take the order's id from already_bought, cancel, take the unit.
func TestNobodyTakesAnothersUnit(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 1, PaymentWindow: time.Hour})
	bobs := s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).want(t, 201).order(t)
	eve := s.as(t, "eve")
	for _, header := range [][]string{nil, eve, {"Authorization", "Bearer x"}} {
		r := s.do(t, "POST", buy1, `{"user_id":"bob"}`, header...)
		if p := r.problem(t, soldOut); p.Order != nil || strings.Contains(r.body, bobs.OrderID) {
			t.Errorf("it names the order: %s", r.body)
		}
	}
	s.do(t, "GET", "/api/orders/"+bobs.OrderID, "", eve...).problem(t, notFound)
	s.do(t, "POST", "/api/orders/"+bobs.OrderID+"/cancel", "", eve...).problem(t, notFound)
	s.do(t, "POST", buy1, `{}`, eve...).problem(t, soldOut)
	if p := s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).problem(t, alreadyBought); p.Order == nil || p.Order.OrderID != bobs.OrderID {
		t.Errorf("bob's own order is not named: %+v", p)
	}
	s.do(t, "POST", "/api/orders/"+bobs.OrderID+"/cancel", "", s.as(t, "bob")...).want(t, 200)
	s.do(t, "POST", buy1, `{}`, eve...).want(t, 201)
}

// Every route that the document marks as operators' is closed to a buyer.
func TestABuyersPassOpensNoOperatorsRoute(t *testing.T) {
	s := known(t, func(_ *shop, c *Config) {
		c.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	})
	s.put(t, "1", sale.Terms{Quantity: 1})
	var d struct {
		Paths map[string]map[string]struct {
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(s.api.document(), &d); err != nil {
		t.Fatal(err)
	}
	pass := s.mint(t, identity.Buyer{User: "ann"})
	routes := 0
	for path, operations := range d.Paths {
		for method, operation := range operations {
			if !slices.ContainsFunc(operation.Security, func(by map[string][]string) bool { return by["operator"] != nil }) ||
				slices.ContainsFunc(operation.Security, func(by map[string][]string) bool { return len(by) == 0 }) {
				continue
			}
			for _, header := range [][]string{
				{"Authorization", "Bearer " + pass}, {"Cookie", identity.Cookie + "=" + pass}, {"Cookie", plainCookie + "=" + pass},
				{"Authorization", "Bearer " + s.mint(t, identity.Buyer{User: "ann", Rehearsal: true})},
			} {
				routes++
				if r := s.do(t, strings.ToUpper(method), pathIDs.Replace(path), "", header...); r.StatusCode != 401 {
					t.Errorf("%s %s: %d %s", method, path, r.StatusCode, r.body)
				}
			}
		}
	}
	if routes < 50 {
		t.Errorf("only %d were tried", routes)
	}
}

func TestPassOfAProof(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 9})
	b := identity.Buyer{User: "ann", Groups: []string{"staff"}, Until: start.Add(time.Hour).Truncate(time.Second)}
	proof := s.mint(t, b)
	r := s.do(t, "POST", "/api/pass", "", "Authorization", "Bearer "+proof).want(t, 200)
	var p Pass
	r.json(t, &p)
	if p.UserID != "ann" || !slices.Equal(p.Groups, b.Groups) || p.EndsAt != sale.FormatTime(b.Until) {
		t.Errorf("%+v", p)
	}
	cookie := r.Cookies()[0]
	if cookie.Name != identity.Cookie || cookie.Value != p.Pass || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Secure || cookie.MaxAge != 3599 {
		t.Errorf("%+v", cookie)
	}
	if o := s.do(t, "POST", buy1, `{}`, "Cookie", identity.Cookie+"="+cookie.Value).want(t, 201).order(t); o.UserID != "ann" {
		t.Errorf("%+v", o)
	}
	secure := s.do(t, "POST", "/api/pass", "", "Authorization", "Bearer "+proof, "Host", "shop.localhost", "Origin", "https://shop.localhost")
	if secure.StatusCode == 200 {
		t.Error("a foreign name is taken on loopback")
	}
	over := s.do(t, "POST", "/api/pass", "", "Authorization", "Bearer "+proof, "Origin", strings.Replace(s.url, "http:", "https:", 1)).want(t, 200).Cookies()[0]
	if over.Name != identity.SecureCookie || !over.Secure || over.Path != "/" || over.Domain != "" {
		t.Errorf("%+v", over)
	}
	for name, header := range s.noProofs(t, "ann") {
		if name != "one of a rehearsal" {
			if r := s.do(t, "POST", "/api/pass", "", header...); len(r.Cookies()) > 0 {
				t.Errorf("%s: %s", name, r.raw())
			} else {
				r.problem(t, unauthenticated)
			}
		}
	}
	s.do(t, "POST", "/api/pass", "", "Authorization", "Bearer "+proof, "Origin", "https://evil.example").problem(t, crossOrigin)
	if gone := s.do(t, "DELETE", "/api/pass", "").want(t, 204).Cookies()[0]; gone.Name != identity.Cookie || gone.MaxAge >= 0 {
		t.Errorf("%+v", gone)
	}
	serve(t).do(t, "POST", "/api/pass", "").problem(t, notFound)
}

// A rehearsal's pass stays one, whatever is made of it, and buys nothing else.
func TestARehearsalsPass(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 9})
	s.put(t, "rehearsal-1", sale.Terms{Quantity: 9})
	pass := s.mint(t, identity.Buyer{User: "ann", Rehearsal: true})
	var p Pass
	s.do(t, "POST", "/api/pass", "", "Authorization", "Bearer "+pass).want(t, 200).json(t, &p)
	anns := s.do(t, "POST", buy1, `{}`, s.as(t, "ann")...).want(t, 201).order(t)
	for _, pass := range []string{pass, p.Pass} {
		header := []string{"Authorization", "Bearer " + pass}
		s.do(t, "POST", buy1, `{}`, header...).problem(t, unauthenticated)
		s.do(t, "GET", "/api/orders/"+anns.OrderID, "", header...).problem(t, notFound)
		s.do(t, "POST", "/api/products/rehearsal-1/orders", `{}`, header...)
	}
	own := s.do(t, "POST", "/api/products/rehearsal-1/orders", `{}`, "Authorization", "Bearer "+pass).problem(t, alreadyBought)
	s.do(t, "GET", "/api/orders/"+own.Order.OrderID, "", "Authorization", "Bearer "+pass).want(t, 200)
}

func TestAProxySaysWhoBuys(t *testing.T) {
	proxy := identity.Proxy{User: "X-User-Id", Groups: "X-Groups"}
	var groups []string
	s := known(t, func(s *shop, c *Config) {
		c.Buyers.Proxy, c.Buyers.Trusted = proxy, here
		c.Desk = spyDesk{s, &groups}
	})
	s.put(t, "1", sale.Terms{Quantity: 9})
	o := s.do(t, "POST", buy1, `{}`, "X-User-Id", "ann", "X-Groups", "members, staff").want(t, 201).order(t)
	if o.UserID != "ann" || !slices.Equal(groups, []string{"members", "staff"}) {
		t.Errorf("%+v in %v", o, groups)
	}
	s.do(t, "GET", "/api/orders/"+o.OrderID, "", "X-User-Id", "ann").want(t, 200)
	s.do(t, "GET", "/api/orders/"+o.OrderID, "", "X-User-Id", "bob").problem(t, notFound)
	s.do(t, "GET", "/api/orders/"+o.OrderID, "", "X-User-Id", "ann", "X-User-Id", "ann").problem(t, notFound)
	s.do(t, "POST", buy1, `{}`, "X-User-Id", "bob", "x-user-id", "bob").problem(t, unauthenticated)
	s.do(t, "POST", "/api/pass", "", "X-User-Id", "ann").want(t, 200)
	s.do(t, "POST", "/api/pass", "", "X-User-Id", "ann", "X-User-Id", "bob").problem(t, unauthenticated)
	stranger := known(t, func(_ *shop, c *Config) {
		c.Buyers.Proxy, c.Buyers.Trusted = proxy, identity.Trusted{netip.MustParsePrefix("10.0.0.0/8")}
	})
	stranger.put(t, "1", sale.Terms{Quantity: 9})
	stranger.do(t, "POST", buy1, `{}`, "X-User-Id", "ann").problem(t, unauthenticated)
	stranger.do(t, "POST", "/api/pass", "", "X-User-Id", "ann", "X-Forwarded-For", "10.0.0.1").problem(t, unauthenticated)
}

// A spyDesk notes the groups of who buys.
type spyDesk struct {
	*shop
	groups *[]string
}

func (d spyDesk) Buy(ctx, wait context.Context, product string, r purchase.Request) (purchase.Answer, error) {
	*d.groups = r.Groups
	return d.shop.Buy(ctx, wait, product, r)
}

// Nobody can spend the rate of somebody else, nor is it spent on a refusal.
func TestTheRateOfAKnownBuyerIsTheirs(t *testing.T) {
	s := known(t, func(_ *shop, c *Config) { c.Rates.User = 1 })
	s.put(t, "1", sale.Terms{Quantity: 9})
	for range 5 {
		s.do(t, "POST", buy1, `{"user_id":"bob"}`).problem(t, unauthenticated)
		s.do(t, "POST", buy1, `{"user_id":"bob"}`, s.as(t, "eve")...).problem(t, notYou)
	}
	s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).want(t, 201)
	s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).problem(t, rateLimited)
}

// An ended pass is no try at the operators' token: it slows nobody down.
func TestAnEndedPassIsNoGuess(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 9})
	ended := []string{"Authorization", "Bearer " + s.mint(t, identity.Buyer{User: "ann", Until: s.clock()})}
	for range 20 {
		s.do(t, "GET", "/api/orders/"+nobody, "", ended...).problem(t, notFound)
	}
	if s.set(func() {}); len(s.pauses) > 0 {
		t.Errorf("paused %v", s.pauses)
	}
}

// Who a buyer is, says a proxy; what they show as a token is a guess all the same.
func TestAKnownBuyersGuessIsSlowed(t *testing.T) {
	s := known(t, func(_ *shop, c *Config) {
		c.Buyers.Proxy, c.Buyers.Trusted = identity.Proxy{User: "X-User-Id"}, here
	})
	for range freeFailures + 1 {
		s.do(t, "GET", "/api/products/1/orders", "", "X-User-Id", "eve", "Authorization", "Bearer guess", "Cookie", identity.Cookie+"="+s.mint(t, identity.Buyer{User: "eve"})).problem(t, unauthorized)
	}
	if s.set(func() {}); len(s.pauses) != 1 {
		t.Errorf("paused %v", s.pauses)
	}
}

// A proxy may pass on what people sign in by there: on a buyer's route that is no guess.
func TestAProxysOwnTokenIsNoGuess(t *testing.T) {
	s := known(t, func(_ *shop, c *Config) {
		c.Buyers.Proxy, c.Buyers.Trusted = identity.Proxy{User: "X-User-Id"}, here
	})
	s.put(t, "1", sale.Terms{Quantity: 9})
	bob := []string{"X-User-Id", "bob", "Authorization", "Bearer the proxy's own"}
	o := s.do(t, "POST", buy1, `{}`, bob...).want(t, 201).order(t)
	for range 20 {
		s.do(t, "GET", "/api/orders/"+o.OrderID, "", bob...).want(t, 200)
		s.do(t, "HEAD", "/api/orders/"+o.OrderID+"/events", "", bob...).want(t, 200)
		s.do(t, "GET", "/api/session", "", bob...).want(t, 200)
	}
	if s.set(func() {}); len(s.pauses) > 0 {
		t.Errorf("paused %v", s.pauses)
	}
	// So nobody guesses there either: the right token is not looked at beside the proxy's word.
	if r := s.do(t, "GET", "/api/session", "", "X-User-Id", "eve", "Authorization", "Bearer token").want(t, 200); !strings.Contains(r.body, `"operator":false`) {
		t.Error(r.body)
	}
	session := append(bob, "Cookie", plainCookie+"="+s.session())
	if r := s.do(t, "GET", "/api/session", "", session...).want(t, 200); !strings.Contains(r.body, `"operator":true`) {
		t.Errorf("an operator's session behind the proxy: %s", r.body)
	}
}

// What takes money looks at the order that it is told of, and at nothing else.
func TestPaymentsReadsTheOrderItIsToldOf(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 9, PaymentWindow: time.Hour})
	at := "/api/orders/" + s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...).want(t, 201).order(t).OrderID
	till := []string{"Authorization", "Bearer " + s.token(t, "till", "payments")}
	s.do(t, "GET", at, "", till...).want(t, 200)
	s.do(t, "HEAD", at+"/events", "", till...).want(t, 404)
	s.do(t, "GET", "/api/products/1/orders", "", till...).problem(t, wrongRole)
	s.do(t, "POST", at+"/cancel", "", till...).problem(t, notFound)
	s.do(t, "POST", "/api/payments", pays("m1", strings.TrimPrefix(at, "/api/orders/"), 5), till...).want(t, 200)
}

// Over TLS a cookie under the plain name may be planted, by another host or on the way: it
// proves nobody.
func TestAPlantedPassIsNobodysOverTLS(t *testing.T) {
	s := known(t)
	s.put(t, "1", sale.Terms{Quantity: 9})
	origin := []string{"Origin", strings.Replace(s.url, "http:", "https:", 1), "Cookie"}
	planted, own := identity.Cookie+"="+s.mint(t, identity.Buyer{User: "eve"}), identity.SecureCookie+"="+s.mint(t, identity.Buyer{User: "ann"})
	s.do(t, "POST", "/api/pass", "", append(origin, planted)...).problem(t, unauthenticated)
	s.do(t, "POST", buy1, `{}`, append(origin, planted)...).problem(t, unauthenticated)
	if o := s.do(t, "POST", buy1, `{}`, append(origin, planted+"; "+own)...).want(t, 201).order(t); o.UserID != "ann" {
		t.Errorf("%+v", o)
	}
}

func TestCookiesAreForgottenUnderBothNames(t *testing.T) {
	s := known(t)
	for path, name := range map[string]string{"/api/pass": identity.Cookie, "/api/session": plainCookie} {
		for _, scheme := range []string{"http:", "https:"} {
			forgotten := map[string]bool{}
			for _, c := range s.do(t, "DELETE", path, "", "Origin", strings.Replace(s.url, "http:", scheme, 1)).want(t, 204).Cookies() {
				forgotten[c.Name] = c.MaxAge < 0 && c.Value == "" && c.Path == "/" && c.Secure == strings.HasPrefix(c.Name, "__Host-")
			}
			if len(forgotten) != 2 || !forgotten[name] || !forgotten["__Host-"+name] {
				t.Errorf("%s over %s forgets %v", path, scheme, forgotten)
			}
		}
	}
}
