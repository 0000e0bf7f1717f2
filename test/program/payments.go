package program

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Payment is one of which somebody told, and what they were answered.
type Payment struct{ Product, ID, Order, Outcome string }

// ways is where a payment may stand, one after the other.
var ways = []string{"late", "paid", "refund_due", "refunded"}

// Pay tells of a payment. ok is whether there was an answer; one that should not have
// been given is an error.
func (s *Server) Pay(product, order, id string) (m Payment, ok bool, err error) {
	m = Payment{Product: product, ID: id, Order: order}
	body := fmt.Sprintf(`{"payment_id":%q,"product_id":%q,"order_id":%q,"amount":5,"currency":"EUR"}`, id, product, order)
	a, err := s.Ask("POST", "/api/payments", "", body)
	if err != nil || a.Kind == "outcome_unknown" || a.Kind == "unavailable" {
		return m, false, nil
	}
	var told struct{ Outcome string }
	err = json.Unmarshal([]byte(a.Body), &told)
	if m.Outcome = told.Outcome; err != nil || a.Status != map[bool]int{true: 202, false: 200}[m.Outcome == "late"] || !slices.Contains(ways, m.Outcome) {
		return m, false, fmt.Errorf("payment %s of order %s was answered %v", id, order, a)
	}
	return m, true, nil
}

// Unpaid finds payments that were told of and that the server has not, or as something else, and
// orders that are paid by two.
func (s *Server) Unpaid(told []Payment) (found []string, err error) {
	pays := map[string]string{}
	for _, m := range told {
		a, err := s.Get("/api/products/" + m.Product + "/payments/" + m.ID)
		if err != nil {
			return found, err
		}
		var kept struct {
			Status string `json:"status"`
			Order  string `json:"order_id"`
			Late   string `json:"late_order_id"`
		}
		if err := json.Unmarshal([]byte(a.Body), &kept); err != nil || a.Status != 200 || kept.Order != m.Order || slices.Index(ways, kept.Status) < slices.Index(ways, m.Outcome) {
			found = append(found, fmt.Sprintf("payment %s of order %s was told to be %s, and is %v", m.ID, m.Order, m.Outcome, a))
		}
		of := m.Order
		if kept.Late != "" {
			of = kept.Late
		}
		if kept.Status != "paid" {
			continue
		}
		if other := pays[of]; other != "" && other != m.ID {
			found = append(found, fmt.Sprintf("order %s is paid by %s and by %s", of, other, m.ID))
		}
		pays[of] = m.ID
	}
	return found, nil
}

// Latecomers pay for orders that they have cancelled, each of a product of their own, whose ids begin so; of every
// other one somebody else has the unit by then. It waits for what becomes of it, for a while, and returns what was answered.
func (s *Server) Latecomers(prefix string, n int) (told []Payment) {
	for i := range n {
		product := fmt.Sprint(prefix, i)
		_, _ = s.Ask("PUT", "/api/products/"+product, "", `{"quantity":1,"payment_window":"1h"}`)
		a, err := s.Buy(product, "ann", "")
		if err != nil || a.Status != 201 {
			return told // it was killed
		}
		_, _ = s.Ask("POST", "/api/orders/"+a.Order.ID+"/cancel", "", "")
		for i%2 == 0 && s.Running() { // the unit is on its way back
			if other, err := s.Buy(product, "bob", ""); err == nil && other.Status == 201 {
				break
			}
		}
		if m, ok, _ := s.Pay(product, a.Order.ID, "m"); ok {
			told = append(told, m)
		}
	}
	for limit := time.After(30 * time.Second); s.Running() && s.late(told); {
		select {
		case <-s.Ended():
		case <-limit:
			return told
		case <-time.After(50 * time.Millisecond):
		}
	}
	return told
}

// late reports whether one of them may be late yet.
func (s *Server) late(told []Payment) bool {
	for _, m := range told {
		if a, err := s.Get("/api/products/" + m.Product + "/payments?status=late"); err != nil || a.Body != `{"payments":[]}` {
			return true
		}
	}
	return false
}
