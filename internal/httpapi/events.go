package httpapi

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"seckill/internal/live"
	"seckill/internal/sale"
)

const (
	// hearbeat is how often a stream says something: a browser that has gone is
	// noticed at the second write that it does not take.
	heartbeat = 15 * time.Second
	// takeTimeout is how long a reader may take over a frame. Who is slower is
	// cut off, and a browser comes back by itself.
	takeTimeout = 10 * time.Second
)

const streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n" +
	"X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nretry: 1000\n\n"

// productEvents streams a product's counters, and to operators its newest orders.
func (a *API) productEvents(ctx *fasthttp.RequestCtx, raw []byte) {
	id, err := url.PathUnescape(string(raw))
	if err != nil || !sale.CheckID(id) {
		broken(invalid, "id", sale.IDRule).send(ctx)
		return
	}
	if _, err := a.product(a.ctx, id); err != nil {
		a.explain(err).send(ctx)
		return
	}
	a.stream(ctx, func() (watchers []*live.Watcher) {
		watchers = append(watchers, a.Hub.Watch(id, "product", func() live.Build { return a.watchProduct(id) }))
		if a.operator(ctx) {
			watchers = append(watchers, a.Hub.Watch(id, "orders", func() live.Build { return a.watchOrders(id) }))
		}
		return watchers
	})
}

// orderEvents streams one order, to who knows its id.
func (a *API) orderEvents(ctx *fasthttp.RequestCtx, raw []byte) {
	id, err := sale.ParseOrderID(string(raw))
	if err != nil {
		broken(invalid, "order_id", err.Error()).send(ctx)
		return
	}
	t, err := readTrace(ctx.QueryArgs())
	if err == nil {
		_, err = a.find(a.ctx, id, t)
	}
	if err != nil {
		a.explain(err).send(ctx)
		return
	}
	view := "order " + t.Product + " " + t.User
	a.stream(ctx, func() []*live.Watcher {
		return []*live.Watcher{a.Hub.Watch(id.String(), view, func() live.Build { return a.watchOrder(id, t) })}
	})
}

func (a *API) operator(ctx *fasthttp.RequestCtx) bool {
	h := &ctx.Request.Header
	return a.Auth.Allows(string(h.Peek("Authorization")), string(h.Cookie(authCookie)))
}

// readTrace reads the same parameters as huma does for a Trace, by the same rules.
func readTrace(q *fasthttp.Args) (t Trace, err error) {
	t.Product, t.User = string(q.Peek("product")), string(q.Peek("user"))
	t.Epoch, err = strconv.ParseInt(string(q.Peek("epoch")), 10, 64)
	var bad sale.Invalid
	for _, f := range []struct {
		name, rule string
		ok         bool
	}{
		{"product", sale.IDRule, sale.CheckID(t.Product)},
		{"user", sale.IDRule, sale.CheckID(t.User)},
		{"epoch", "must be a whole number", err == nil && t.Epoch >= 0},
	} {
		if n := len(q.PeekMulti(f.name)); n > 1 || n == 1 && !f.ok {
			bad = append(bad, sale.FieldError{Field: f.name, Rule: f.rule})
		}
	}
	if len(bad) > 0 {
		return t, bad
	}
	return t, nil
}

// stream turns the connection into an event stream. What began it goes back to
// fasthttp, so that a watcher costs a connection, a goroutine, and no buffers.
func (a *API) stream(ctx *fasthttp.RequestCtx, watch func() []*live.Watcher) {
	if ctx.IsHead() {
		ctx.SetContentType("text/event-stream")
		return
	}
	watchers := watch()
	a.streams.Add(1)
	ctx.HijackSetNoResponse(true)
	ctx.Hijack(func(c net.Conn) {
		if h, ok := c.(interface{ UnsafeConn() net.Conn }); ok {
			c = h.UnsafeConn()
		}
		go a.feed(c, watchers)
	})
}

// feed writes to one watcher until it or the server goes.
func (a *API) feed(c net.Conn, watchers []*live.Watcher) {
	defer a.streams.Done()
	defer func() { _ = c.Close() }()  // what was not taken by now is for nobody
	var product, orders <-chan []byte // nil: never anything
	for i, frames := range []*<-chan []byte{&product, &orders} {
		if i < len(watchers) {
			*frames = watchers[i].Frames()
			defer watchers[i].Close()
		}
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	frame, open := []byte(streamHead), true
	for open {
		_ = c.SetWriteDeadline(time.Now().Add(takeTimeout))
		if _, err := c.Write(frame); err != nil {
			return
		}
		select {
		case frame, open = <-product:
		case frame, open = <-orders:
		case <-beat.C:
			frame = []byte(":\n\n")
		case <-a.waits.Done():
			return
		}
	}
}

// ask gives a build as long as a read may take.
func ask(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, catchUp)
}
