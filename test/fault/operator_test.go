package fault

import (
	"strings"
	"testing"
)

// If there are operators, who knows a buyer's user id and nothing else gets
// neither at the order nor at the unit.
func TestABuyersOrderIsOutOfAStrangersReach(t *testing.T) {
	data := t.TempDir()
	s := serve(t, bin, data, "--admin-token", "open-sesame-open-sesame")
	operator := *s
	operator.Token = "open-sesame-open-sesame"
	operator.Put(t, "1", `{"quantity":1,"payment_window":"1h"}`)
	ask := func(s *server, status int, method, path, key, body string) answer {
		t.Helper()
		a, err := s.Ask(method, path, key, body)
		if err != nil || a.Status != status {
			t.Fatalf("%s %s: %v, %v, not %d", method, path, a, err, status)
		}
		return a
	}
	buy := func(status int, user, key string) answer {
		t.Helper()
		return ask(s, status, "POST", "/api/products/1/orders", key, `{"user_id":"`+user+`"}`)
	}
	order := buy(201, "ann", "of ann").Order.ID
	for _, key := range []string{"", "of a stranger"} {
		if a := buy(409, "ann", key); a.Kind != "already_bought" || strings.Contains(a.Body, "order_id") {
			t.Errorf("a stranger who buys as ann is told %v", a)
		}
	}
	ask(s, 401, "GET", "/api/products/1/orders", "", "")
	ask(s, 401, "POST", "/api/orders/"+order+"/pay", "", "")
	if a := buy(409, "bob", ""); a.Kind != "sold_out" {
		t.Errorf("bob is told %v", a)
	}
	if a := buy(200, "ann", "of ann"); a.Order.ID != order || a.Order.Status != "placed" {
		t.Errorf("ann is told %v", a)
	}
	if a := ask(&operator, 409, "POST", "/api/orders/"+order+"/pay", "", ""); a.Kind != "payment_needed" {
		t.Errorf("the operator is told %v", a)
	}
	payment := `{"payment_id":"m1","product_id":"1","order_id":"` + order + `","amount":100,"currency":"EUR"}`
	ask(s, 401, "POST", "/api/payments", "", payment)
	if a := ask(&operator, 200, "POST", "/api/payments", "", payment); !strings.Contains(a.Body, `"outcome":"paid"`) {
		t.Errorf("the operator is told %v", a)
	}
	for _, finding := range judged(t, data) {
		t.Error(finding)
	}
}
