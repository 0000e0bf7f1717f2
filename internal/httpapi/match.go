package httpapi

import (
	"bytes"
	"net/url"
	"strings"

	"github.com/valyala/fasthttp"
)

// A nativeRoute is one that is answered without net/http.
type nativeRoute uint8

const (
	otherRoute nativeRoute = iota
	buyRoute
	productEventsRoute
	orderEventsRoute
	rehearsalEventsRoute
	paymentRoute
)

const paymentsPath = "/api/payments"

var (
	apiPrefix        = []byte("/api/")
	productsPrefix   = []byte("/api/products/")
	ordersPrefix     = []byte("/api/orders/")
	rehearsalsPrefix = []byte("/api/rehearsals/")
	ordersSuffix     = []byte("/orders")
	eventsSuffix     = []byte("/events")
)

// match finds out whether a request is for a native route, and then its id as it
// stands in the path, escapes included. Whatever it does not recognise the mux
// gets to see, which knows the same routes for its 404 and 405.
func match(ctx *fasthttp.RequestCtx) (route nativeRoute, id []byte) {
	path, _, _ := bytes.Cut(ctx.Request.Header.RequestURI(), []byte("?"))
	if rest, ok := bytes.CutPrefix(path, productsPrefix); ok {
		if id, ok := bytes.CutSuffix(rest, ordersSuffix); ok && ctx.IsPost() && segment(id) {
			return buyRoute, id
		}
		if id, ok := bytes.CutSuffix(rest, eventsSuffix); ok && reads(ctx) && segment(id) {
			return productEventsRoute, id
		}
	} else if rest, ok := bytes.CutPrefix(path, ordersPrefix); ok {
		if id, ok := bytes.CutSuffix(rest, eventsSuffix); ok && reads(ctx) && segment(id) {
			return orderEventsRoute, id
		}
	} else if rest, ok := bytes.CutPrefix(path, rehearsalsPrefix); ok {
		if id, ok := bytes.CutSuffix(rest, eventsSuffix); ok && reads(ctx) && segment(id) {
			return rehearsalEventsRoute, id
		}
	} else if string(path) == paymentsPath && ctx.IsPost() {
		return paymentRoute, nil
	}
	return otherRoute, nil
}

func reads(ctx *fasthttp.RequestCtx) bool { return ctx.IsGet() || ctx.IsHead() }

func segment(id []byte) bool { return len(id) > 0 && bytes.IndexByte(id, '/') < 0 }

// readable reports whether net/http can read the path too, of which fasthttp
// takes more.
func readable(uri []byte) bool {
	u, err := url.ParseRequestURI(string(uri))
	return err == nil && strings.HasPrefix(u.Path, "/")
}
