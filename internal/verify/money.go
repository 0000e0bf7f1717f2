package verify

import (
	"maps"
	"slices"
	"strings"

	"seckill/internal/sale"
)

// A money is the payments of one product as the log, folded again, gives them. They stay
// when the product goes, and are there without one.
type money map[string]sale.Payment

func (m money) owes() bool {
	for _, p := range m {
		if p.Status.IsOpen() {
			return true
		}
	}
	return false
}

// keep writes what the fold changed in s since it was loaded.
func (f *refold) keep(t *table, s *sale.State) {
	for _, p := range s.TouchedPayments() {
		m := f.money[p.ProductID]
		if m == nil {
			m = money{}
			f.money[p.ProductID] = m
		}
		m[p.ID] = *p
		if p.WasLate {
			f.late[p.LateID] = p.ID
		}
	}
	t.keepAll(s)
}

func (f *refold) loadPayment(s *sale.State, id string) {
	if p, known := f.money[s.Product.ID][id]; known {
		s.AddPayment(p)
	}
}

// loadPayments makes those known to s that r may change.
func (f *refold) loadPayments(t *table, s *sale.State, r *sale.Record) {
	for _, id := range [...]string{r.PaymentID, f.late[r.OrderID], t.paidBy[r.OrderID]} {
		f.loadPayment(s, id)
	}
}

// sums are what one product has been paid in one currency, by the tables. What has paid an order
// that went with its product is told apart by the log.
type sums struct{ payments, orders, gone, late, due, refunded int64 }

func (a *partitionAudit) sum(product, currency string) *sums {
	of := a.sums[product]
	if of == nil {
		of = map[string]*sums{}
		a.sums[product] = of
	}
	if of[currency] == nil {
		of[currency] = &sums{}
	}
	return of[currency]
}

// paidFor adds what an order says that it was paid. One without a price names the payment.
func (a *partitionAudit) paidFor(o *sale.Order) {
	if o.Status != sale.Paid || o.PaymentID == "" || a.fold == nil {
		return
	}
	paid := o.Price
	if paid == (sale.Price{}) {
		paid = a.fold.money[o.ProductID][o.PaymentID].Paid
	}
	a.sum(o.ProductID, paid.Currency).orders += paid.Amount
}

func (a *partitionAudit) received(p *sale.Payment) {
	s := a.sum(p.ProductID, p.Paid.Currency)
	s.payments += p.Paid.Amount
	pays := p.OrderID
	if p.WasLate {
		pays = p.LateID
	}
	switch p.Status {
	case sale.PaymentPaid:
		if a.fold.money[p.ProductID][p.ID].Status == sale.PaymentPaid && a.paidBy[p.ProductID][pays] != p.ID {
			s.gone += p.Paid.Amount
		}
	case sale.PaymentLate:
		s.late += p.Paid.Amount
	case sale.PaymentRefundDue:
		s.due += p.Paid.Amount
	case sale.PaymentRefunded:
		s.refunded += p.Paid.Amount
	}
}

func (a *partitionAudit) addUp() {
	for _, product := range slices.Sorted(maps.Keys(a.sums)) {
		for _, currency := range slices.Sorted(maps.Keys(a.sums[product])) {
			s := a.sums[product][currency]
			a.decide(moneyAddsUp.of(currency), product, inTable.of("seckill_payment"), s.payments == s.orders+s.gone+s.late+s.due+s.refunded,
				Number{"payments", s.payments}, Number{"paid orders", s.orders}, Number{"deleted orders", s.gone}, Number{"late", s.late}, Number{"owed back", s.due}, Number{"paid back", s.refunded})
		}
	}
}

// payments compares those of the partition with what the log gives, and adds them up.
func (a *partitionAudit) payments() error {
	seen, unjudged := map[string]int{}, false
	err := a.snapshot.Payments(a.partition, func(p sale.Payment) error {
		if a.fold == nil {
			unjudged = true
			return nil
		}
		a.received(&p)
		gives, known := a.fold.money[p.ProductID][p.ID]
		where := inRow.of("seckill_payment", p.ID)
		if !known {
			a.find(paymentNotInLog, p.ProductID, where)
			return nil
		}
		seen[p.ProductID]++
		if unlike := unlikePayments(&p, &gives); len(unlike) > 0 {
			a.find(paymentDiffers.of(strings.Join(unlike, ", ")), p.ProductID, where)
		}
		return nil
	})
	if unjudged {
		a.leaveOut(Money, "", notFoldedAgain.of(a.partition))
	}
	if err != nil || a.fold == nil {
		return err
	}
	a.addUp()
	for _, product := range slices.Sorted(maps.Keys(a.fold.money)) {
		if n := len(a.fold.money[product]); n > seen[product] {
			a.find(paymentsNotInStore, product, inTable.of("seckill_payment"), Number{"payments", int64(seen[product])}, Number{"by the log", int64(n)})
		}
	}
	return nil
}

// unlikePayments names the columns in which a is not b.
func unlikePayments(a, b *sale.Payment) (names []string) {
	for _, c := range []struct {
		name   string
		differ bool
	}{
		{"order_id", a.OrderID != b.OrderID}, {"late_id", a.LateID != b.LateID}, {"was_late", a.WasLate != b.WasLate},
		{"amount", a.Paid.Amount != b.Paid.Amount}, {"currency", a.Paid.Currency != b.Paid.Currency},
		{"status", a.Status != b.Status}, {"reason", a.Reason != b.Reason}, {"refunded_by", a.By != b.By},
		{"at", !a.At.Equal(b.At)}, {"changed_at", !a.ChangedAt.Equal(b.ChangedAt)},
	} {
		if c.differ {
			names = append(names, c.name)
		}
	}
	return names
}
