package httpapi

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"seckill/internal/live"
	"seckill/internal/sale"
)

// productEvents streams a product's counters, and to operators its newest orders.
func (a *API) productEvents(ctx *fasthttp.RequestCtx, raw []byte) {
	id, err := url.PathUnescape(string(raw))
	if err != nil || !sale.CheckID(id) {
		broken(invalid, sale.RuleID.Of("id")).send(ctx)
		return
	}
	if _, err := a.product(a.ctx, id); err != nil {
		a.explain(err).send(ctx)
		return
	}
	shown := a.shownBy(ctx, watchProduct)
	var still func() bool
	if _, p := a.operator(a.ctx, shown, watchProduct); p == nil {
		still = a.still(shown, watchProduct)
	}
	a.stream(ctx, &stream{still: still}, func(ring func()) (watchers []*live.Watcher) {
		watchers = append(watchers, a.Hub.Watch(id, "product", func() live.Build { return a.watchProduct(id) }, ring))
		if still != nil {
			watchers = append(watchers, a.Hub.Watch(id, "orders", func() live.Build { return a.watchOrders(id) }, ring))
		}
		return watchers
	})
}

// orderEvents streams one order that is known to exist, to who may see it.
func (a *API) orderEvents(ctx *fasthttp.RequestCtx, raw []byte) {
	id, err := sale.ParseOrderID(string(raw))
	if err != nil {
		broken(invalid, sale.RuleUUID.Of("order_id")).send(ctx)
		return
	}
	shown := a.shownBy(ctx, watchOrder)
	var still func() bool
	if _, p := a.operator(a.ctx, shown, watchOrder); p == nil {
		still = a.still(shown, watchOrder)
	}
	s := &stream{still: still}
	t, err := readTrace(ctx.QueryArgs())
	if err == nil {
		var o Order
		v := a.viewer(nativeRequest{ctx}, still != nil)
		if !v.all {
			s.ends = a.Buyers.End(v.buyer)
		}
		t = v.of(t)
		if o, err = v.seen(a.known(a.ctx, id, t)); err == nil && o.Status == string(sale.Rejected) {
			err = sale.ErrNotFound
		}
		if still == nil {
			s.buyer = o.UserID
		}
	}
	if err != nil {
		a.explain(err).send(ctx)
		return
	}
	s.order = id
	view := "order " + string(t.Product) + " " + string(t.User)
	a.stream(ctx, s, func(ring func()) []*live.Watcher {
		return []*live.Watcher{a.Hub.Watch(id.String(), view, func() live.Build { return a.watchOrder(id, t) }, ring)}
	})
}

// ask gives a build as long as a read may take.
func ask(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, catchUp)
}

// newest is how many orders a frame shows at most.
const newest = 100

// event is a server-sent event with data as JSON, which has no line breaks.
func event(name string, data any) []byte {
	b := append([]byte("event: "+name+"\ndata: "), must(json.Marshal(data))...)
	return append(b, "\n\n"...)
}

// away is what a build says if the store did not answer.
func away(err error) (live.Frame, live.Word) {
	if errors.Is(err, sale.ErrNotFound) {
		return live.Frame{}, live.Gone
	}
	return live.Frame{}, live.Same // asked again with the next pulse
}

// watchProduct shows a product as often as more than its time has changed.
func (a *API) watchProduct(id string) live.Build {
	var last []byte
	return func(ctx context.Context) (live.Frame, live.Word) {
		ctx, cancel := ask(ctx)
		defer cancel()
		p, err := a.product(ctx, id)
		if err != nil {
			return away(err)
		}
		body := a.productBody(ctx, &p)
		frame := event("product", &body)
		body.ServerTime = ""
		timeless := event("product", &body)
		if bytes.Equal(timeless, last) {
			return live.Frame{}, live.Same
		}
		last = timeless
		return live.Frame{Whole: frame, News: frame}, live.News
	}
}

// watchOrders shows the newest orders: all of them at first, then those that
// came or changed.
func (a *API) watchOrders(id string) live.Build {
	last := map[int64]Order{}
	return func(ctx context.Context) (live.Frame, live.Word) {
		ctx, cancel := ask(ctx)
		defer cancel()
		if _, err := a.product(ctx, id); err != nil {
			return away(err)
		}
		orders, err := a.Store.List(ctx, sale.Query{Product: id, Newest: true, Limit: newest})
		if err != nil {
			return away(err)
		}
		all := orderBodies(orders)
		news := slices.DeleteFunc(slices.Clone(all), func(o Order) bool { return o.is(last[o.Number]) })
		if len(news) == 0 {
			return live.Frame{}, live.Same
		}
		last = maps.Collect(numbered(all))
		return live.Frame{Whole: event("orders", all), News: event("orders", news)}, live.News
	}
}

func numbered(orders []Order) func(yield func(int64, Order) bool) {
	return func(yield func(int64, Order) bool) {
		for _, o := range orders {
			if !yield(o.Number, o) {
				return
			}
		}
	}
}

// watchOrder shows one order as often as it changes, and for the last time if
// it was rejected. One that the store has is not looked at before it has changed.
func (a *API) watchOrder(id sale.OrderID, t Trace) live.Build {
	var last Order
	return func(ctx context.Context) (live.Frame, live.Word) {
		if last.Status == string(sale.Rejected) {
			return live.Frame{}, live.Gone
		}
		o, err := a.find(ctx, id, t)
		if err != nil {
			return away(err)
		}
		still := o.Status != string(sale.Queued) && o.Status != string(sale.Rejected)
		if o.is(last) {
			return live.Frame{Still: still}, live.Same
		}
		last = o
		frame := event("order", &o)
		return live.Frame{Whole: frame, News: frame, Still: still}, live.News
	}
}

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
