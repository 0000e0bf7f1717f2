package httpapi

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"

	"seckill/internal/live"
	"seckill/internal/sale"
)

// newest is how many orders a frame shows at most.
const newest = 100

// event is a server-sent event with data as JSON, which has no line breaks.
func event(name string, data any) []byte {
	b := append([]byte("event: "+name+"\ndata: "), must(json.Marshal(data))...)
	return append(b, "\n\n"...)
}

// away is what a build says where the store did not answer.
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
		news := slices.DeleteFunc(slices.Clone(all), func(o Order) bool { return last[o.Number] == o })
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

// watchOrder shows one order as often as it changes, and for the last time where
// it was rejected.
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
		if o == last {
			return live.Frame{}, live.Same
		}
		last = o
		frame := event("order", &o)
		return live.Frame{Whole: frame, News: frame}, live.News
	}
}
