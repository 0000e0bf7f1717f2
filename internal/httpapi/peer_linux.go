package httpapi

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// A peer is who reads at the other end of a connection, as the system knows it.
type peer struct{ raw syscall.RawConn } // nil: it knows nothing

// peerOf also bounds for how long the system sends to who does not take it: a
// peer that lost its power says no goodbye.
func peerOf(c net.Conn) (p peer) {
	for below, ok := c.(interface{ NetConn() net.Conn }); ok; below, ok = c.(interface{ NetConn() net.Conn }) {
		c = below.NetConn() // of TLS, and of those that are counted
	}
	if s, ok := c.(syscall.Conn); ok {
		p.raw, _ = s.SyscallConn() // nil on an error
	}
	if p.raw != nil {
		_ = p.raw.Control(func(fd uintptr) { // if it fails, a peer is noticed later
			_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(takeTimeout.Milliseconds()))
		})
	}
	return p
}

// gone reports whether the peer has closed its end, which a write would only tell
// the second time. What it sends beyond its request is for nobody, as is the last word of TLS.
func (p peer) gone() (gone bool) {
	if p.raw == nil {
		return false
	}
	err := p.raw.Control(func(fd uintptr) {
		var b [64]byte
		n, err := unix.Read(int(fd), b[:])
		for more := 8; n > 0 && more > 0; more-- {
			n, err = unix.Read(int(fd), b[:])
		}
		gone = n == 0 && err == nil || err != nil && err != unix.EAGAIN && err != unix.EINTR
	})
	return gone || err != nil
}
