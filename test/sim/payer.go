package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"seckill/internal/sale"
)

// payStory reports whether people pay in the stories of this seed: of clusters and of the embedded
// mode, some with echoes, upgrades and backups.
func payStory(seed uint64) bool {
	return slices.Contains([]uint64{12, 14, 16, 18, 19}, seed%20) || slices.Contains([]uint64{31, 33}, seed%40) || seed%60 == 57
}

// A paid is what was told of a payment.
type paid struct {
	sale.Payment
	status sale.PaymentStatus
}

// pay pays for an order, whatever has become of it: some twice, with another body, or too little.
func (s *story) pay(product string, id sale.OrderID) {
	m := sale.Payment{ProductID: product, ID: fmt.Sprint("m-", s.rng.Uint64()), OrderID: id, Paid: s.store.view().orders[id].Price}
	if m.Paid == (sale.Price{}) || s.rng.IntN(10) == 0 {
		m.Paid = sale.Price{Amount: 7, Currency: "EUR"}
	}
	switch s.rng.IntN(6) {
	case 0, 1:
		s.client("pays at once again", func() { s.tell(m) })
	case 2:
		other := m
		other.Paid.Amount++
		s.client("another body", func() { s.tell(other) })
	case 3:
		other := m
		other.ID += "-b"
		s.client("pays twice", func() { s.tell(other) })
	}
	s.tell(m)
	switch s.rng.IntN(8) {
	case 0, 1:
		s.sleep(s.ms(3000))
		s.void(id)
	case 2, 3, 4:
		s.sleep(s.ms(3000))
		s.refund(m)
	}
}

// tell tells of a payment until there is an answer, or one has told often enough.
func (s *story) tell(m sale.Payment) {
	for answered, try := false, 0; !answered && try < 4; try++ {
		s.in("payment", patience, func(p *process) {
			if p.older() {
				return
			}
			before := s.payments[[2]string{m.ProductID, m.ID}].status // another answer may come meanwhile
			got, _, err := p.payments.Receive(s.deadline(patience), m, p.operator("till"))
			answered = err == nil
			switch key := [2]string{m.ProductID, m.ID}; {
			case err == nil:
				s.toldOf(key, m, got, before)
			case errors.Is(err, sale.ErrOtherPayment):
				if kept := s.store.view().payments[key]; answers(kept, m) {
					s.find("payment %s was told to be another, and is the one", m.ID)
				}
				answered = true
			}
		})
	}
}

func answers(kept, m sale.Payment) bool { return kept.OrderID == m.OrderID && kept.Paid == m.Paid }

func (s *story) toldOf(key [2]string, m, got sale.Payment, before sale.PaymentStatus) {
	switch {
	case !answers(got, m):
		s.find("payment %s is for %s, and was answered as %+v", m.ID, m.OrderID, got)
	case !leadsTo(before, got.Status):
		s.find("payment %s was told to be %s, and then %s", m.ID, before, got.Status)
	}
	if leadsTo(s.payments[key].status, got.Status) {
		s.payments[key] = paid{m, got.Status}
	}
	if r, bought := s.receipts[m.OrderID]; bought && got.Status == sale.PaymentPaid && !got.WasLate {
		if o := s.store.view().orders[m.OrderID]; o.Status == sale.Paid {
			r.epoch, r.status = o.Epoch, sale.Paid
			s.receipts[m.OrderID] = r
		}
	}
}

// leadsTo reports whether a payment may go from one status to another, in any number of steps.
func leadsTo(from, to sale.PaymentStatus) bool {
	way := []sale.PaymentStatus{"", sale.PaymentLate, sale.PaymentPaid, sale.PaymentRefundDue, sale.PaymentRefunded}
	return slices.Index(way, from) <= slices.Index(way, to)
}

// void ends an order for the shop.
func (s *story) void(id sale.OrderID) {
	s.voided[id] = true
	s.in("void", patience, func(p *process) {
		if !p.older() {
			_, _ = p.payments.Void(s.deadline(patience), id, "r", p.operator("ann"))
		}
	})
}

func (s *story) refund(m sale.Payment) {
	s.in("refund", patience, func(p *process) {
		if p.older() {
			return
		}
		if got, err := p.payments.Refund(s.deadline(patience), m.ProductID, m.ID, "", p.operator("ann")); err == nil {
			if kept, told := s.payments[[2]string{m.ProductID, m.ID}]; told && answers(got, m) {
				kept.status = sale.PaymentRefunded
				s.payments[[2]string{m.ProductID, m.ID}] = kept
			}
		}
	})
}

// unpaid are the promises about money that were broken: every payment that was told of has
// its row, and no order is paid by two.
func (s *story) unpaid(find func(format string, args ...any)) {
	t := s.store.view()
	for key, told := range s.payments {
		kept, known := t.payments[key]
		switch {
		case !known:
			find("payment %s of %s was told to be %s, and has no row", told.ID, told.ProductID, told.status)
		case !answers(kept, told.Payment), !leadsTo(told.status, kept.Status):
			find("payment %s was told to be %s, and is %+v", told.ID, told.status, kept)
		}
	}
	pays := map[sale.OrderID]string{}
	for _, m := range t.payments {
		of := m.OrderID
		if m.WasLate {
			of = m.LateID
		}
		if m.Status != sale.PaymentPaid {
			continue
		}
		if other, twice := pays[of]; twice && t.orders[of].ProductID == m.ProductID && t.wiped[m.ProductID] == 0 {
			find("order %s is paid by %s and by %s", of, other, m.ID)
		}
		pays[of] = m.ID
	}
}

// isLate reports whether an order was asked for by a late payment.
func isLate(id sale.OrderID) bool { return id[6]>>4 == 8 }

func (s netStore) Payment(ctx context.Context, product, id string) (m sale.Payment, err error) {
	err = s.w.ask("payment", func() (err error) {
		m, err = s.memStore.Payment(ctx, product, id)
		return err
	})
	return m, err
}

func (s netStore) PaymentsByID(ctx context.Context, keys []sale.PaymentKey) (all []sale.Payment, err error) {
	err = s.w.ask("payments by id", func() (err error) {
		all, err = s.memStore.PaymentsByID(ctx, keys)
		return err
	})
	return all, err
}

func (s netStore) Late(ctx context.Context, partition int32, after sale.Payment, max int) (all []sale.Payment, err error) {
	err = s.w.ask("late", func() (err error) {
		all, err = s.memStore.Late(ctx, partition, after, max)
		return err
	})
	return all, err
}
