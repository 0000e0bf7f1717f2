package httpapi

import (
	"encoding/csv"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"seckill/internal/sale"
)

// An Order is an order as it is sent.
type Order struct {
	OrderID   string `json:"order_id" format:"uuid"`
	ProductID string `json:"product_id"`
	UserID    string `json:"user_id"`
	Status    string `json:"status" enum:"queued,placed,paid,cancelled,expired,rejected" doc:"Only placed and paid hold a unit; placed is firm"`
	Number    int64  `json:"number,omitempty,omitzero" doc:"1 to n in its product"`
	Epoch     int64  `json:"epoch,omitempty,omitzero" doc:"Of the gate that admitted it"`
	PlacedAt  string `json:"placed_at,omitempty,omitzero" format:"date-time"`
	PayBy     string `json:"pay_by,omitempty,omitzero" format:"date-time" doc:"Absent: nothing is to be paid"`
	EndedAt   string `json:"ended_at,omitempty,omitzero" format:"date-time" doc:"When it was cancelled or expired"`
}

func orderBody(o *sale.Order) Order {
	return Order{
		OrderID: o.ID.String(), ProductID: o.ProductID, UserID: o.UserID, Status: string(o.Status),
		Number: o.Number, Epoch: o.Epoch,
		PlacedAt: stamp(o.PlacedAt), PayBy: stamp(o.PayBy), EndedAt: stamp(o.EndedAt),
	}
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
	b = append(b, o.UserID...)
	b = append(b, "&epoch="...)
	return strconv.AppendInt(b, o.Epoch, 10)
}

// send answers a buy with the order.
func (o *Order) send(ctx *fasthttp.RequestCtx, status int, body []byte) {
	var room [256]byte
	ctx.SetStatusCode(status)
	ctx.SetContentType("application/json")
	ctx.Response.Header.SetBytesV("Location", o.location(room[:0]))
	ctx.SetBody(body)
}

var csvHead = []string{"number", "order_id", "product_id", "user_id", "status", "placed_at", "pay_by", "ended_at"}

func (o *Order) writeCSV(w *csv.Writer) error {
	return w.Write([]string{
		strconv.FormatInt(o.Number, 10), o.OrderID, o.ProductID, o.UserID, o.Status, o.PlacedAt, o.PayBy, o.EndedAt,
	})
}

// stamp is how a time is sent; the zero time is absent.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(sale.TimeFormat)
}
