package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seckill/test/program"
)

const (
	// pace is how many buyers come a second, rushPace how many in a rush, and slow how
	// many if a fault takes long.
	pace, rushPace, slow = 150, 1_000, 30
	// comeBack is when a buyer asks again who got no answer.
	comeBack = 300 * time.Millisecond
	// patience is how long a test waits for what must come: longer is a hang.
	patience = 2 * time.Minute
)

// A sale is one product and its buyers.
type sale struct {
	book
	t        testing.TB
	c        *cluster
	product  string
	quantity int

	users atomic.Int64
	taken atomic.Int64    // units of which somebody was told that they have them
	over  context.Context // done when no more buyers are to come
	end   context.CancelFunc
	flow  sync.WaitGroup
}

var products atomic.Int64

// newSale is one of a product that no test has used, and that nobody has put yet.
func (c *cluster) newSale(quantity int) *sale {
	return &sale{t: c.t, c: c, product: fmt.Sprintf("p%d", products.Add(1)), quantity: quantity}
}

// put puts a new product on sale. Nobody comes yet.
func (c *cluster) put(quantity int) *sale {
	c.t.Helper()
	s := c.newSale(quantity)
	c.any().Put(c.t, s.product, fmt.Sprintf(`{"quantity":%d}`, quantity))
	return s
}

// sell puts one on sale, and buyers come until finish. It returns when some have bought.
func (c *cluster) sell(quantity int) *sale {
	c.t.Helper()
	s := c.put(quantity)
	s.open(pace)
	s.sold(pace)
	return s
}

// open has buyers come, so many a second, whatever became of those before; of the last quarter of the units a
// tenth of them, so that all are sold only after the last fault, also on a machine that is slow to bring it about.
func (s *sale) open(perSecond int) {
	s.over, s.end = context.WithCancel(s.t.Context())
	last := int64(s.quantity) * 3 / 4
	s.flow.Go(func() {
		tick := time.NewTicker(time.Second / time.Duration(perSecond))
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-s.over.Done():
				return
			case <-tick.C:
				if n%10 > 0 && s.taken.Load() >= last {
					continue
				}
				s.flow.Go(func() { s.shop(s.newcomer()) })
			}
		}
	})
}

// close lets nobody come any more, and waits until all who came have an answer.
func (s *sale) close() {
	s.t.Helper()
	s.end()
	gone := make(chan struct{})
	go func() { s.flow.Wait(); close(gone) }()
	select {
	case <-gone:
	case <-time.After(patience):
		s.t.Fatalf("the last buyers never get an answer; %s", s.summary())
	}
}

// newcomer is somebody who has not been here; every other one has a key.
func (s *sale) newcomer() *purchase {
	n := s.users.Add(1)
	p := &purchase{user: fmt.Sprintf("u%d-%d", n, rand.N(1<<30))}
	if n%2 == 0 {
		p.key = fmt.Sprintf("key of %d", n)
	}
	return p
}

// shop is what a buyer does: they ask until there is an answer.
func (s *sale) shop(p *purchase) {
	for again := false; s.t.Context().Err() == nil && !s.ask(p, again); again = true {
		<-time.After(comeBack/2 + rand.N(comeBack))
	}
	if at := s.c.any(); at != nil && p.location != "" {
		if a, err := at.Get(p.location); err == nil && a.Order.Status == "rejected" {
			s.change(func() { p.told = true })
		}
	}
}

// ask asks once, and reports whether there was an answer.
func (s *sale) ask(p *purchase, again bool) bool {
	at := s.c.any()
	if at == nil {
		return false
	}
	if s.c.shop != nil {
		at = at.As(s.c.shop(p.user))
	}
	sent := time.Now()
	a, err := at.Buy(s.product, p.user, p.key)
	s.history.Note(s.product, p.user, sent, a, err)
	switch {
	case err != nil, a.Status == http.StatusServiceUnavailable,
		a.Status == http.StatusRequestTimeout: // a process that stood still has not read it in time
		s.unanswered(a, err)
		return false
	case a.Status == http.StatusCreated, a.Status == http.StatusOK && again:
		p.order, p.admitted, p.firm = a.Order.ID, true, true
	case a.Status == http.StatusAccepted && a.Order.Epoch > 0:
		p.order, p.admitted, p.location = a.Order.ID, true, a.Location
	case a.Kind == "already_bought" && again && p.key == "":
		p.order, p.location = a.Order.ID, fmt.Sprintf("/api/orders/%s?product=%s&user=%s", a.Order.ID, s.product, p.user)
	case a.Kind == "sold_out":
		p.refused = true
	default:
		s.find("a buy by %s (again: %t, key %q) was answered %v", p.user, again, p.key, a)
	}
	if p.order != "" && a.Order.User != p.user {
		s.find("a buy by %s was answered with somebody else's order: %v", p.user, a)
	}
	if p.order != "" {
		s.taken.Add(1)
	}
	s.keep(p, sent)
	return true
}

// place has somebody buy at a process that is not harmed, and waits while they are queued, until they are placed.
func place(t testing.TB, at *program.Server, product, user, key string) (a program.Answer, err error) {
	t.Helper()
	a, err = at.BuyPatiently(product, user, key)
	for began := time.Now(); err == nil && a.Status == http.StatusAccepted && time.Since(began) < patience; <-time.After(50 * time.Millisecond) {
		var now program.Answer
		if now, err = at.Get(a.Location); err == nil && now.Order.Status == "placed" {
			now.Status = http.StatusCreated
			return now, nil
		}
	}
	return a, err
}

// sold waits until n more have been told that they are placed.
func (s *sale) sold(n int) {
	s.t.Helper()
	from := s.placed(time.Time{})
	s.until(fmt.Sprintf("%d more are placed", n), func() bool { return s.placed(time.Time{}) >= from+n })
}

// goesOn is called at a fault's end. It waits until somebody is placed who came
// after it, and notes how long that took.
func (s *sale) goesOn(fault string) {
	s.t.Helper()
	s.recovers(fault, admittedGoal)
}

// isOpenedAgain is goesOn after a fault in which those died who open the gates.
func (s *sale) isOpenedAgain(fault string) {
	s.t.Helper()
	s.recovers(fault, placedGoal)
}

func (s *sale) recovers(fault string, goal time.Duration) {
	s.t.Helper()
	healed := time.Now()
	s.until("the sale goes on after: "+fault, func() bool { return s.placed(healed) > 0 })
	admitted, placed := s.firsts(healed)
	times.note(s.t, timesRow{fault, admitted, placed, goal})
}

// look is what any process says of the product, once one does.
func (s *sale) look() (p program.Product) {
	s.t.Helper()
	s.eventually("a process shows the product", func() bool {
		at := s.c.any()
		if at == nil {
			return false
		}
		var err error
		p, err = at.Product(s.product)
		return err == nil
	})
	return p
}

// eventually asks again and again until it is so.
func (s *sale) eventually(what string, so func() bool) {
	s.t.Helper()
	for began := time.Now(); !so(); <-time.After(50 * time.Millisecond) {
		if time.Since(began) > patience {
			s.t.Fatalf("it never came to pass that %s; %s", what, s.summary())
		}
	}
}

// until waits for buyers' answers.
func (s *sale) until(what string, so func() bool) {
	s.t.Helper()
	limit := time.After(patience)
	for {
		news := s.next()
		if so() {
			return
		}
		select {
		case <-news:
		case <-limit:
			s.t.Fatalf("it never came to pass that %s; %s", what, s.summary())
		}
	}
}
