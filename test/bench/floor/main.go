// Command floor is fasthttp with nothing behind it: it gives every POST the
// same answer. Beside nginx it says what is the library's share of an answer.
//
//	floor HOST:PORT STATUS CONTENT-TYPE BODY
//
// GET /metrics shows the Go runtime's own counts.
package main

import (
	"log"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

func main() {
	status, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	kind, body := os.Args[3], []byte(os.Args[4])
	metrics := fasthttpadaptor.NewFastHTTPHandler(promhttp.Handler())
	log.Fatal(fasthttp.ListenAndServe(os.Args[1], func(ctx *fasthttp.RequestCtx) {
		switch { // a generator looks for the product before it begins
		case string(ctx.Path()) == "/metrics":
			metrics(ctx)
			return
		case ctx.IsGet():
			return
		}
		ctx.SetStatusCode(status)
		ctx.SetContentType(kind)
		ctx.Response.SetBodyRaw(body)
	}))
}
