package app

import (
	"net/netip"
	"slices"
	"testing"

	"seckill/internal/identity"
)

// A proxy has the connections of everybody, and so has this machine.
func TestWhoseConnectionsAreBounded(t *testing.T) {
	proxies := identity.Trusted{netip.MustParsePrefix("10.0.0.0/8")}
	for peer, want := range map[string]string{
		"127.0.0.1": "", "::1": "", "10.1.2.3": "", "192.0.2.1": "192.0.2.1/32", "2001:db8::7": "2001:db8::/64",
	} {
		if got := bounded(proxies, netip.MustParseAddr(peer)); got.IsValid() != (want != "") || got.IsValid() && got.String() != want {
			t.Errorf("%s: %v", peer, got)
		}
	}
}

// Between the last server's answer and the opening of the gates nothing is sold: a
// process that said it is ready then answered 503 to whoever came.
func TestAProcessWhoseServersAreThereIsNotReadyYet(t *testing.T) {
	w := waits{away: map[string]error{redis: errNotYet, kafka: errNotYet, postgres: errNotYet}}
	for _, server := range []string{redis, kafka, postgres} {
		if names := w.names(t.Context()); !slices.Contains(names, server+" (not connected yet)") {
			t.Fatalf("missing: %q", names)
		}
		w.note(server, nil)
	}
	if names := w.names(t.Context()); !slices.Equal(names, []string{"the gates are not open yet"}) {
		t.Fatalf("with all servers there, missing: %q", names)
	}
}
