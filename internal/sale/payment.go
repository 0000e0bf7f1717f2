package sale

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// PaymentStatus is where a payment stands.
type PaymentStatus string

// The statuses of payments.
const (
	PaymentPaid      PaymentStatus = "paid"       // it pays an order
	PaymentLate      PaymentStatus = "late"       // its order has expired or was cancelled: a unit is to be asked for
	PaymentRefundDue PaymentStatus = "refund_due" // it is owed back
	PaymentRefunded  PaymentStatus = "refunded"
)

// PaymentStatuses is every status.
var PaymentStatuses = []PaymentStatus{PaymentPaid, PaymentLate, PaymentRefundDue, PaymentRefunded}

// Why a payment is owed back, if the fold has found that.
const (
	UnknownOrder = "unknown_order"
	WrongAmount  = "wrong_amount"
	AlreadyPaid  = "already_paid"
	Voided       = "voided"
)

// Valid reports whether s is a status that the fold gives.
func (s PaymentStatus) Valid() bool { return slices.Contains(PaymentStatuses, s) }

// IsOpen reports whether somebody has to do something yet.
func (s PaymentStatus) IsOpen() bool { return s == PaymentLate || s == PaymentRefundDue }

// A Payment is money that somebody says has come, as the fold keeps it. It stays when
// its product is deleted, and is there without any.
type Payment struct {
	ProductID string
	ID        string  // unique in its product
	OrderID   OrderID // that it is for
	LateID    OrderID // of the order that it gets, if its own has ended and there is a unit
	WasLate   bool
	Paid      Price // what was paid
	Status    PaymentStatus
	Reason    string    // why it is owed back, or was
	By        string    // who has paid it back; empty: nobody yet, or it is not known
	At        time.Time // of the record that brought it
	ChangedAt time.Time // of the record that changed it last
	Partition int32
}

// A PaymentKey names a payment: its id is unique in its product.
type PaymentKey struct{ ProductID, ID string }

// Key is what names it.
func (m *Payment) Key() PaymentKey { return PaymentKey{m.ProductID, m.ID} }

// payments are those of one product that are known.
type payments struct {
	byID    map[string]*Payment
	late    map[OrderID]*Payment // by LateID: those that were late
	touched map[string]*Payment
}

func newPayments() payments {
	return payments{map[string]*Payment{}, map[OrderID]*Payment{}, map[string]*Payment{}}
}

func (k *payments) index(m *Payment) {
	k.byID[m.ID] = m
	if m.WasLate {
		k.late[m.LateID] = m
	}
}

func (k *payments) keep(m *Payment) {
	k.index(m)
	k.touched[m.ID] = m
}

// pay brings a payment. Whatever has become of its order, it leaves a row.
func (s *State) pay(r Record) Outcome {
	if s.payments.byID[r.PaymentID] != nil {
		return Known
	}
	m := &Payment{
		ProductID: r.ProductID, ID: r.PaymentID, OrderID: r.OrderID, LateID: r.LateID, Paid: r.Price,
		Status: PaymentRefundDue, At: r.At, ChangedAt: r.At, Partition: s.Product.Partition,
	}
	o := s.orders[r.OrderID]
	switch {
	case o == nil || o.Status == Rejected || r.Epoch < o.Epoch: // or of a former life of the product
		m.Reason = UnknownOrder
	case o.VoidReason != "":
		m.Reason = Voided
	case o.Price != (Price{}) && o.Price != m.Paid:
		m.Reason = WrongAmount
	case o.Status == Paid:
		m.Reason = AlreadyPaid
	case o.Status == Placed:
		m.Status, o.Status, o.PaymentID = PaymentPaid, Paid, m.ID
		s.Product.Placed--
		s.Product.Paid++
		s.settled(o)
	default:
		m.Status, m.WasLate = PaymentLate, true
	}
	s.payments.keep(m)
	return Applied
}

// settlePayment takes a payment from one status to the next.
func (s *State) settlePayment(r Record) Outcome {
	from, to := PaymentLate, PaymentRefundDue
	if r.Kind == KindRefunded {
		from, to = PaymentRefundDue, PaymentRefunded
	}
	m := s.payments.byID[r.PaymentID]
	switch {
	case m == nil:
		return Refused
	case m.Status == to:
		return Known
	case m.Status != from:
		return Refused
	}
	if s.changePayment(m, to, r); to == PaymentRefunded {
		s.noteRefund(r, m)
	}
	return Applied
}

func (s *State) changePayment(m *Payment, to PaymentStatus, r Record) {
	m.Status, m.ChangedAt = to, r.At
	if to == PaymentRefunded {
		m.By = r.By
	}
	if r.Reason != "" && r.Kind == KindRefundDue {
		m.Reason = r.Reason
	}
	s.payments.keep(m)
}

// void ends an order that its buyer cannot end any more, for the shop.
func (s *State) void(r Record) Outcome {
	p := &s.Product
	o := s.orders[r.OrderID]
	switch {
	case o == nil || o.Status != Paid && (o.Status != Placed || !o.PayBy.IsZero()):
		return Refused
	case r.Epoch < o.Epoch:
		return Stale
	case o.Status == Paid:
		p.Paid--
	default:
		p.Placed--
	}
	s.noteVoid(&r, o.Status)
	if m := s.payments.byID[o.PaymentID]; m != nil {
		m.Reason = Voided
		s.changePayment(m, PaymentRefundDue, r)
	}
	o.Status, o.VoidReason = Cancelled, r.Reason
	p.Cancelled++
	s.free(o, r.At)
	return Applied
}

// AddPayment makes a kept payment known.
func (s *State) AddPayment(m Payment) {
	if s.payments.byID[m.ID] == nil {
		s.payments.index(&m)
	}
}

// OpenPayments are the payments of all products with a status that IsOpen.
type OpenPayments struct {
	Status PaymentStatus
	Count  int64
	Since  time.Time // the oldest has this status; zero if there is none
}

// Concerns reports whether the payment is for the order, or asked for it when it was late;
// it concerns the zero order, as all do.
func (m *Payment) Concerns(order OrderID) bool {
	return order == OrderID{} || order == m.OrderID || m.WasLate && order == m.LateID
}

// A PaymentQuery asks for a page of a product's payments, by id.
type PaymentQuery struct {
	Product string
	Order   OrderID       // that it is for, or that it asked for when it was late; zero: any
	Status  PaymentStatus // empty: any
	After   string        // the id to start behind
	Limit   int
}

// Payment returns the payment with this id, nil if it is not known here.
func (s *State) Payment(id string) *Payment { return s.payments.byID[id] }

// Payments calls f with every payment known here, in no order.
func (s *State) Payments(f func(*Payment)) {
	for _, m := range s.payments.byID {
		f(m)
	}
}

// TouchedPayments are those that the fold added or changed since ForgetChanges, by id.
func (s *State) TouchedPayments() []*Payment {
	return slices.SortedFunc(maps.Values(s.payments.touched), func(a, b *Payment) int { return cmp.Compare(a.ID, b.ID) })
}

// owes reports whether a payment is late or owed back.
func (s *State) owes() bool {
	for _, m := range s.payments.byID {
		if m.Status.IsOpen() {
			return true
		}
	}
	return s.Owes
}
