package fault

import (
	"testing"
)

// Buyers of a rush pay as at a shop: some cancel, some pay late, some twice. Every payment that the shop has told of is there,
// what became of them adds up, and the audit finds nothing.
// A hundred identities of one address get what one address may have unpaid.
func TestAnAddressThatHoards(t *testing.T) {
	data := t.TempDir()
	s := serve(t, bin, data, "--trusted-proxies", "127.0.0.1/32")
	if found := append(s.Hoard(t, "1"), judged(t, data)...); len(found) > 0 {
		t.Error(most(found))
	}
	s.Stop(t)
	s = serve(t, bin, data, "--trusted-proxies", "127.0.0.1/32") // its gates are opened anew, by the tables
	if found := append(s.HoardAgain(t, "1"), judged(t, data)...); len(found) > 0 {
		t.Error(most(found))
	}
}

func TestARushThatPays(t *testing.T) {
	const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
	data := t.TempDir()
	s := serve(t, bin, data, "--payment-secret", secret)
	if found := append(s.PayAtTheShop(t, bin, "1", "--payment-secret", secret), judged(t, data)...); len(found) > 0 {
		t.Error(most(found))
	}
	s.Stop(t)
	if found := judged(t, data); len(found) > 0 {
		t.Error(most(found))
	}
}
