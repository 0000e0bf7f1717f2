package httpapi

import (
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"seckill/internal/sale"
)

// An Order is an order as it is sent.
type Order struct {
	OrderID    string   `json:"order_id" format:"uuid"`
	ProductID  string   `json:"product_id"`
	UserID     string   `json:"user_id"`
	Status     string   `json:"status" enum:"queued,placed,paid,cancelled,expired,rejected" doc:"Only placed and paid hold a unit; placed is firm"`
	Number     int64    `json:"number,omitempty,omitzero" doc:"1 to n in its product"`
	Epoch      int64    `json:"epoch,omitempty,omitzero" doc:"Of the gate that admitted it"`
	PlacedAt   string   `json:"placed_at,omitempty,omitzero" format:"date-time"`
	PayBy      string   `json:"pay_by,omitempty,omitzero" format:"date-time" doc:"Absent: nothing is to be paid"`
	Price      *Price   `json:"price,omitempty,omitzero" doc:"At which it was placed"`
	EndedAt    string   `json:"ended_at,omitempty,omitzero" format:"date-time" doc:"When it was cancelled or expired"`
	PaymentID  string   `json:"payment_id,omitempty,omitzero" doc:"By which it is paid, or was until the shop has cancelled it. Absent: by none that is known"`
	VoidReason string   `json:"void_reason,omitempty,omitzero" doc:"Why the shop has cancelled it. Absent: it was not the shop"`
	Payment    *Payment `json:"payment,omitempty,omitzero" doc:"That was asked for with it: absent where it is not told yet, or is for another order"`
}

func orderBody(o *sale.Order) Order {
	return Order{
		OrderID: o.ID.String(), ProductID: o.ProductID, UserID: o.UserID, Status: string(o.Status),
		Number: o.Number, Epoch: o.Epoch, Price: priceBody(o.Price),
		PlacedAt: sale.FormatTime(o.PlacedAt), PayBy: sale.FormatTime(o.PayBy), EndedAt: sale.FormatTime(o.EndedAt), PaymentID: o.PaymentID, VoidReason: o.VoidReason,
	}
}

// is reports whether nothing of an order has changed.
func (o Order) is(other Order) bool {
	price := o.Price == other.Price || o.Price != nil && other.Price != nil && *o.Price == *other.Price
	o.Price, other.Price = nil, nil
	return price && o == other
}

func orderBodies(orders []sale.Order) []Order {
	bodies := make([]Order, len(orders))
	for i := range orders {
		bodies[i] = orderBody(&orders[i])
	}
	return bodies
}

// append writes an order that has just been admitted, and has no number or times
// yet, as JSON. Its ids need no escaping.
func (o *Order) append(b []byte) []byte {
	b = append(b, `{"order_id":"`...)
	b = append(b, o.OrderID...)
	b = append(b, `","product_id":"`...)
	b = append(b, o.ProductID...)
	b = append(b, `","user_id":"`...)
	b = append(b, o.UserID...)
	b = append(b, `","status":"`...)
	b = append(b, o.Status...)
	b = append(b, '"')
	if o.Epoch != 0 {
		b = append(b, `,"epoch":`...)
		b = strconv.AppendInt(b, o.Epoch, 10)
	}
	return append(b, '}')
}

// location is where the order can be asked for, also before the store has it.
func (o *Order) location(b []byte) []byte {
	b = append(b, "/api/orders/"...)
	b = append(b, o.OrderID...)
	b = append(b, "?product="...)
	b = append(b, o.ProductID...)
	b = append(b, "&user="...)
	if user := o.UserID; sale.CheckID(user) {
		b = append(b, user...)
	} else {
		b = append(b, url.QueryEscape(user)...)
	}
	b = append(b, "&epoch="...)
	return strconv.AppendInt(b, o.Epoch, 10)
}

// send answers a buy with the order.
func (o *Order) send(ctx *fasthttp.RequestCtx, k kind, body []byte) kind {
	var room [256]byte
	k.head(ctx, "application/json")
	ctx.Response.Header.SetBytesV("Location", o.location(room[:0]))
	ctx.SetBody(body)
	return k
}

var csvHead = []string{"number", "order_id", "product_id", "user_id", "status", "placed_at", "pay_by", "ended_at", "amount", "currency", "payment_id"}

func (o *Order) writeCSV(w *csv.Writer) error {
	amount, currency := "", ""
	if o.Price != nil {
		amount, currency = strconv.FormatInt(o.Price.Amount, 10), o.Price.Currency
	}
	return w.Write([]string{
		strconv.FormatInt(o.Number, 10), o.OrderID, notFormula(o.ProductID), notFormula(o.UserID), o.Status, o.PlacedAt, o.PayBy, o.EndedAt, amount, currency, notFormula(o.PaymentID),
	})
}

