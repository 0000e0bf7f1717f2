package httpapi

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"seckill/internal/live"
	"seckill/internal/sale"
)

const (
	// heartbeat is how often a stream says something: a browser that has gone is
	// noticed at the next write.
	heartbeat = 15 * time.Second
	// takeTimeout is how long a reader may take over a frame. Who is slower is
	// cut off, and a browser comes back by itself.
	takeTimeout = 10 * time.Second
)

const streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n" +
	"X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nretry: 1000\n\n"

// A stream is one who watches. It rings when there is something to write, and
// has a goroutine only while it writes: the stacks of those who wait would be
// most of what thousands of watchers cost.
//
//	begin ──► writing ──nothing more──► resting ──ring──► writing …
//	             └── gone, slow, ended, shutting down ──► closed
type stream struct {
	conn     net.Conn
	peer     peer
	watchers []*live.Watcher
	rings    atomic.Int64 // not heeded yet; above 0 while a goroutine writes, and for ever after the end
	beats    *time.Timer
	beat     atomic.Bool     // it is time to say something
	waits    context.Context // done when the stream is to end
	ends     time.Time       // with a buyer's proof; zero: it does not
	still    func() bool     // whether an operator is still one; nil: it is no operator's
	from     netip.Prefix    // by what it is counted; not valid: it is not
	buyer    string          // likewise: whose the order is that it shows; empty: nobody's
	order    sale.OrderID    // that it shows; zero: none
	left     func()          // called at the end
}

// stream turns the connection into an event stream. What began it goes back to
// fasthttp, so that a watcher costs a connection and no buffers. Nothing more is
// written once s.still says no, or after s.ends. One that is one too many is refused.
func (a *API) stream(ctx *fasthttp.RequestCtx, s *stream, watch func(ring func()) []*live.Watcher) {
	if ctx.IsHead() {
		guard(ctx)
		ctx.SetContentType("text/event-stream")
		return
	}
	s.from, _ = a.stranger(nativeRequest{ctx})
	if k, ok := a.streams.enter(s); !ok {
		refuse(ctx, k)
		return
	}
	s.rings.Store(1) // a frame that comes now waits until it has begun
	s.watchers = watch(s.ring)
	ctx.HijackSetNoResponse(true)
	ctx.Hijack(func(c net.Conn) {
		if h, ok := c.(interface{ UnsafeConn() net.Conn }); ok {
			c = h.UnsafeConn()
		}
		go a.begin(s, c)
	})
}

// begin writes what there is, after which the stream goes by what rings.
func (a *API) begin(s *stream, c net.Conn) {
	s.conn, s.peer, s.waits = c, peerOf(c), a.waiting
	leave := func() {}
	if !s.ends.IsZero() {
		s.waits, leave = context.WithTimeout(a.waiting, s.ends.Sub(a.Now()))
	}
	s.beats = time.AfterFunc(heartbeat, func() {
		s.beat.Store(true)
		s.ring()
	})
	forget := context.AfterFunc(s.waits, s.ring)
	s.left = func() {
		s.beats.Stop()
		forget()
		leave()
		a.streams.leave(s)
	}
	if !s.say([]byte(streamHead)) {
		s.end()
		return
	}
	s.write()
}

// ring says that there is something to write. It never blocks.
func (s *stream) ring() {
	if s.rings.Add(1) == 1 {
		go s.write()
	}
}

// write writes until it has heeded every ring.
func (s *stream) write() {
	for heard := s.rings.Load(); heard > 0; heard = s.rings.Add(-heard) {
		if s.waits.Err() != nil || !s.drain() {
			s.end()
			return
		}
	}
}

// drain writes the frames that are there, and false if the stream is at its end.
func (s *stream) drain() bool {
	for _, w := range s.watchers {
		frame, open := w.Next()
		for ; frame != nil; frame, open = w.Next() {
			if s.still != nil && !s.still() || !s.say(frame) {
				return false
			}
		}
		if !open {
			return false
		}
	}
	if s.beat.Swap(false) {
		s.beats.Reset(heartbeat)
		return s.say([]byte(":\n\n"))
	}
	return true
}

func (s *stream) say(frame []byte) bool {
	if s.peer.gone() {
		return false
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(takeTimeout))
	_, err := s.conn.Write(frame)
	return err == nil
}

func (s *stream) end() {
	_ = s.conn.Close() // what was not taken by now is for nobody
	for _, w := range s.watchers {
		w.Close()
	}
	s.left()
}
