package fault

import (
	"errors"
	"strings"
	"testing"
)

// unanswered is the error of what was not answered.
var unanswered = map[bool]error{false: errors.New("not answered")}

// pay tells of a payment, and what it is answered; "" if it is not.
func (b *book) pay(s *server, product, order, id string) string {
	m, ok, err := s.Pay(product, order, id)
	if err != nil {
		b.find("%v", err)
	}
	if b.count(unanswered[ok]); !ok {
		return ""
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.payments = append(b.payments, m)
	return m.Outcome
}

// payFor pays for an order that the caller alone has, now and then twice, with the same id or another.
func (b *book) payFor(s *server, p *purchase, n int) {
	id := "m-" + p.order
	switch p.asked = "pay"; b.pay(s, p.product, p.order, id) {
	case "paid":
		p.ended = "paid"
	case "late":
		p.ended = "expired"
	}
	for range n % 3 {
		b.pay(s, p.product, p.order, id)
	}
	if n%4 == 0 {
		b.pay(s, p.product, p.order, id+"-b")
	}
}

// money finds payments that are not as they were told to be, if they are new.
func (k *killing) money(t testing.TB, s *server) []string {
	t.Helper()
	k.crowd.mu.Lock()
	told := k.crowd.payments
	k.crowd.mu.Unlock()
	found, err := s.Unpaid(told)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// asksTheGate reports whether one comes to a moment only if a payment is late.
func asksTheGate(point string) bool { return owedBack(point) || strings.Contains(point, "a unit") }

func owedBack(point string) bool { return strings.Contains(point, "owed back") }
