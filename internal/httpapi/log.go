package httpapi

import (
	"fmt"
	"slices"
	"time"

	"github.com/valyala/fasthttp"

	"seckill/internal/sale"
)

// requestIDHeader names a request: by whoever is in front, and in an answer that is
// nobody's but ours to explain.
const requestIDHeader = "X-Request-Id"

// requestID is what each line of the log about this request has.
func (a *API) requestID(ctx *fasthttp.RequestCtx) string {
	if given := ctx.Request.Header.Peek(requestIDHeader); sale.CheckID(given) {
		return string(given)
	}
	return fmt.Sprintf("%s-%x", a.start, ctx.ID())
}

// unexpected logs what nobody foresaw, and tells the sender under which id.
func (a *API) unexpected(ctx *fasthttp.RequestCtx, what string, args ...any) {
	id := a.requestID(ctx)
	ctx.Response.Header.Set(requestIDHeader, id)
	a.Log.Error(what, slices.Concat([]any{"request_id", id}, inTrace(ctx), args)...)
}

// logBuy is the line of a buy. The product is as it stands in the path.
func (a *API) logBuy(ctx *fasthttp.RequestCtx, product []byte, k kind, took time.Duration) {
	args := []any{"request_id", a.requestID(ctx), "product", string(product), "answer", kinds[k].code, "took", took}
	if a.LogUsers {
		user, _ := ctx.UserValue(userKey).(string)
		args = append(args, "user", user)
	}
	a.Log.Debug("buy", append(args, inTrace(ctx)...)...)
}

// userKey is where a buy keeps its user for the log.
const userKey = "user"
