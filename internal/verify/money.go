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

// payments compares those of the partition with what the log gives.
func (a *partitionAudit) payments() error {
	seen := map[string]int{}
	err := a.snapshot.Payments(a.partition, func(p sale.Payment) error {
		if a.fold == nil {
			return nil
		}
		gives, known := a.fold.money[p.ProductID][p.ID]
		where := "seckill_payment " + p.ID
		if !known {
			a.find(Fold, p.ProductID, where, "the log does not give this payment")
			return nil
		}
		seen[p.ProductID]++
		if unlike := unlikePayments(&p, &gives); len(unlike) > 0 {
			a.find(Fold, p.ProductID, where, "not as the log gives it: "+strings.Join(unlike, ", "))
		}
		return nil
	})
	if err != nil || a.fold == nil {
		return err
	}
	for _, product := range slices.Sorted(maps.Keys(a.fold.money)) {
		if n := len(a.fold.money[product]); n > seen[product] {
			a.find(Fold, product, "seckill_payment", "payments of the log are not in the store", Number{"payments", int64(seen[product])}, Number{"by the log", int64(n)})
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
