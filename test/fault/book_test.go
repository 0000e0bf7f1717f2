package fault

import (
	"fmt"
	"sync"
	"time"

	"seckill/test/history"
	"seckill/test/program"
)

// A purchase is what one buyer did, and what they were told.
type purchase struct {
	product, user, key string

	order   string // the order that they were told of; empty: no answer came
	refused bool   // they were told that they have none
	ended   string // paid, cancelled, expired: they were told that it is
	asked   string // pay, cancel: they asked, and no answer came
}

// A book is what all buyers of a test were told. Its methods may be called by
// many goroutines.
type book struct {
	mu        sync.Mutex
	purchases []*purchase // with an order, or refused after a first try that was lost
	lost      []*purchase // no answer came yet
	payments  []program.Payment
	found     []string // answers that should not have been given
	history   history.History

	answers, unanswered int // of requests

	due  int           // the alarm goes off with this many answers
	gone chan struct{} // the alarm
}

// alarm returns a channel that is closed n answers from now.
func (b *book) alarm(n int) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.due, b.gone = b.answers+n, make(chan struct{})
	return b.gone
}

func (b *book) count(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.unanswered++
		return
	}
	b.answers++
	if b.gone != nil && b.answers >= b.due {
		close(b.gone)
		b.gone = nil
	}
}

func (b *book) find(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.found = append(b.found, fmt.Sprintf(format, args...))
}

// buy asks for p on behalf of its buyer, again if that was lost before, and
// reports whether they have an order.
func (b *book) buy(s *server, p *purchase, again bool) bool {
	sent := time.Now()
	a, err := s.Buy(p.product, p.user, p.key)
	b.history.Note(p.product, p.user, sent, a, err)
	b.count(err)
	switch {
	case err != nil, a.Kind == "outcome_unknown":
		b.lose(p)
		return false
	case a.Status == 201, a.Status == 200 && again, a.Kind == "already_bought" && again && p.key == "":
		b.receipt(p, a)
		return true
	case a.Kind == "sold_out":
		if again {
			p.refused = true
			b.keep(p)
		}
		return false
	case a.Kind == "unavailable", a.Kind == "paused":
		if again {
			b.lose(p)
		}
		return false
	}
	b.find("a buy by %s of %s (again: %v, key %q) was answered %v", p.user, p.product, again, p.key, a)
	return false
}

func (b *book) receipt(p *purchase, a answer) {
	if a.Order.ID == "" || a.Order.User != p.user || a.Order.Product != p.product {
		b.find("a buy by %s of %s was answered with somebody else's order: %v", p.user, p.product, a)
	}
	p.order = a.Order.ID
	b.keep(p)
}

func (b *book) keep(p *purchase) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.purchases = append(b.purchases, p)
}

func (b *book) lose(p *purchase) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost = append(b.lost, p)
}

// takeLost takes a buyer who had no answer, nil if there is none.
func (b *book) takeLost() *purchase {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.lost) == 0 {
		return nil
	}
	p := b.lost[0]
	b.lost = b.lost[1:]
	return p
}

// settle pays or cancels an order that the caller alone has.
func (b *book) settle(s *server, p *purchase, what string) {
	a, err := s.Ask("POST", "/api/orders/"+p.order+"/"+what, "", "")
	b.count(err)
	done := map[string]string{"pay": "paid", "cancel": "cancelled"}[what]
	switch {
	case err != nil, a.Kind == "outcome_unknown", a.Kind == "unavailable":
		p.asked = what
	case a.Status == 200 && a.Order.Status == done:
		p.ended = done
	case a.Kind == "order_final" && a.Order.Status != "placed":
		p.ended = a.Order.Status
	default:
		b.find("%s of %s's order %s was answered %v", what, p.user, p.order, a)
	}
}

// may reports whether the order may be in this state, by what its buyer was told.
func (p *purchase) may(status string) bool {
	switch {
	case p.ended != "":
		return status == p.ended
	case status == "paid":
		return p.asked == "pay"
	case status == "cancelled":
		return p.asked == "cancel"
	}
	return status == "placed" || status == "expired"
}
