package httpapi

import (
	"context"
	"net/url"
	"strconv"

	"github.com/valyala/fasthttp"

	"seckill/internal/live"
	"seckill/internal/sale"
)

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
	a.stream(ctx, func(ring func()) (watchers []*live.Watcher) {
		watchers = append(watchers, a.Hub.Watch(id, "product", func() live.Build { return a.watchProduct(id) }, ring))
		if a.operator(ctx) {
			watchers = append(watchers, a.Hub.Watch(id, "orders", func() live.Build { return a.watchOrders(id) }, ring))
		}
		return watchers
	})
}

// orderEvents streams one order that is known to exist, to who knows its id.
func (a *API) orderEvents(ctx *fasthttp.RequestCtx, raw []byte) {
	id, err := sale.ParseOrderID(string(raw))
	if err != nil {
		broken(invalid, "order_id", err.Error()).send(ctx)
		return
	}
	t, err := readTrace(ctx.QueryArgs())
	if err == nil {
		var o Order
		if o, err = a.known(a.ctx, id, t); err == nil && o.Status == string(sale.Rejected) {
			err = sale.ErrNotFound
		}
	}
	if err != nil {
		a.explain(err).send(ctx)
		return
	}
	view := "order " + t.Product + " " + t.User
	a.stream(ctx, func(ring func()) []*live.Watcher {
		return []*live.Watcher{a.Hub.Watch(id.String(), view, func() live.Build { return a.watchOrder(id, t) }, ring)}
	})
}

func (a *API) operator(ctx *fasthttp.RequestCtx) bool {
	h := &ctx.Request.Header
	return a.operates(string(h.Peek("Authorization")), string(h.Cookie(authCookie)), Sender{ctx.RemoteAddr().String(), ctx.SetConnectionClose})
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

// ask gives a build as long as a read may take.
func ask(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, catchUp)
}
