package recovery

import (
	"context"
	"errors"
	"slices"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A paymentKey names a payment.
type paymentKey struct{ product, id string }

// steps are the statuses of payments, in the order in which one may take them.
var steps = []sale.PaymentStatus{sale.PaymentLate, sale.PaymentPaid, sale.PaymentRefundDue, sale.PaymentRefunded}

// withPayments are the partitions that the tables have payments of.
func (p *Plan) withPayments(ctx context.Context) (partitions map[int32]bool, err error) {
	partitions = map[int32]bool{}
	err = p.store.Audit(ctx, func(s orderstore.Snapshot) error {
		for partition := range p.marks {
			if err := s.Payments(partition, func(sale.Payment) error { partitions[partition] = true; return nil }); err != nil {
				return err
			}
		}
		return nil
	})
	return partitions, err
}

// hasPayments reports whether a state has every payment of the tables, at least as far.
func (p *Plan) hasPayments(s orderstore.Snapshot, state map[paymentKey]sale.PaymentStatus) (all bool, err error) {
	all = true
	for partition := range p.marks {
		err := s.Payments(partition, func(m sale.Payment) error {
			status, known := state[paymentKey{m.ProductID, m.ID}]
			all = all && known && slices.Index(steps, status) >= slices.Index(steps, m.Status)
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return all, nil
}

// unknownPayment notes what r tells of a payment that the tables do not have.
func (p *Plan) unknownPayment(ctx context.Context, r *sale.Record, found map[string]*loss) error {
	all := []sale.Payment{{ID: r.PaymentID, Status: sale.PaymentLate}}
	switch r.Kind {
	case sale.KindRefundDue:
		all[0].Status = sale.PaymentRefundDue
	case sale.KindRefunded:
		all[0].Status = sale.PaymentRefunded
	case sale.KindState:
		all = r.Chunk.Payments
	}
	for i := range all {
		kept, err := p.store.Payment(ctx, r.ProductID, all[i].ID)
		if err != nil && !errors.Is(err, sale.ErrNotFound) {
			return err
		}
		if slices.Index(steps, kept.Status) < slices.Index(steps, all[i].Status) {
			lossOf(found, r.ProductID).payments[all[i].ID] = true
		}
	}
	return nil
}
