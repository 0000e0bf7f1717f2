package httpapi

import (
	"fmt"
	"hash/maphash"
	"net"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
	"unsafe"

	"seckill/internal/identity"
	"seckill/internal/sale"
)

func TestRate(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Rates.User = 2 })
	s.put(t, "1", sale.Terms{Quantity: 1})
	s.buy(t, "1", "a").want(t, 201)
	s.buy(t, "1", "a").want(t, 409)
	if s.buy(t, "1", "a").problem(t, rateLimited); s.buy(t, "1", "a").header("Retry-After") != "1" {
		t.Error("without Retry-After")
	}
	s.buy(t, "1", "b").problem(t, soldOut)
	s.set(func() { s.passed += 500 * time.Millisecond })
	s.buy(t, "1", "a").problem(t, alreadyBought)
	s.buy(t, "1", "a").problem(t, rateLimited)
	s.do(t, "POST", "/api/products/1/orders", `{"user_id":7}`).problem(t, invalid) // the form comes first
}

// A wall clock that is set back an hour would refuse everybody for as long.
func TestRateIsOfTheClockThatIsNeverSetBack(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Rates.User = 1 })
	s.put(t, "1", sale.Terms{Quantity: 1})
	s.buy(t, "1", "a").want(t, 201)
	s.buy(t, "1", "a").problem(t, rateLimited)
	s.set(func() { s.now, s.passed = s.now.Add(-time.Hour), s.passed+time.Second })
	s.buy(t, "1", "a").problem(t, alreadyBought)
}

// Who rests is forgotten for whoever comes, and hardly anybody else is, before there are very many.
func TestRateForgetsWhoRests(t *testing.T) {
	l := newLimiter("user", 1)
	for i := range 1_000_000 {
		l.wait(maphash.Comparable(l.seed, i), 0)
	}
	kept := 0
	for range 2 {
		for i := range 10_000 {
			if l.wait(maphash.Comparable(l.seed, -1-i), 2*time.Second) > 0 {
				kept++
			}
		}
	}
	if kept < 9_900 {
		t.Errorf("remembers %d users", kept)
	}
}

// Ten million who come at once cost no more memory than some, and nobody's rate.
func TestRateOfMillions(t *testing.T) {
	l := newLimiter("user", 2)
	for i := range uint64(10_000_000) {
		if wait := l.wait(i*0x9e3779b97f4a7c15, 0); wait > 0 {
			t.Fatalf("the %d. is to wait %v", i, wait)
		}
	}
	if bytes := unsafe.Sizeof(*l); bytes > 5<<20 {
		t.Errorf("takes %d bytes", bytes)
	}
}

func TestSlowRate(t *testing.T) {
	var now time.Duration
	l := newLimiter("user", 0.1)
	if first, second := l.wait(1, now), l.wait(1, now); first != 0 || second != 10*time.Second {
		t.Errorf("one in ten seconds is one, and not two: they wait %v and %v", first, second)
	}
	now += 10 * time.Second
	if wait := l.wait(1, now); wait > 0 {
		t.Errorf("after ten seconds it waits %v", wait)
	}
}

// from is the header by which a request comes from an address, behind a trusted proxy.
func from(address string) []string { return []string{"X-Forwarded-For", address} }

// What an address may hold is counted by where a buy comes from, of IPv6 by its /64, and by nothing that a buyer can say; this
// machine's own addresses count against nothing.
func TestABuyCountsAgainstItsAddress(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Trusted = here })
	s.put(t, "1", sale.Terms{Quantity: 99})
	s.put(t, "2", sale.Terms{Quantity: 99})
	buy := func(product string, header ...string) string {
		t.Helper()
		s.do(t, "POST", "/api/products/"+product+"/orders", `{"user_id":"u`+fmt.Sprint(len(s.origins))+`"}`, header...).want(t, 201)
		return s.origins[len(s.origins)-1]
	}
	v4, v6 := buy("1", from("203.0.113.7")...), buy("1", from("2001:db8:1:2::1")...)
	if !sale.CheckOrigin(v4) || !sale.CheckOrigin(v6) || v4 == v6 {
		t.Fatalf("%q and %q", v4, v6)
	}
	for address, want := range map[string]string{"203.0.113.7": v4, "::ffff:203.0.113.7": v4, "1.2.3.4, 203.0.113.7": v4, "2001:db8:1:2:ffff::9": v6, "": ""} {
		header := from(address)
		if address == "" {
			header = nil
		}
		if got := buy("1", header...); got != want {
			t.Errorf("from %q it counts against %q, not %q", address, got, want)
		}
	}
	if other := buy("1", from("203.0.113.8")...); other == v4 {
		t.Error("two addresses are one")
	}
	if other := buy("2", from("203.0.113.7")...); other == v4 {
		t.Error("two products know an address by the same name")
	}
}

// Who names somebody else spends nothing of theirs, as long as it is from elsewhere.
func TestNobodySpendsTheRateOfAnother(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Rates.User, c.Trusted = 1, here })
	s.put(t, "1", sale.Terms{Quantity: 9})
	s.buy(t, "1", "victim", from("198.51.100.7")...).want(t, 201)
	s.buy(t, "1", "victim", from("198.51.100.7")...).problem(t, rateLimited)
	s.buy(t, "1", "victim", from("203.0.113.9")...).problem(t, alreadyBought)
}

