package httpapi

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"

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
