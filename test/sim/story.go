package sim

import (
	"errors"
	"fmt"
	"time"

	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// A story is a sale under a seed: merchants, buyers and faults, and what the
// buyers were told.
type story struct {
	*system
	products   int
	buyers     int
	busy       int                      // clients and merchants still at work
	receipts   map[sale.OrderID]receipt // what was firm once cannot be undone
	turnedAway []string                 // late buyers who got nothing although there was something
}

type receipt struct {
	user    string
	product string
	status  sale.Status // placed, or the end that the buyer was told of
}

// tell runs one story and returns what is wrong with how it ends.
func tell(seed uint64) (*story, []string) {
	s := &story{receipts: map[sale.OrderID]receipt{}}
	s.system = newSystem(seed, 2)
	s.products = 1 + s.rng.IntN(2)
	s.buyers = 20 + s.rng.IntN(60)
	for n := range s.products {
		s.client("merchant", func() { s.merchant(n) })
	}
	for n := range s.buyers {
		s.client(fmt.Sprintf("buyer-%d", n), func() { s.buyer(n) })
	}
	s.spawn(nil, "faults", s.bringFaults)
	s.run(func() bool { return s.busy == 0 }, 10*time.Minute)
	s.faults = false
	s.note("world", "heals")
	s.run(s.settled(), 10*time.Minute)
	s.sellOut()
	return s, s.findings()
}

func (s *story) client(name string, body func()) {
	s.busy++
	s.spawn(nil, name, func() {
		body()
		s.busy--
	})
}

// in runs f as a request at a random process, and reports whether an answer came
// back in time.
func (s *story) in(name string, wait time.Duration, f func(p *process)) bool {
	p := s.procs[s.rng.IntN(len(s.procs))]
	life, done, given := p.life, false, s.now.Add(wait)
	s.spawn(p, p.name+" "+name, func() {
		f(p)
		done = true
	})
	s.until("awaits an answer", func() bool { return done || p.life != life || s.now.After(given) })
	return done
}

// merchant puts the product on sale, and then changes its mind now and then.
func (s *story) merchant(n int) {
	quantity := int64(1 + s.rng.IntN(s.buyers))
	limit := 1 + s.rng.IntN(2)
	for change := 0; change < 2+s.rng.IntN(4); {
		terms := sale.Terms{Quantity: quantity, LimitPerUser: limit, Paused: change > 0 && s.rng.IntN(4) == 0}
		if s.rng.IntN(3) > 0 {
			terms.PaymentWindow = 10 * time.Second
		}
		var err error
		if s.in("put", 10*time.Second, func(p *process) {
			_, err = p.opener.Put(s.deadline(10*time.Second), productID(n), func(sale.Product) (sale.Terms, error) { return terms, nil })
		}) && (err == nil || errors.Is(err, sale.ErrTermsRefused)) {
			change++
		}
		s.sleep(time.Duration(s.rng.IntN(4000)) * time.Millisecond)
		quantity = max(1, quantity+int64(s.rng.IntN(9)-4))
		limit = 1 + s.rng.IntN(2)
	}
	for done := false; !done; { // the last word lets everybody buy, for good
		done = s.in("resume", 10*time.Second, func(p *process) {
			_, err := p.opener.Put(s.deadline(10*time.Second), productID(n), func(now sale.Product) (sale.Terms, error) {
				t := now.Terms
				t.Paused, t.PaymentWindow = false, 0
				return t, nil
			})
			done = err == nil
		}) && done
	}
}

// buyer tries to buy, some with a key at two processes, some to pay or cancel.
func (s *story) buyer(n int) {
	s.sleep(time.Duration(s.rng.IntN(8000)) * time.Millisecond)
	product := s.rng.IntN(s.products)
	user := fmt.Sprintf("user-%d", n%max(1, s.buyers*3/4)) // some users come twice
	id := orderID(product, s.rng.Uint64())
	for try := 0; try < 1+s.rng.IntN(4); try++ {
		if s.buy(user, id) {
			break
		}
		s.sleep(time.Duration(s.rng.IntN(3000)) * time.Millisecond)
	}
	if r, bought := s.receipts[id]; bought && s.rng.IntN(3) > 0 {
		s.sleep(time.Duration(s.rng.IntN(12000)) * time.Millisecond)
		s.end(id, r)
	}
}

// buy reports whether the buyer has an order for certain.
func (s *story) buy(user string, id sale.OrderID) (bought bool) {
	s.in("buy", 3*time.Second, func(p *process) {
		product := productOf(id)
		answer, refused := p.desk.Refuse([]byte(product), []byte(user))
		var err error
		if !refused {
			wait := s.deadline(2 * time.Second)
			answer, err = p.desk.Buy(wait, wait, product, user, id)
		}
		if err != nil {
			return
		}
		if answer.Result == purchase.Placed || answer.Result == purchase.Again {
			bought = true
			if _, had := s.receipts[id]; !had {
				s.receipts[id] = receipt{user, product, sale.Placed}
			}
		}
	})
	return bought
}

// end pays or cancels, and notes what was answered.
func (s *story) end(id sale.OrderID, r receipt) {
	s.in("settle", 3*time.Second, func(p *process) {
		end := p.settle.Pay
		if s.rng.IntN(2) == 0 {
			end = p.settle.Cancel
		}
		if o, err := end(s.deadline(2*time.Second), id); err == nil {
			r.status = o.Status
			s.receipts[id] = r
		}
	})
}

func (s *story) bringFaults() {
	for s.busy > 0 {
		s.sleep(time.Duration(200+s.rng.IntN(3000)) * time.Millisecond)
		p := s.procs[s.rng.IntN(len(s.procs))]
		switch s.rng.IntN(5) {
		case 0:
			s.crashAndRestart(p)
		case 1:
			s.note("world", "gate lost")
			s.loseGate()
		case 2:
			s.note("world", p.name+" freezes")
			p.frozen = s.now.Add(time.Duration(s.rng.IntN(12000)) * time.Millisecond)
		case 3:
			if s.rng.IntN(3) == 0 {
				s.poison()
			}
		}
	}
}

// poison puts a line into the log that nobody can read.
func (s *story) poison() {
	product := productID(s.rng.IntN(s.products))
	s.note("world", "poison for "+product)
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.add(s.log.Partition(product), product, sale.KindOrder, sale.Version, 1, []byte("{"))
}
