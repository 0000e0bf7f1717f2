package cluster

import (
	"testing"

	"seckill/test/program"
)

// Buyers of a rush pay as at a shop: some cancel, some pay late, some twice. Every payment that the shop has told of is there,
// what became of them adds up, and the audit finds nothing.
func TestARushThatPays(t *testing.T) {
	c := start(t, bin, sharedServers(t).flags())
	if found := append(c.apis[0].PayAtTheShop(t, bin, "paid"), judged(t, c)...); len(found) > 0 {
		t.Error(most(found))
	}
}

// A hundred identities of one address get what one address may have unpaid, also after an opening.
func TestAnAddressThatHoards(t *testing.T) {
	c := start(t, bin, sharedServers(t).flags())
	s := c.join(program.Serve(t, bin, append([]string{"--roles", "api", "--trusted-proxies", "127.0.0.1/32"}, c.flags...)...))
	c.await()
	found := s.Hoard(t, "hoarded")
	s.Put(t, "hoarded", `{"quantity":1001,"payment_window":"1h","unpaid_per_address":3}`)
	if found = append(append(found, s.HoardAgain(t, "hoarded")...), judged(t, c)...); len(found) > 0 {
		t.Error(most(found))
	}
}
