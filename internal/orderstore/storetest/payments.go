package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// payment is the record of payment m, for order n; as a late one it asks for order 1000+m.
func payment(product string, m, n int, amount int64) sale.Record {
	r := end(sale.KindPay, product, n)
	r.PaymentID, r.LateID, r.Price = fmt.Sprintf("m_%03d", m), id(1000+m), sale.Price{Amount: amount, Currency: "JPY"}
	return r
}

func refundDue(product string, m int) sale.Record {
	return sale.Record{Kind: sale.KindRefundDue, ProductID: product, At: written, PaymentID: fmt.Sprintf("m_%03d", m), Reason: "sold_out"}
}

func refunded(product string, m int) sale.Record {
	return sale.Record{Kind: sale.KindRefunded, ProductID: product, At: written, PaymentID: fmt.Sprintf("m_%03d", m), By: "ann"}
}

func void(product string, n int) sale.Record {
	r := end(sale.KindVoid, product, n)
	r.Reason = "a “fraud”"
	return r
}

// statuses demands where each payment stands.
func (w *world) statuses(product string, want map[int]sale.PaymentStatus) {
	w.Helper()
	w.check()
	for m, status := range want {
		got := must[sale.Payment](w)(w.Keeper.Payment(w.ctx, product, fmt.Sprintf("m_%03d", m)))
		if kept := w.full[product].Payment(got.ID); got.Status != status || got != *kept {
			w.Errorf("payment %d: %+v, not %s as in %+v", m, got, status, *kept)
		}
	}
}

const (
	paid, late = sale.PaymentPaid, sale.PaymentLate
	owed, back = sale.PaymentRefundDue, sale.PaymentRefunded
)

// applyPayments: whatever has become of its order, a payment leaves a row.
func applyPayments(w *world) {
	const a, k, r, s = sale.Applied, sale.Known, sale.Refused, sale.Stale
	final := withWindow(9, 9)
	final.PaymentWindow = 0
	w.feed(0, opening("a", 1, withWindow(9, 9))) // at 109
	for n := 1; n <= 6; n++ {
		w.feed(0, buy("a", 1, n, "u1"))
	}
	w.feed(0, opening("a", 2, final), buy("a", 2, 7, "u7"), buy("a", 2, 8, "u8"))
	w.expect([]sale.Outcome{a, k, k, a, a, a, a, a, a, a, a, a},
		payment("a", 1, 1, 109), payment("a", 1, 1, 109), payment("a", 1, 2, 5), // twice, also with another body
		payment("a", 2, 1, 109), payment("a", 3, 2, 108), payment("a", 4, 99, 109), cancel("a", 3), payment("a", 5, 3, 109),
		expire("a", 4), payment("a", 6, 4, 109), payment("a", 7, 4, 1), payment("a", 8, 7, 109))
	w.statuses("a", map[int]sale.PaymentStatus{1: paid, 2: owed, 3: owed, 4: owed, 5: late, 6: late, 7: owed, 8: paid})
	w.expect([]sale.Outcome{r, a, k, r, a, k, r}, refunded("a", 5), refundDue("a", 5), refundDue("a", 5), refundDue("a", 1), refunded("a", 5), refunded("a", 5), refunded("a", 77))
	w.expect([]sale.Outcome{r, a, r, a, a, r, a}, void("a", 5), void("a", 1), void("a", 1), void("a", 8), void("a", 7), void("a", 99), payment("a", 9, 8, 109))
	w.statuses("a", map[int]sale.PaymentStatus{1: owed, 5: back, 8: owed, 9: owed})
	w.expect([]sale.Outcome{s}, func() sale.Record { stale := void("a", 2); stale.Kind, stale.Epoch = sale.KindCancel, 0; return stale }())
}

