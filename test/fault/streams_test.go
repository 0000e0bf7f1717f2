package fault

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
)

// The stream of an order that rests ends with its product, of which no record names the order.
func TestAnOrdersStreamEndsWithItsProduct(t *testing.T) {
	s := serve(t, bin, t.TempDir())
	s.Put(t, "1", `{"quantity":9}`)
	a, err := s.Buy("1", "ann", "")
	if err != nil || a.Status != 201 {
		t.Fatal(a, err)
	}
	r, err := http.Get(s.URL + "/api/orders/" + a.Order.ID + "/events")
	if err != nil || r.StatusCode != 200 {
		t.Fatal(r, err)
	}
	defer r.Body.Close()
	lines, shown := bufio.NewScanner(r.Body), 0
	for lines.Scan() {
		if !strings.Contains(lines.Text(), `"status":"placed"`) {
			continue
		}
		shown++
		for _, ask := range [][2]string{{"POST", "/api/products/1/close"}, {"DELETE", "/api/products/1"}} {
			if a, err := s.Ask(ask[0], ask[1], "", ""); err != nil || a.Status > 299 {
				t.Fatal(ask, a, err)
			}
		}
	}
	if shown != 1 {
		t.Errorf("it was shown %d times", shown)
	}
}
