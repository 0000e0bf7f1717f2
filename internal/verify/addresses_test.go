package verify_test

import (
	"strings"
	"testing"
	"time"

	"seckill/internal/sale"
	"seckill/internal/verify"
)

// hoarded is a world with a product of which two orders of an address may wait for payment: some do, some are paid or
// have ended, as the gate knows or not yet, one is on its way to the log, and one has just arrived there.
func hoarded(t *testing.T) *world {
	w := newWorld(t)
	w.open("p", sale.Terms{Quantity: 20, LimitPerUser: 1, PaymentWindow: time.Hour, UnpaidPerAddress: 2})
	for i, user := range []string{"ann", "amy", "bob", "cid", "dan"} {
		w.buy("p", user, byte(i+1))
	}
	w.end(sale.KindPay, "p", 1)
	w.end(sale.KindCancel, "p", 3)
	w.handOver("p")
	w.end(sale.KindPay, "p", 4)
	w.admit("p", "eve", 6)
	w.add(w.admit("p", "abe", 7))
	return w
}

func TestTheGateCountsWhatAddressesHaveUnpaid(t *testing.T) {
	w := hoarded(t)
	r, err := w.live()
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
	if want := "counted 6, waiting 6"; !strings.Contains(printed(r), want) { // amy and abe, bob and cid, whose returns the gate does not know of yet, dan, eve
		t.Errorf("want %s in\n%s", want, printed(r))
	}
}

// What happens after the cut is no difference.
func TestWhatAddressesDoAfterTheCut(t *testing.T) {
	w := hoarded(t)
	w.passing = func() {
		w.passing = func() {}
		w.add(w.gates["p"].box[0].Orders[0]) // eve's arrives
		w.end(sale.KindPay, "p", 6)
		w.buy("p", "fay", 8)
		w.end(sale.KindPay, "p", 8)
		w.buy("p", "fox", 9)
		w.end(sale.KindCancel, "p", 9)
		w.buy("p", "gil", 10)
		w.end(sale.KindCancel, "p", 2)
		for range 3 {
			w.handOver("p")
		}
	}
	r, err := w.live()
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
}

func TestAGateThatMiscountsAddresses(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(counts map[string]int)
		words  string
	}{
		"one too many":        {func(counts map[string]int) { counts[originOf("ann")]++ }, originOf("ann")},
		"one too few":         {func(counts map[string]int) { counts[originOf("ann")]-- }, "counted 1, waiting 2"},
		"one forgotten":       {func(counts map[string]int) { delete(counts, originOf("dan")) }, "counted 0, waiting 1"},
		"one that nobody has": {func(counts map[string]int) { counts[originOf("zoe")] = 3 }, "counted 3, waiting 0"},
	} {
		t.Run(name, func(t *testing.T) {
			w := hoarded(t)
			c.damage(w.gates["p"].unpaid)
			r, err := w.live()
			if err != nil {
				t.Fatal(err)
			}
			wantFindings(t, r, []verify.Invariant{verify.Addresses}, c.words)
		})
	}
}
