package httpapi

import (
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// patternKey is where a request keeps the pattern of the route that took it.
const patternKey = "pattern"

// noRoute is the pattern of requests that no route took.
const noRoute = "none"

// patterns are those of the native routes.
var patterns = [...]string{
	buyRoute:             "POST /api/products/{id}/orders",
	productEventsRoute:   "GET /api/products/{id}/events",
	orderEventsRoute:     "GET /api/orders/{order_id}/events",
	rehearsalEventsRoute: "GET /api/rehearsals/{id}/events",
	paymentRoute:         "POST /api/payments",
}

// countAnswers has each answer to a buy counted, with its time, and as a request.
func (a *API) countAnswers() {
	method, route, _ := strings.Cut(patterns[buyRoute], " ")
	for k := range kindCount {
		a.count[k] = func(time.Duration) {}
		if a.Meter != nil && k.answersABuy() && k != notFound {
			a.sold[k] = a.Meter.Sold(kinds[k].code)
		}
		if a.Meter != nil {
			answer, request := a.Meter.Buys(kinds[k].code), a.Meter.Requests(method, route, kinds[k].status)
			a.count[k] = func(took time.Duration) {
				answer(took)
				request()
			}
		}
	}
}

// countRequest counts one that was answered, by the pattern of its route; empty: by the
// one that the mux has found.
func (a *API) countRequest(ctx *fasthttp.RequestCtx, pattern string) {
	if a.Meter == nil {
		return
	}
	if pattern == "" {
		pattern, _ = ctx.UserValue(patternKey).(string)
	}
	method, route, found := strings.Cut(pattern, " ")
	if !found {
		method, route = noRoute, noRoute
	}
	if strings.HasPrefix(route, "/assets/") { // their names are new with each build
		route = "/assets/{name}"
	}
	a.Meter.Requests(method, strings.TrimSuffix(route, "{$}"), ctx.Response.StatusCode())()
}
