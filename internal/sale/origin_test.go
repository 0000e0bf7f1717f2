package sale

import "testing"

// from is an order that counts against an address.
func from(origin string, r Record) Record {
	r.Origin = origin
	return r
}

// A network is known again at one product, and at no other, nor by another secret.
func TestOriginOf(t *testing.T) {
	of := func(secret, product, network string) string { return OriginOf([]byte(secret), product, network) }
	origin := of("s", "p", "203.0.113.7/32")
	if !CheckOrigin(origin) || origin != of("s", "p", "203.0.113.7/32") {
		t.Errorf("an origin is %q", origin)
	}
	for _, other := range []string{of("t", "p", "203.0.113.7/32"), of("s", "q", "203.0.113.7/32"), of("s", "p", "203.0.113.8/32"), of("s", "p", "2001:db8::/64")} {
		if other == origin {
			t.Errorf("two of them are %q", origin)
		}
	}
	for _, none := range []string{"", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "0123456789abcdeg"} {
		if CheckOrigin(none) {
			t.Errorf("%q is none", none)
		}
	}
}