// applyLate: the order of a late payment is paid at once, and is none when it is late no more.
func applyLate(w *world) {
	const a, k, r = sale.Applied, sale.Known, sale.Refused
	w.feed(0, opening("a", 1, withWindow(2, 2)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"))
	w.feed(0, expire("a", 1), cancel("a", 2), payment("a", 1, 1, 102), payment("a", 2, 2, 102))
	w.expect([]sale.Outcome{a, k, a, r}, buy("a", 1, 1001, "u1"), buy("a", 1, 1001, "u1"), refundDue("a", 2), buy("a", 1, 1002, "u2"))
	w.statuses("a", map[int]sale.PaymentStatus{1: paid, 2: owed})
	o := must[sale.Order](w)(w.Keeper.Order(w.ctx, id(1001)))
	if o.Status != sale.Paid || !o.PayBy.IsZero() || o.PaymentID != "m_001" || o.Price.Amount != 102 {
		w.Errorf("the order of a late payment: %+v", o)
	}
	w.expect([]sale.Outcome{a, a, a}, void("a", 1001), opening("a", 2, withWindow(2, 2)), buy("a", 2, 3, "u3"))
	w.statuses("a", map[int]sale.PaymentStatus{1: owed})
}

// applyOwed: a product is not deleted while a payment is late or owed back; what was paid
// outlives it, and pays no order of its next life.
func applyOwed(w *world) {
	const a, k, r = sale.Applied, sale.Known, sale.Refused
	closed := withWindow(9, 9)
	closed.Closed = true
	w.feed(0, opening("a", 1, withWindow(9, 9)), buy("a", 1, 1, "u1"), buy("a", 1, 2, "u2"), payment("a", 1, 1, 109), expire("a", 2), payment("a", 2, 2, 109))
	w.expect([]sale.Outcome{a, r, a, r, a, a, a}, opening("a", 2, closed), deletion("a", 3), refundDue("a", 2), deletion("a", 4), refunded("a", 2), deletion("a", 5), payment("a", 3, 1, 109))
	w.statuses("a", map[int]sale.PaymentStatus{1: paid, 2: back, 3: owed})
	w.expect([]sale.Outcome{a, a, a, a, k}, opening("a", 6, withWindow(9, 9)), buy("a", 6, 1, "u1"), payment("a", 4, 1, 109), void("a", 1), payment("a", 1, 1, 109))
	w.statuses("a", map[int]sale.PaymentStatus{1: paid, 4: owed})
}

// paymentsOfNoProduct: money for what never was has a row, too, and is there when the product comes.
func paymentsOfNoProduct(w *world) {
	const a, k, r = sale.Applied, sale.Known, sale.Refused
	w.expect([]sale.Outcome{a, k, a}, payment("a", 1, 1, 5), payment("a", 1, 1, 5), payment("b", 1, 1, 5))
	w.statuses("a", map[int]sale.PaymentStatus{1: owed})
	closed := withWindow(9, 9)
	closed.Closed = true
	w.expect([]sale.Outcome{a, r, a, a}, opening("a", 1, closed), deletion("a", 2), refunded("a", 1), deletion("a", 3))
	w.Keeper = w.Reopen()
	w.statuses("a", map[int]sale.PaymentStatus{1: back})
	w.statuses("b", map[int]sale.PaymentStatus{1: owed})
	if _, err := w.Keeper.Product(w.ctx, "b"); err == nil {
		w.Error("a payment has made a product")
	}
}

func paymentPages(w *world) {
	w.feed(0, opening("a", 1, withWindow(9, 9)), buy("a", 1, 1, "u1"), payment("b", 1, 1, 5))
	for m := range 7 {
		w.feed(0, payment("a", m, 1, 109)) // one pays, the others are owed back
	}
	var all []sale.Payment
	w.full["a"].Payments(func(m *sale.Payment) { all = append(all, *m) })
	slices.SortFunc(all, byPayment)
	for _, c := range []struct {
		q    sale.PaymentQuery
		want []sale.Payment
	}{
		{sale.PaymentQuery{Product: "a", Limit: 3}, all[:3]},
		{sale.PaymentQuery{Product: "a", After: "m_002", Limit: 9}, all[3:]},
		{sale.PaymentQuery{Product: "a", Status: owed, Limit: 2}, all[1:3]},
		{sale.PaymentQuery{Product: "a", Status: late, Limit: 9}, nil},
		{sale.PaymentQuery{Product: "a", Order: id(1), After: "m_002", Limit: 2}, all[3:5]},
		{sale.PaymentQuery{Product: "a", Order: id(2), Limit: 9}, nil},
		{sale.PaymentQuery{Product: "c", Limit: 9}, nil},
	} {
		got, err := w.Keeper.Payments(w.ctx, c.q)
		equal(w, fmt.Sprintf("%+v", c.q), got, c.want, err)
	}
	w.feed(0, buy("a", 1, 2, "u2"), expire("a", 2), payment("a", 7, 2, 109), payment("a", 8, 2, 109), payment("a", 9, 2, 109), refundDue("a", 8))
	w.feed(0, opening("c", 1, withWindow(9, 9)), buy("c", 1, 11, "u2"), expire("c", 11), payment("c", 1, 11, 109))
	w.feed(1, opening("d", 1, withWindow(9, 9)), buy("d", 1, 12, "u2"), expire("d", 12), payment("d", 2, 12, 109))
	of := func(product, id string) sale.Payment { return *w.full[product].Payment(id) }
	for _, c := range []struct {
		partition int32
		after     sale.Payment
		most      int
		want      []sale.Payment
	}{
		{0, sale.Payment{}, 9, []sale.Payment{of("a", "m_007"), of("a", "m_009"), of("c", "m_001")}},
		{0, of("a", "m_007"), 1, []sale.Payment{of("a", "m_009")}},
		{0, of("c", "m_001"), 9, nil},
		{1, sale.Payment{}, 9, []sale.Payment{of("d", "m_002")}},
	} {
		got, err := w.Keeper.Late(w.ctx, c.partition, c.after, c.most)
		equal(w, fmt.Sprintf("late ones of partition %d behind %s", c.partition, c.after.ID), got, c.want, err)
	}
	open := []sale.OpenPayments{{Status: late}, {Status: owed}}
	for i := range open {
		for _, p := range []string{"a", "b", "c", "d"} {
			w.full[p].Payments(func(m *sale.Payment) {
				if o := &open[i]; m.Status == o.Status {
					if o.Count++; o.Count == 1 || m.ChangedAt.Before(o.Since) {
						o.Since = m.ChangedAt
					}
				}
			})
		}
	}
	gotOpen, err := w.Keeper.OpenPayments(w.ctx)
	if err != nil || !slices.Equal(gotOpen, open) || open[0].Count == 0 || open[1].Count == 0 {
		w.Errorf("open payments: %v, not %v, %v", gotOpen, open, err)
	}
	keys := []sale.PaymentKey{{ProductID: "b", ID: "m_002"}} // another product's
	var kept []sale.Payment
	for _, p := range []string{"a", "b", "c"} {
		w.full[p].Payments(func(m *sale.Payment) {
			kept = append(kept, *m)
			keys = append(keys, m.Key())
		})
	}
	got, err := w.Keeper.PaymentsByID(w.ctx, keys)
	slices.SortFunc(kept, byPayment)
	slices.SortFunc(got, byPayment)
	equal(w, "payments by their ids", got, kept, err)
	_, err = w.Keeper.Payment(w.ctx, "b", "m_002")
	w.refused("another product's payment", err, sale.ErrNotFound)
}

func byPayment(a, b sale.Payment) int {
	return slices.Compare([]string{a.ProductID, a.ID}, []string{b.ProductID, b.ID})
}

// comparePayments compares those of every partition.
func (w *world) comparePayments(s orderstore.Snapshot) {
	w.Helper()
	want := map[int32][]sale.Payment{}
	for _, p := range w.full {
		p.Payments(func(m *sale.Payment) { want[m.Partition] = append(want[m.Partition], *m) })
	}
	for partition := range int32(4) {
		var got []sale.Payment
		err := s.Payments(partition, func(m sale.Payment) error { got = append(got, m); return nil })
		slices.SortFunc(want[partition], byPayment)
		equal(w, fmt.Sprint("payments of partition ", partition), got, want[partition], err)
	}
}

// randomPayment is what may happen to payments among the 40 orders behind base.
func randomPayment(r *rand.Rand, product string, epoch int64, base int) sale.Record {
	m, n := base+r.IntN(20), base+1+r.IntN(40)
	switch r.IntN(6) {
	case 0:
		return refundDue(product, m)
	case 1:
		return refunded(product, m)
	case 2:
		return void(product, n)
	case 3:
		return buy(product, epoch, 1000+m, fmt.Sprintf("u%d", n%7))
	}
	p := payment(product, m, n, []int64{500, 500, 500, 499}[r.IntN(4)])
	p.Epoch = epoch + math.MaxInt32*int64(r.IntN(2))
	return p
}
