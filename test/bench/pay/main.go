// Command pay measures how many payments a second a sale takes: it buys units of a product of its own, says
// how long that took, and pays for each, over a number of connections.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

func main() {
	url := flag.String("url", "http://localhost:3000", "the sale")
	token := flag.String("token", "", "an operator's")
	n := flag.Int("n", 20_000, "payments")
	c := flag.Int("c", 128, "connections")
	flag.Parse()
	if err := run(&till{url: *url, token: *token, client: &fasthttp.Client{MaxConnsPerHost: *c}, product: fmt.Sprint("pay-", time.Now().UnixNano())}, *n, *c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type till struct {
	url, token, product string
	client              *fasthttp.Client
}

func run(t *till, n, c int) error {
	orders := make([]string, n)
	if err := t.ask("PUT", "/api/products/"+t.product, fmt.Sprintf(`{"quantity":%d,"payment_window":"1h","price":{"amount":1999,"currency":"EUR"}}`, n), &struct{}{}); err != nil {
		return err
	}
	bought, err := timed(n, c, func(i int) error {
		var o struct {
			ID string `json:"order_id"`
		}
		err := t.ask("POST", "/api/products/"+t.product+"/orders", fmt.Sprintf(`{"user_id":"u%d"}`, i), &o)
		orders[i] = o.ID
		return err
	})
	if err != nil {
		return err
	}
	tell(n, "orders", bought)
	paid, err := timed(n, c, func(i int) error {
		var r struct{ Outcome string }
		body := fmt.Sprintf(`{"payment_id":"m%d","product_id":"%s","order_id":"%s","amount":1999,"currency":"EUR"}`, i, t.product, orders[i])
		err := t.ask("POST", "/api/payments", body, &r)
		if err == nil && r.Outcome != "paid" {
			err = fmt.Errorf("payment %d: %s", i, r.Outcome)
		}
		return err
	})
	if err == nil {
		tell(n, "payments", paid)
	}
	return err
}

func tell(n int, what string, took time.Duration) {
	fmt.Printf("%d %s, %.0f a second\n", n, what, float64(n)/took.Seconds())
}

// timed does n things over c connections, and says how long that took, and what went wrong first.
func timed(n, c int, do func(i int) error) (time.Duration, error) {
	began := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	failed := make(chan error, c)
	for range c {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	close(failed)
	return took, <-failed
}

func (t *till) ask(method, path, body string, into any) error {
	r, a := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(r)
	defer fasthttp.ReleaseResponse(a)
	r.Header.SetMethod(method)
	r.SetRequestURI(t.url + path)
	r.Header.SetContentType("application/json")
	if t.token != "" {
		r.Header.Set("Authorization", "Bearer "+t.token)
	}
	r.SetBodyString(body)
	for range 60 {
		if err := t.client.Do(r, a); err != nil {
			return err
		}
		if a.StatusCode() != fasthttp.StatusServiceUnavailable { // which says to ask again
			break
		}
	}
	if a.StatusCode() > 201 {
		return fmt.Errorf("%s %s: %d %s", method, path, a.StatusCode(), a.Body())
	}
	return json.Unmarshal(a.Body(), into)
}
