package httpapi

import (
	"context"
	"encoding/csv"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"

	"seckill/internal/sale"
)

const (
	formatCSV = "text/csv"
	// csvPage is how many orders of a CSV are held at once.
	csvPage = 1000
)

// Orders is a page of orders.
type Orders struct {
	Orders []Order `json:"orders" nullable:"false"`
	Next   int64   `json:"next,omitempty,omitzero" doc:"Ask again with after=next; absent: that was all"`
}

type listInput struct {
	ProductRef
	Accept string `header:"Accept" doc:"text/csv: all orders, streamed, whatever limit says"`
	Status string `query:"status" enum:"placed,paid,cancelled,expired"`
	After  int64  `query:"after" minimum:"0" doc:"The number of the last order that is known"`
	Order  string `query:"order" enum:"oldest,newest" default:"oldest"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

func (in *listInput) query() sale.Query {
	return sale.Query{
		Product: in.ID, Status: sale.Status(in.Status), After: in.After, Newest: in.Order == "newest", Limit: in.Limit,
	}
}

// list answers with a page as JSON, or with everything as CSV.
func (a *API) list(ctx context.Context, in *listInput) (*huma.StreamResponse, error) {
	a.awaitStore(ctx)
	if _, err := a.product(ctx, in.ID); err != nil {
		return nil, a.explain(err)
	}
	q := in.query()
	if in.Accept == formatCSV {
		return &huma.StreamResponse{Body: func(c huma.Context) { a.listCSV(c, q) }}, nil
	}
	orders, err := a.Store.List(ctx, q)
	if err != nil {
		return nil, a.explain(err)
	}
	page := Orders{Orders: orderBodies(orders)}
	if n := len(orders); n == q.Limit {
		page.Next = orders[n-1].Number
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/json")
		_ = json.MarshalWrite(c.BodyWriter(), &page) // who does not read the answer has gone
	}}, nil
}

// listCSV streams every order that q asks for, as RFC 4180 has it. Where the store
// fails on the way the connection is cut: half a list must not look like one.
func (a *API) listCSV(c huma.Context, q sale.Query) {
	r, w := humago.Unwrap(c)
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="orders-`+q.Product+`.csv"`)
	out := csv.NewWriter(w)
	out.UseCRLF = true
	_ = out.Write(csvHead) // the errors of a csv.Writer stay: Error shows them
	q.Limit = csvPage
	for more := r.Method != http.MethodHead; more; {
		orders, err := a.Store.List(a.ctx, q)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		for _, o := range orderBodies(orders) {
			_ = o.writeCSV(out)
		}
		out.Flush()
		_ = control.SetWriteDeadline(time.Now().Add(writeTimeout)) // for each page: the list may be long
		if out.Error() != nil || control.Flush() != nil {
			panic(http.ErrAbortHandler)
		}
		if more = len(orders) == q.Limit; more {
			q.After = orders[len(orders)-1].Number
		}
	}
	out.Flush()
}
