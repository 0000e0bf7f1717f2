package connlimit

import (
	"math"
	"net"
	"net/netip"
	"sync/atomic"
)

const (
	// answeredOnce is in the state of a connection that was written to.
	answeredOnce = 1 << 62
	gone         = math.MinInt64
)

// A conn is idle from when it is there, and then from the end of each write, until
// something was read. One that waits for more of what it has begun to read is idle too, and one
// whose client does not take what is written to it.
type conn struct {
	net.Conn
	l    *Listener
	at   int          // in l.open
	from netip.Prefix // in l.origins

	// state is since when it is idle, by l.now; negative while it is not, and gone at
	// its end.
	state atomic.Int64
	// writes are those that have begun and those that have ended: an odd number while one is under way.
	writes atomic.Uint32
	// stuck is the write that was under way at a look, and since when at least. l.mu guards it.
	stuck struct {
		writes uint32
		since  int64
	}
	// spared is until when it is not closed, idle as it has been since then, for what
	// it sent is about to be read. Nobody reads what an event stream is sent. For
	// Accept alone.
	spared struct{ was, until int64 }
	// shakes is set while what is written answers nobody yet. For those who write.
	shakes bool
}

func (c *conn) Read(b []byte) (int, error) {
	if since := c.state.Load(); since < 0 && since != gone {
		c.state.CompareAndSwap(since, -since)
	}
	n, err := c.Conn.Read(b)
	if !c.busy() {
		return 0, net.ErrClosed
	}
	return n, err
}

func (c *conn) Write(b []byte) (int, error) {
	if !c.busy() {
		return 0, net.ErrClosed
	}
	c.writes.Add(1)
	n, err := c.Conn.Write(b)
	c.writes.Add(1)
	answered := int64(answeredOnce)
	if c.shakes {
		answered = 0
	}
	for since := c.state.Load(); since != gone && !c.state.CompareAndSwap(since, c.l.now()|answered); {
		since = c.state.Load() // somebody reads at the same time
	}
	return n, err
}

// busy keeps the connection from being closed; false: it is already.
func (c *conn) busy() bool {
	since := c.state.Load()
	for since >= 0 && !c.state.CompareAndSwap(since, -since) {
		since = c.state.Load()
	}
	return since != gone
}

// look is a connection as it is now; false: something is being worked on for it. l.mu is held.
func (c *conn) look(now int64) (i idler, ok bool) {
	i = idler{c, c.state.Load(), 0}
	switch writes := c.writes.Load(); {
	case i.was > 0:
		i.since = i.was &^ answeredOnce
	case i.was == gone || writes%2 == 0:
		return i, false
	default:
		if c.stuck.writes != writes {
			c.stuck.writes, c.stuck.since = writes, now
		}
		i.since = c.stuck.since
	}
	return i, true
}

// ShakeHands says that a handshake begins, or has ended: what is written until then makes a connection no
// answered one, for anybody gets it.
func (c *conn) ShakeHands(on bool) { c.shakes = on }

// NetConn is the connection that is counted. What reads from it past this one is not seen.
func (c *conn) NetConn() net.Conn { return c.Conn }

func (c *conn) Close() error {
	if c.state.Swap(gone) == gone {
		return nil
	}
	c.l.remove(c)
	return c.Conn.Close()
}
