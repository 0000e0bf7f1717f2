package cluster

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
)

// Whoever projects, and whichever process an order is watched at: its stream shows each change, also the last.
func TestAnOrdersStreamInACluster(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	here, there := c.apis[0], c.apis[1]
	product := c.newSale(1).product
	here.Put(t, product, `{"quantity":9,"payment_window":"1h"}`)
	a, err := here.Buy(product, "ann", "")
	if err != nil || a.Status > 202 {
		t.Fatal(a, err)
	}
	r, err := http.Get(here.URL + "/api/orders/" + a.Order.ID + "/events?product=" + product + "&user=ann")
	if err != nil || r.StatusCode != 200 {
		t.Fatal(r, err)
	}
	defer r.Body.Close()
	lines := bufio.NewScanner(r.Body)
	shows := func(status string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), `"status":"`+status+`"`) {
				return
			}
		}
		t.Fatalf("it ended before it was %s: %v", status, lines.Err())
	}
	ask := func(method, path string) {
		t.Helper()
		if a, err := there.Ask(method, path, "", ""); err != nil || a.Status > 299 {
			t.Fatal(path, a, err)
		}
	}
	shows("placed")
	for i := range 20 { // others go on
		if a, err := there.Buy(product, "u"+string(rune('a'+i)), ""); err != nil || a.Status > 409 {
			t.Fatal(a, err)
		}
	}
	ask("POST", "/api/orders/"+a.Order.ID+"/cancel")
	shows("cancelled")
	ask("POST", "/api/products/"+product+"/close")
	ask("DELETE", "/api/products/"+product)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `"status"`) {
			t.Errorf("after it was deleted: %s", lines.Text())
		}
	}
}
