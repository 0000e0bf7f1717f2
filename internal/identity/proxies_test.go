package identity

import (
	"net/netip"
	"strings"
	"testing"
)

func TestWhereARequestComesFrom(t *testing.T) {
	proxies := Trusted{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		peer string
		said []string // X-Forwarded-For, each header
		want string
	}{
		"nobody is in front":                      {"192.0.2.1", nil, "192.0.2.1"},
		"somebody who is no proxy says otherwise": {"192.0.2.1", []string{"198.51.100.7"}, "192.0.2.1"},
		"a proxy":                   {"10.0.0.1", []string{"198.51.100.7"}, "198.51.100.7"},
		"a proxy that says nothing": {"10.0.0.1", nil, "10.0.0.1"},
		"two of them":               {"10.0.0.1", []string{"198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		"what the client wrote before counts not": {"10.0.0.1", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		"nor if it names a proxy":                 {"10.0.0.1", []string{"10.0.0.9, 198.51.100.7"}, "198.51.100.7"},
		"twice: the last is the proxy's":          {"10.0.0.1", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7"},
		"all of it inside":                        {"10.0.0.1", []string{"10.0.0.3,10.0.0.2"}, "10.0.0.3"},
		"garbage before":                          {"10.0.0.1", []string{"x, , %, 198.51.100.7"}, "198.51.100.7"},
		"garbage of the proxy's":                  {"10.0.0.1", []string{"198.51.100.7, unknown"}, "10.0.0.1"},
		"garbage behind a proxy":                  {"10.0.0.1", []string{"_hidden, 10.0.0.2"}, "10.0.0.2"},
		"empty":                                   {"10.0.0.1", []string{""}, "10.0.0.1"},
		"with a port":                             {"10.0.0.1", []string{"198.51.100.7:4711"}, "198.51.100.7"},
		"over IPv6":                               {"fd00::1", []string{"2001:db8::7"}, "2001:db8::7"},
		"with a port and a zone":                  {"fd00::1", []string{"[fe80::7%eth0]:4711"}, "fe80::7"},
		"IPv4 in IPv6":                            {"10.0.0.1", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		"a proxy as IPv4 in IPv6":                 {"10.0.0.1", []string{"198.51.100.7, ::ffff:10.0.0.2"}, "198.51.100.7"},
		"more than anybody has":                   {"10.0.0.1", []string{strings.Repeat("10.0.0.2,", 900) + "198.51.100.7"}, "198.51.100.7"},
		"a network is no address":                 {"10.0.0.1", []string{"198.51.100.0/24"}, "10.0.0.1"},
		"a number that some read as an address":   {"10.0.0.1", []string{"3325256711"}, "10.0.0.1"},
		"and one with zeros before":               {"10.0.0.1", []string{"198.051.100.007"}, "10.0.0.1"},
		"a socket without an address":             {"", []string{"198.51.100.7"}, ""},
	} {
		s := sent{peer: c.peer}
		for _, v := range c.said {
			s.headers = append(s.headers, "X-Forwarded-For", v)
		}
		got, want := proxies.Client(s), netip.Addr{}
		if c.want != "" {
			want = netip.MustParseAddr(c.want)
		}
		if got != want {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
	}
}

// An address is read in one way, however it is read.
func FuzzForwarded(f *testing.F) {
	for _, hop := range []string{"198.51.100.7", "0.0.0.0", "255.255.255.255", "256.1.1.1", "01.2.3.4", "1.2.3", "1.2.3.4.5", "1..2.3", "1.2.3.", ".1.2.3", "", "1.2.3.4:5", "::1", "2001:db8::7%eth0", "::ffff:1.2.3.4"} {
		f.Add(hop)
	}
	f.Fuzz(func(t *testing.T, hop string) {
		got, ok := plainIPv4([]byte(hop))
		want, err := netip.ParseAddr(hop)
		if isOne := err == nil && want.Is4(); ok != isOne || ok && got != want {
			t.Errorf("%q: %v %v, not %v %v", hop, got, ok, want, err)
		}
	})
}
