package connlimit

import (
	"net"
	"net/netip"
	"testing"
)

// enterFrom is a guest from another address of this machine, let in or turned away when all others are idle.
func (h *house) enterFrom(address string) guest {
	h.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	c, err := d.Dial("tcp", h.Addr().String())
	if err != nil {
		h.t.Skipf("this machine has no %s: %v", address, err)
	}
	h.t.Cleanup(func() { c.Close() })
	return guest{c, h.t}
}

// By address: 127.0.0.1 is nobody's.
func byAddress(a netip.Addr) (from netip.Prefix) {
	if a != netip.MustParseAddr("127.0.0.1") {
		from, _ = a.Prefix(32)
	}
	return from
}

// Whoever takes all that an address may loses their own oldest, and nobody else's is closed.
func TestAnAddressAtItsBound(t *testing.T) {
	h := open(t, 100)
	h.Each(2, byAddress)
	h.serve()
	other, unbounded := h.enterFrom("127.0.0.3"), []guest{h.enter(), h.enter(), h.enter()}
	h.asks(other)
	first, second := h.enterFrom("127.0.0.2"), h.enterFrom("127.0.0.2")
	h.asks(second)
	h.asks(first)
	h.pass()
	third := h.enterFrom("127.0.0.2")
	h.asks(third)
	second.closed()
	h.asks(first)
	h.asks(other)
	for _, g := range unbounded {
		h.asks(g)
	}
	h.until(func() bool { return h.Len() == 6 })
}

// If all of an address are worked on, the new one is closed, and those of others are taken meanwhile.
func TestAnAddressWhoseConnectionsAreAllBusy(t *testing.T) {
	h := open(t, 100)
	h.Each(2, byAddress)
	h.serve()
	busy := []guest{h.enterFrom("127.0.0.2"), h.enterFrom("127.0.0.2")}
	for _, g := range busy {
		if err := g.say("wait"); err != nil {
			t.Fatal(err)
		}
	}
	h.until(func() bool { return h.Busy() == 2 })
	h.pass()
	h.enterFrom("127.0.0.2").closed()
	h.asks(h.enterFrom("127.0.0.3"))
	close(h.leave)
	for _, g := range busy {
		if err := g.hear(); err != nil {
			t.Error(err)
		}
		g.Close()
	}
	h.until(func() bool { return h.Len() == 1 })
	h.asks(h.enterFrom("127.0.0.2")) // who has gone counts no more
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.origins) != 2 {
		t.Errorf("origins: %v", h.origins)
	}
}

// Nor do those of an address that take nothing keep others from there out.
func TestAnAddressWhoseConnectionsTakeNothing(t *testing.T) {
	h := open(t, 100)
	h.Each(2, byAddress)
	on := h.slowly()
	h.serve()
	for range 2 {
		if err := h.enterFrom("127.0.0.2").say("hello"); err != nil {
			t.Fatal(err)
		}
	}
	h.writes(2)
	on.Store(false)
	h.enterFrom("127.0.0.2").closed() // it is seen that nothing is taken
	h.pass()
	h.asks(h.enterFrom("127.0.0.2"))
	h.writes(1)
}

// Nobody waits for, or makes room for, an address that fills the room with connections that take nothing, and comes again
// and again.
func TestAnAddressThatFillsTheRoomAndTakesNothing(t *testing.T) {
	h := open(t, 16)
	h.Each(0, byAddress)
	slow := h.slowly()
	h.serve()
	comes := func(from string, takesNothing bool) guest {
		t.Helper()
		slow.Store(takesNothing)
		before := h.entered.Load()
		g := h.enterFrom(from)
		h.until(func() bool { return h.entered.Load() > before })
		return g
	}
	kept := []guest{comes("127.0.0.3", false)}
	h.asks(kept[0])
	h.pass()
	for range 15 {
		if err := comes("127.0.0.2", true).say("hello"); err != nil {
			t.Fatal(err)
		}
	}
	h.writes(15)
	for n := range 8 { // and time does not pass
		if err := comes("127.0.0.2", true).say("hello"); err != nil {
			t.Fatal(err)
		}
		h.writes(15 - n)
		buyer := comes("127.0.0.4", false)
		h.asks(buyer)
		kept = append(kept, buyer)
	}
	for _, g := range kept {
		h.asks(g)
	}
}
