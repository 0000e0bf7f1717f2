package connlimit

import (
	"net"
	"net/netip"
	"slices"
)

// Each bounds the connections of one origin, 0: not; of is whose one is, or no valid one of those that
// are everybody's. At the bound the one of the origin that is idle for longest is closed for each new one, and
// if none is, the new one: nobody else's, and nobody waits. It is called before the first Accept.
func (l *Listener) Each(most int, of func(netip.Addr) netip.Prefix) { l.each, l.of = most, of }

// origin is whose a connection is.
func (l *Listener) origin(c net.Conn) (from netip.Prefix) {
	if peer, ok := c.RemoteAddr().(*net.TCPAddr); ok && l.of != nil {
		return l.of(peer.AddrPort().Addr().Unmap())
	}
	return from
}

// mayCome reports whether there is room for one more of an origin, and makes it if it can.
func (l *Listener) mayCome(from netip.Prefix) bool {
	if l.each == 0 || !from.IsValid() {
		return true
	}
	l.mu.Lock()
	theirs := l.origins[from]
	if len(theirs) < l.each {
		l.mu.Unlock()
		return true
	}
	var idle []idler
	now := l.now()
	for _, c := range theirs {
		if i, ok := c.look(now); ok && now-i.since >= int64(idleFor) {
			idle = append(idle, i)
		}
	}
	l.mu.Unlock()
	var oldest idler
	for _, i := range idle {
		if i.was > 0 && unread(i.Conn) {
			continue
		}
		if oldest.conn == nil || i.since < oldest.since {
			oldest = i
		}
	}
	return oldest.conn != nil && l.evict(oldest)
}

// evict closes a connection, if it is idle still.
func (l *Listener) evict(i idler) bool {
	if !i.state.CompareAndSwap(i.was, gone) {
		return false
	}
	l.remove(i.conn)
	_ = i.Conn.Close() // whoever reads from it gets the error
	return true
}

// join and leave keep the list of an origin; l.mu is held.
func (l *Listener) join(c *conn) {
	if l.each > 0 && c.from.IsValid() {
		l.origins[c.from] = append(l.origins[c.from], c)
	}
}

func (l *Listener) leave(c *conn) {
	theirs := l.origins[c.from]
	i := slices.Index(theirs, c)
	switch {
	case i < 0:
	case len(theirs) == 1:
		delete(l.origins, c.from)
	default:
		last := len(theirs) - 1
		theirs[i], theirs[last] = theirs[last], nil
		l.origins[c.from] = theirs[:last]
	}
}
