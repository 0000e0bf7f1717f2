package identity

import (
	"bytes"
	"net/netip"
	"slices"
)

// Trusted are the networks of the proxies in front: what they say of a request is believed.
type Trusted []netip.Prefix

// Has reports whether address is one of theirs.
func (t Trusted) Has(address netip.Addr) bool {
	return slices.ContainsFunc(t, func(from netip.Prefix) bool { return from.Contains(address) })
}

// Client is the address that r comes from: at the other end of the connection or, if a trusted proxy is there, the one that
// it says was at the other end of its own, and so on. What stands before that in X-Forwarded-For anybody may have written.
func (t Trusted) Client(r Request) netip.Addr {
	address := r.Peer()
	if !t.Has(address) {
		return address
	}
	for _, hops := range slices.Backward(r.Values("X-Forwarded-For")) {
		for before := 0; before >= 0; hops = hops[:max(before, 0)] {
			before = bytes.LastIndexByte(hops, ',')
			from, ok := forwarded(bytes.TrimSpace(hops[before+1:]))
			if !ok {
				return address
			}
			if address = from; !t.Has(address) {
				return address
			}
		}
	}
	return address
}

// Network is what counts as one address: of IPv6 the 64 bits in which one host may have any. What is no address is none.
func Network(address netip.Addr) netip.Prefix {
	bits := 32
	if address.Is6() {
		bits = 64
	}
	n, _ := address.WithZone("").Prefix(bits)
	return n
}

// forwarded is an address as proxies write it, with a port or without.
func forwarded(hop []byte) (address netip.Addr, ok bool) {
	if address, ok = plainIPv4(hop); ok {
		return address, true
	}
	text := string(hop)
	address, err := netip.ParseAddr(text)
	if err != nil {
		var withPort netip.AddrPort
		withPort, err = netip.ParseAddrPort(text)
		address = withPort.Addr()
	}
	return address.Unmap().WithZone(""), err == nil
}

// plainIPv4 reads four numbers as netip.ParseAddr does, without a copy of them: most requests have such an address.
func plainIPv4(text []byte) (address netip.Addr, ok bool) {
	var parts [4]byte
	at, n, digits := 0, 0, 0
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9' && (digits == 0 || n > 0): // and no zeros before a number
			n, digits = 10*n+int(c-'0'), digits+1
			if n > 255 {
				return address, false
			}
		case c == '.' && digits > 0 && at < len(parts)-1:
			parts[at] = byte(n)
			at, n, digits = at+1, 0, 0
		default:
			return address, false
		}
	}
	parts[at] = byte(n)
	return netip.AddrFrom4(parts), at == len(parts)-1 && digits > 0
}

// OverTLS reports whether a browser sent r over TLS: it came so, a trusted proxy says so, or the page did that it comes from.
func (t Trusted) OverTLS(r Request) bool {
	if r.Secure() {
		return true
	}
	if origin := r.Values("Origin"); len(origin) > 0 && bytes.HasPrefix(origin[0], []byte("https://")) {
		return true
	}
	return t.Has(r.Peer()) && slices.ContainsFunc(r.Values("X-Forwarded-Proto"), func(v []byte) bool { return bytes.Contains(bytes.ToLower(v), []byte("https")) })
}
