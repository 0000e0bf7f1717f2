package fault

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A shop is the products of a crowd's sale.
type shop struct {
	final   offer // placed is the end
	payable offer // with a payment window
}

var big = shop{offer{"final", 8_000, 1}, offer{"payable", 6_000, 2}}

func (on shop) put(t testing.TB, s *server) {
	t.Helper()
	s.Put(t, on.final.product, on.final.terms(""))
	s.Put(t, on.payable.product, on.payable.terms(window))
}

// window is the payment window, as one of the terms.
const window = `,"payment_window":"10s"`

func (on offer) terms(more string) string {
	return fmt.Sprintf(`{"quantity":%d,"limit_per_user":%d%s}`, on.quantity, on.limit, more)
}

// A crowd buys, pays, cancels, and asks again, at a server that may die any time.
type crowd struct {
	shop
	book
	users   atomic.Int64
	changes atomic.Int64 // of the terms
	merging sync.Mutex   // held by the one operator
}

// rush lets n buyers at a time come to the server until it is gone, and waits for them.
func (c *crowd) rush(s *server, n int) {
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			for s.Running() {
				c.act(s)
			}
		})
	}
	all.Wait()
}

// act is one thing that somebody does.
func (c *crowd) act(s *server) {
	switch die := rand.N(200); {
	case die == 0:
		c.operate(s)
	case die < 20:
		c.askAgain(s)
	case die < 30:
		if p := c.takeLost(); p != nil {
			c.buy(s, p, true)
		}
	case die < 80:
		p := c.newcomer(c.payable)
		if c.buy(s, p, false) {
			c.end(s, p, rand.N(12))
		}
	default:
		c.buy(s, c.newcomer(c.final), false)
	}
}

// end has a buyer play a payment, pay, or cancel; some pay after that.
func (c *crowd) end(s *server, p *purchase, n int) {
	switch n % 3 {
	case 0:
		c.settle(s, p, "pay")
	case 1:
		c.payFor(s, p, n)
	default:
		if c.settle(s, p, "cancel"); p.ended == "cancelled" && n%2 == 0 {
			c.pay(s, p.product, p.order, "m-"+p.order)
		}
	}
}

// newcomer is a buyer who has not been here; every other one has a key, and of a
// product of which one may have two all have.
func (c *crowd) newcomer(on offer) *purchase {
	n := c.users.Add(1)
	p := &purchase{product: on.product, user: fmt.Sprintf("u%d-%d", n, rand.N(1<<30))}
	if n%2 == 0 || on.limit > 1 {
		p.key = fmt.Sprintf("key of %d", n)
	}
	return p
}

// askAgain is somebody who has an order and asks for it once more.
func (c *crowd) askAgain(s *server) {
	c.mu.Lock()
	if len(c.purchases) == 0 {
		c.mu.Unlock()
		return
	}
	p := c.purchases[rand.N(len(c.purchases))]
	c.mu.Unlock()
	if p.refused {
		return
	}
	sent := time.Now()
	a, err := s.Buy(p.product, p.user, p.key)
	c.history.Note(p.product, p.user, sent, a, err)
	c.count(err)
	switch {
	case err != nil, a.Kind == "unavailable", a.Kind == "outcome_unknown":
	case p.key != "" && a.Status == 200 && a.Order.ID == p.order:
	case p.key == "" && a.Kind == "already_bought" && a.Order.ID == p.order:
	default:
		c.find("%s, who has order %s, asked again (key %q) and got %v", p.user, p.order, p.key, a)
	}
}

// operate changes terms, now and then: a name, or a pause that ends.
func (c *crowd) operate(s *server) {
	if !c.merging.TryLock() {
		return
	}
	defer c.merging.Unlock()
	n := c.changes.Add(1)
	do := func(method, path, body string) {
		a, err := s.Ask(method, path, "", body)
		c.count(err)
		if err == nil && a.Status > 201 && a.Kind != "unavailable" && a.Kind != "outcome_unknown" {
			c.find("%s %s was answered %v", method, path, a)
		}
	}
	if n%2 == 0 {
		do("PUT", "/api/products/"+c.final.product, c.final.terms(fmt.Sprintf(`,"name":"change %d"`, n)))
		return
	}
	do("POST", "/api/products/"+c.payable.product+"/pause", "")
	do("POST", "/api/products/"+c.payable.product+"/resume", "")
}
