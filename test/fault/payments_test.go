package fault

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"
)

// A payment is one of which somebody told, and what they were answered.
type payment struct{ product, id, order, outcome string }

// A receipt is the answer to it, and a payment as the server has it.
type receipt struct {
	Outcome string `json:"outcome"`
	Status  string `json:"status"`
	Order   string `json:"order_id"`
	Late    string `json:"late_order_id"`
}

// ways is where a payment may be, one after the other.
var ways = []string{"late", "paid", "refund_due", "refunded"}

// pay tells of a payment, and what it is answered; "" if it is not.
func (b *book) pay(s *server, product, order, id string) string {
	body := fmt.Sprintf(`{"payment_id":%q,"product_id":%q,"order_id":%q,"amount":5,"currency":"EUR"}`, id, product, order)
	a, err := s.Ask("POST", "/api/payments", "", body)
	b.count(err)
	switch {
	case err != nil, a.Kind == "outcome_unknown", a.Kind == "unavailable":
		return ""
	case a.Status != 200 && a.Status != 202:
		b.find("payment %s of order %s was answered %v", id, order, a)
		return ""
	}
	var r receipt
	if err := json.Unmarshal([]byte(a.Body), &r); err != nil || !slices.Contains(ways, r.Outcome) || (r.Outcome == "late") != (a.Status == 202) {
		b.find("payment %s of order %s was answered %v", id, order, a)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.payments = append(b.payments, payment{product, id, order, r.Outcome})
	return r.Outcome
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

// money compares the server's payments with what was told of them: each has its row, and
// none is for an order that another one pays.
func (b *book) money(t testing.TB, s *server) (found []string) {
	t.Helper()
	b.mu.Lock()
	told := b.payments
	b.mu.Unlock()
	pays := map[string]string{}
	for _, m := range told {
		a, err := s.Get("/api/products/" + m.product + "/payments/" + m.id)
		if err != nil {
			t.Fatal(err)
		}
		var kept receipt
		if err := json.Unmarshal([]byte(a.Body), &kept); err != nil || a.Status != 200 || kept.Order != m.order || slices.Index(ways, kept.Status) < slices.Index(ways, m.outcome) {
			found = append(found, fmt.Sprintf("payment %s of order %s was told to be %s, and is %v", m.id, m.order, m.outcome, a))
		}
		of := m.order
		if kept.Late != "" {
			of = kept.Late
		}
		if other := pays[of]; kept.Status == "paid" && other != "" && other != m.id {
			found = append(found, fmt.Sprintf("order %s is paid by %s and by %s", of, other, m.id))
		}
		if kept.Status == "paid" {
			pays[of] = m.id
		}
	}
	return found
}

// latecomers pay for orders that they have cancelled, each of a product of their own; of every other one
// somebody else has the unit by then. Everybody waits for what becomes of it.
func (b *book) latecomers(s *server, n int) {
	for i := range n {
		product := fmt.Sprint("late-", i)
		_, _ = s.Ask("PUT", "/api/products/"+product, "", `{"quantity":1,"payment_window":"1h"}`)
		a, err := s.Buy(product, "ann", "")
		if err != nil || a.Status != 201 {
			return // it was killed
		}
		_, _ = s.Ask("POST", "/api/orders/"+a.Order.ID+"/cancel", "", "")
		for i%2 == 0 && s.Running() {
			if other, err := s.Buy(product, "bob", ""); err == nil && other.Status == 201 {
				break
			}
		}
		b.pay(s, product, a.Order.ID, "m")
	}
	for limit := time.After(30 * time.Second); s.Running(); {
		open := 0
		for i := range n {
			a, err := s.Get(fmt.Sprint("/api/products/late-", i, "/payments?status=late"))
			if err != nil || len(a.Body) > len(`{"payments":[]}`) {
				open++
			}
		}
		if open == 0 {
			return
		}
		select {
		case <-s.Ended():
		case <-limit:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}
