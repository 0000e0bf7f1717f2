package verify_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"seckill/internal/sale"
	"seckill/internal/verify"
)

// A late payment may get its order in the same stretch of the log, or in a later one.
func TestALatePaymentThatGetsItsOrderAtOnce(t *testing.T) {
	for before := range 3 {
		w := newWorld(t)
		w.open("p", sale.Terms{Quantity: 2, LimitPerUser: 1, PaymentWindow: time.Hour, Price: sale.Price{Amount: 7, Currency: "EUR"}})
		w.buy("p", "ann", 1)
		w.buy("p", "bob", 2)
		w.end(sale.KindExpire, "p", 1)
		w.handOver("p")
		for range before {
			w.add(sale.Probe("p", at))
		}
		w.pays("p", "m1", 2, 7)
		w.pays("p", "m2", 1, 7) // late
		w.buyAs("p", "ann", w.payment("p", "m2").LateID)
		w.pays("p", "m3", 9, 5) // nobody's
		r, err := w.live()
		if err != nil {
			t.Fatal(err)
		}
		wantClean(t, r)
		if i := slices.IndexFunc(r.Checks, func(c verify.Check) bool { return c.Code == "money_adds_up" }); i < 0 || fmt.Sprint(r.Checks[i].Numbers) != "[{payments 19} {paid orders 14} {deleted orders 0} {late 0} {owed back 5} {paid back 0}]" {
			t.Errorf("%+v", r.Checks)
		}
	}
}

// What paid an order that went with its product adds up, too; and one that was lost does not.
func TestMoneyOfADeletedProduct(t *testing.T) {
	w := newWorld(t)
	terms := sale.Terms{Quantity: 2, LimitPerUser: 1, PaymentWindow: time.Hour}
	w.open("p", terms)
	w.buy("p", "ann", 1)
	w.pays("p", "m1", 1, 7)
	terms.Closed = true
	w.open("p", terms)
	w.add(sale.Record{Kind: sale.KindOpening, ProductID: "p", Epoch: 3, Nonce: "gone", Deleted: true, Terms: terms, At: at})
	delete(w.gates, "p")
	r, err := w.stopped()
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, r)
	terms.Closed = false
	w.open("p", terms)
	w.buy("p", "bob", 2)
	w.pays("p", "m2", 2, 9)
	w.orders["p"] = nil
	r, err = w.live()
	if err != nil || !slices.ContainsFunc(r.Findings, func(f verify.Finding) bool { return f.Invariant == verify.Money }) {
		t.Errorf("an order that is paid is lost: %v, %+v", err, r.Findings)
	}
}
