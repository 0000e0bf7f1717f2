package cluster

import "testing"

// Buyers of a rush pay as at a shop: some cancel, some pay late, some twice. Every payment that the shop has told of is there,
// what became of them adds up, and the audit finds nothing.
func TestARushThatPays(t *testing.T) {
	c := start(t, bin, sharedServers(t).flags())
	if found := append(c.apis[0].PayAtTheShop(t, bin, "paid"), judged(t, c)...); len(found) > 0 {
		t.Error(most(found))
	}
}
