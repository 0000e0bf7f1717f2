package httpapi

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"seckill/internal/sale"
)

// FoundOrders is a page of orders of all products.
type FoundOrders struct {
	Orders []Order `json:"orders" nullable:"false" doc:"The last placed first"`
	Next   string  `json:"next,omitempty,omitzero" doc:"Ask again with after=next; absent: that was all"`
	Count  *int64  `json:"count,omitempty,omitzero" doc:"How many there are on all pages, counted up to 100,000. With the first page only"`
}

// countMost is up to how many orders are counted.
const countMost = 100_000

type (
	// A PageRef is a page of orders of all products.
	PageRef struct {
		After string `query:"after" pattern:"^[0-9]{1,15}\\.[0-9]{1,18}\\.[A-Za-z0-9_-]{1,64}$" patternDescription:"what next was" doc:"What next was on the page before"`
		Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	}
	// An OfOrder narrows a list to what is of one order.
	OfOrder struct {
		OrderID string `query:"order_id" format:"uuid" pattern:"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" patternDescription:"a UUID in lower case"`
	}
	searchInput struct {
		PageRef
		UserID User `query:"user_id"`
		OfOrder
		Status string `query:"status" enum:"placed,paid,cancelled,expired"`
		From   string `query:"from" format:"date-time" doc:"Placed then, or later"`
		Until  string `query:"until" format:"date-time" doc:"Placed before then"`
	}
	myOrdersInput struct {
		PageRef
		Sender
	}
	searchOutput struct{ Body FoundOrders }
)

// query is the search that the parameters mean; they are of the right form.
func (in *searchInput) query() sale.Search {
	q := in.PageRef.query(string(in.UserID))
	q.Status, q.From, q.Until = sale.Status(in.Status), since1970(in.From), since1970(in.Until)
	return q
}

func (in *PageRef) query(user string) sale.Search {
	q := sale.Search{User: user, Limit: in.Limit}
	if in.After != "" {
		var ms int64
		must(fmt.Sscanf(in.After, "%d.%d.%s", &ms, &q.Behind.Number, &q.Behind.Product))
		q.Behind.At = time.UnixMilli(ms)
	}
	return q
}

// id is zero if there is none.
func (in *OfOrder) id() sale.OrderID {
	if in.OrderID == "" {
		return sale.OrderID{}
	}
	return must(sale.ParseOrderID(in.OrderID))
}

// since1970 is a time, and the first that counts if nothing was placed as early as that.
func since1970(text string) (t time.Time) {
	if text != "" {
		t = must(time.Parse(time.RFC3339, text))
		if first := time.UnixMilli(0); t.Before(first) {
			return first
		}
	}
	return t
}

func (a *API) searchRoutes(api huma.API) {
	huma.Register(api, searchOperation(), func(ctx context.Context, in *searchInput) (*searchOutput, error) {
		q := in.query()
		a.awaitStore(ctx)
		if in.OrderID != "" {
			found, err := a.findOne(ctx, in.id(), &q)
			return answer(a, &searchOutput{found}, err)
		}
		found, err := a.search(ctx, q)
		if err == nil && in.After == "" {
			q.Limit = countMost
			found.Count = new(int64)
			*found.Count, err = a.Store.Count(ctx, q)
		}
		return answer(a, &searchOutput{found}, err)
	})
	if a.Buyers == nil {
		return
	}
	huma.Register(api, myOrdersOperation(), func(ctx context.Context, in *myOrdersInput) (*searchOutput, error) {
		b, err := a.Buyers.Check(in.request)
		if err != nil {
			return nil, problem(unauthenticated)
		}
		a.awaitStore(ctx)
		found, err := a.search(ctx, in.query(b.User))
		own, v := []Order{}, viewer{buyer: b}
		for _, o := range found.Orders {
			if v.sees(o.ProductID, o.UserID) {
				own = append(own, o)
			}
		}
		found.Orders = own
		return answer(a, &searchOutput{found}, err)
	})
}

func (a *API) search(ctx context.Context, q sale.Search) (FoundOrders, error) {
	orders, err := a.Store.Search(ctx, q)
	found := FoundOrders{Orders: orderBodies(orders)}
	if n := len(orders); n == q.Limit {
		last := orders[n-1].Placing()
		found.Next = fmt.Sprintf("%d.%d.%s", last.At.UnixMilli(), last.Number, last.Product)
	}
	return found, err
}

// findOne finds one order by its id, if q asks for it.
func (a *API) findOne(ctx context.Context, id sale.OrderID, q *sale.Search) (FoundOrders, error) {
	orders, err := a.Store.OrdersByID(ctx, []sale.OrderID{id})
	if len(orders) > 0 && !q.Fits(&orders[0]) {
		orders = nil
	}
	n := int64(len(orders))
	return FoundOrders{Orders: orderBodies(orders), Count: &n}, err
}

func searchOperation() huma.Operation {
	return operation("GET", "/api/orders", "search-orders", "Orders of all products, by user, id, status and time", invalid, unavailable)
}

func myOrdersOperation() huma.Operation {
	return operation("GET", "/api/me/orders", "list-my-orders",
		"The orders of whoever proves who they are, once they are placed. Only where buyers are known (--buyer-auth)", unauthenticated, invalid, unavailable)
}