func TestRateOfAnAddress(t *testing.T) {
	s := serve(t, func(_ *shop, c *Config) { c.Rates.Address, c.Trusted = 2, here })
	s.put(t, "1", sale.Terms{Quantity: 1})
	s.buy(t, "1", "a", from("198.51.100.7")...).want(t, 201)
	s.do(t, "GET", "/api/products/1", "", from("198.51.100.7")...).want(t, 200)
	for _, route := range [][2]string{
		{"POST", "/api/products/1/orders"}, {"GET", "/api/products/1"}, {"HEAD", "/api/products/1/events"}, {"POST", "/api/session"}, {"GET", "/api/"},
	} {
		r := s.do(t, route[0], route[1], `{"user_id":"b"}`, from("203.0.113.9, 198.51.100.7")...)
		if r.StatusCode != 429 || r.header("Retry-After") != "1" || r.header("RateLimit") != `"address";r=0;t=1` || r.header("RateLimit-Policy") != `"address";q=2;w=1` {
			t.Errorf("%s: %s", route, r.raw())
		}
	}
	for _, spelt := range []string{"http://localhost/api/products/1", "/%61pi/products/1", "/x/../api/products/1", "//api/products/1", "/api//products/1"} {
		r := s.raw(t, "GET "+spelt+" HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 198.51.100.7\r\nConnection: close\r\n\r\n")[0]
		if r.StatusCode == 200 {
			t.Errorf("%s: %s", spelt, r.raw())
		}
	}
	s.do(t, "GET", "/livez", "", from("198.51.100.7")...).want(t, 200)
	s.buy(t, "1", "b", from("198.51.100.8")...).problem(t, soldOut)
	// A network of IPv6 is one address, and this machine none.
	for i := range 2 {
		s.buy(t, "1", "b", from(fmt.Sprintf("2001:db8::%x", i))...).problem(t, soldOut)
	}
	s.buy(t, "1", "b", from("2001:db8::ffff:1")...).problem(t, rateLimited)
	s.buy(t, "1", "b", from("2001:db8:0:1::1")...).problem(t, soldOut)
	for range 9 {
		s.buy(t, "1", "b").problem(t, soldOut)
		s.buy(t, "1", "b", from("::1")...).problem(t, soldOut)
	}
	s.set(func() { s.passed += 500 * time.Millisecond })
	s.buy(t, "1", "b", from("198.51.100.7")...).problem(t, soldOut)
}

// Whoever is no trusted proxy comes from where they are.
func TestRateOfAnAddressThatIsClaimed(t *testing.T) {
	l := newLimiter("address", 1)
	if l.wait(l.ofAddress(identity.Network(netip.MustParseAddr("192.0.2.1"))), 0) != 0 {
		t.Fatal("the first waits")
	}
	stranger := otherRequest{httptest.NewRequest("GET", "/api/products", nil)} // from 192.0.2.1
	stranger.Header.Set("X-Forwarded-For", "198.51.100.7")
	a := &API{Config: Config{Trusted: here}}
	if l.wait(l.ofAddress(a.origin(stranger)), 0) == 0 {
		t.Error("it came from elsewhere")
	}
}

// What one product is asked for costs no other one.
func TestRateOfAProduct(t *testing.T) {
	s := known(t, func(_ *shop, c *Config) { c.Rates.Product, c.Rates.User = 2, 1 })
	s.put(t, "1", sale.Terms{Quantity: 9})
	s.put(t, "2", sale.Terms{Quantity: 9})
	for range 9 { // who proves nothing, or has spent their own, spends nothing
		s.do(t, "POST", buy1, `{}`).problem(t, unauthenticated)
	}
	s.do(t, "POST", buy1, `{}`, s.as(t, "a")...).want(t, 201)
	for range 9 {
		s.do(t, "POST", buy1, `{}`, s.as(t, "a")...).problem(t, rateLimited)
	}
	s.do(t, "POST", buy1, `{}`, s.as(t, "b")...).want(t, 201)
	r := s.do(t, "POST", buy1, `{}`, s.as(t, "c")...)
	if r.problem(t, rateLimited); r.header("RateLimit") != `"product";r=0;t=1` {
		t.Error(r.raw())
	}
	s.do(t, "POST", "/api/products/2/orders", `{}`, s.as(t, "d")...).want(t, 201)
}

// What it costs a request, beside a hundred thousand who were there before.
func BenchmarkAddressLimit(b *testing.B) {
	began := time.Now()
	l := newLimiter("address", 1e6)
	from := make([]netip.Prefix, 100_000)
	for i := range from {
		from[i] = identity.Network(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
		l.wait(l.ofAddress(from[i]), 0)
	}
	for i := 0; b.Loop(); i++ {
		l.wait(l.ofAddress(from[i%len(from)]), time.Since(began))
	}
}

// What it costs a request that a proxy passes on, which is the sum of who asks and how often.
func BenchmarkAddressLimitBehindAProxy(b *testing.B) {
	a, ctx := soldOutRequest(b)
	began := time.Now()
	a.Since = func(at time.Time) time.Duration { return at.Sub(began) }
	a.Trusted, a.limits.address = here, newLimiter("address", 1e9)
	ctx.SetRemoteAddr(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	ctx.Request.Header.Set("X-Forwarded-For", "198.51.100.7")
	b.ReportAllocs()
	for b.Loop() {
		ctx.Request.SetRequestURI(buy1) // as it is not parsed yet
		if a.addressLimited(ctx, buyRoute) {
			b.Fatal("it is limited")
		}
	}
}
