package httpapi

import (
	"strings"

	"github.com/valyala/fasthttp"

	"seckill/internal/sale"
	"seckill/internal/trace"
)

// traceKey is where a buy keeps its trace, which is nil if it is not followed.
const traceKey = "trace"

// follow decides whether a buy is followed; the order is zero if the gate is not asked.
func (a *API) follow(ctx *fasthttp.RequestCtx, order sale.OrderID) *trace.Buy {
	if a.Traces == nil {
		return nil
	}
	b := a.Traces.Buy(order, ctx.Time(), ctx.Request.Header.Peek("Traceparent"))
	if b != nil || order != (sale.OrderID{}) { // there is more to be done for it, or it is not to be asked again
		ctx.SetUserValue(traceKey, b)
	}
	return b
}

// endTrace ends the trace of a buy that is answered so, and tells its buyer which one it
// is, by the Server-Timing header, where browsers and tests look for it.
func (a *API) endTrace(ctx *fasthttp.RequestCtx, product []byte, k kind) {
	if a.Traces == nil {
		return
	}
	b, decided := ctx.UserValue(traceKey).(*trace.Buy)
	if !decided {
		b = a.follow(ctx, sale.OrderID{})
	}
	if b == nil {
		return
	}
	_, route, _ := strings.Cut(patterns[buyRoute], " ")
	at := b.End(trace.Answer{Route: route, Product: string(product), Name: kinds[k].code, Status: kinds[k].status, Again: k == boughtAgain})
	ctx.Response.Header.Set("Server-Timing", `traceparent;desc="`+at+`"`)
}

// inTrace names the trace of a request that is followed, for its lines of the log.
func inTrace(ctx *fasthttp.RequestCtx) []any {
	if b, _ := ctx.UserValue(traceKey).(*trace.Buy); b != nil {
		return []any{"trace_id", b.TraceID()}
	}
	return nil
}