// notFormula is an id that no spreadsheet takes for a formula: one that begins as
// formulas do gets a ' before it, which no id has.
func notFormula(id string) string {
	if strings.IndexAny(id, "=+-@") == 0 {
		return "'" + id
	}
	return id
}

// A Trace is what the Location of a buy tells about an order that the store may
// not have yet.
type Trace struct {
	Product ID    `query:"product" doc:"With user: find the order also before it is placed, as in the Location of a buy"`
	User    User  `query:"user"`
	Epoch   int64 `query:"epoch" minimum:"0"`
}

// readTrace reads the same parameters as huma does for a Trace, by the same rules.
func readTrace(q *fasthttp.Args) (t Trace, err error) {
	t.Product, t.User = ID(q.Peek("product")), User(q.Peek("user"))
	t.Epoch, err = strconv.ParseInt(string(q.Peek("epoch")), 10, 64)
	var bad sale.Invalid
	for _, f := range []struct {
		name string
		rule sale.Rule
		ok   bool
	}{
		{"product", sale.RuleID, sale.CheckID(string(t.Product))},
		{"user", sale.RuleUser, sale.CheckUser(string(t.User))},
		{"epoch", sale.RuleWhole, err == nil && t.Epoch >= 0},
	} {
		n := len(q.PeekMulti(f.name))
		bad.Check(n == 0 || n == 1 && f.ok, f.name, f.rule)
	}
	return t, bad.OrNil()
}

// find returns an order: from the store; else, with a trace, queued if its
// product's gate knows it or is being opened, and rejected if nobody does.
func (a *API) find(ctx context.Context, id sale.OrderID, t Trace) (Order, error) {
	o, err := a.known(ctx, id, t)
	if errors.Is(err, sale.ErrShut) {
		return o, nil // what is in the log comes with the opening
	}
	return o, err
}

// known is find, but if the gate is being opened and nobody can tell: that is ErrShut.
func (a *API) known(ctx context.Context, id sale.OrderID, t Trace) (Order, error) {
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	traced := t.Product != "" && t.User != ""
	read := a.Settle.Find // an embedded order is firm before the store has it
	if traced && a.Placed != sale.PlacedByLog {
		read = a.Store.Order
	}
	kept, err := read(ctx, id)
	if err == nil {
		return orderBody(&kept), nil
	}
	if !traced || !errors.Is(err, sale.ErrNotFound) {
		return Order{}, err
	}
	return a.traced(ctx, id, t)
}

func (a *API) traced(ctx context.Context, id sale.OrderID, t Trace) (Order, error) {
	product, user := string(t.Product), string(t.User)
	o := Order{OrderID: id.String(), ProductID: product, UserID: user, Status: string(sale.Queued), Epoch: t.Epoch}
	p, err := a.product(ctx, product)
	if err != nil {
		return o, err
	}
	// A gate opens at an epoch that the store shows: whatever epoch is asked for, one
	// that is open at the store's knows all orders that may still come.
	knows, err := a.Gates.Knows(ctx, product, p.Epoch, user, id)
	switch {
	case errors.Is(err, sale.ErrShut), errors.Is(err, sale.ErrFenced), errors.Is(err, sale.ErrNoGate):
		return o, sale.ErrShut
	case err != nil:
		return o, err
	case !knows:
		o.Status = string(sale.Rejected)
	}
	return o, nil
}

// endOrder pays or cancels an order, and says in which state it is if it cannot.
func (a *API) endOrder(ctx context.Context, id sale.OrderID, end func(context.Context, sale.OrderID, string) (sale.Order, error)) (Order, error) {
	ctx, cancel := context.WithTimeout(ctx, catchUp)
	defer cancel()
	kept, err := end(ctx, id, by(ctx))
	if err == nil {
		return orderBody(&kept), nil
	}
	p := a.explain(err)
	if p.kind == orderFinal {
		o := orderBody(&kept)
		p.Order = &o
	}
	return Order{}, p
}

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
		Product: string(in.ID), Status: sale.Status(in.Status), After: in.After, Newest: in.Order == "newest", Limit: in.Limit,
	}
}

// list answers with a page as JSON, or with everything as CSV.
func (a *API) list(ctx context.Context, in *listInput) (*huma.StreamResponse, error) {
	a.awaitStore(ctx)
	if _, err := a.product(ctx, string(in.ID)); err != nil {
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

// listCSV streams every order that q asks for, as RFC 4180 has it. If the store
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
