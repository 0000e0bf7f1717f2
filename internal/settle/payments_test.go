package settle_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
	"seckill/internal/settle"
)

// A till is Payments of a shop, with a gate that says what a test has it say.
type till struct {
	*settle.Payments
	*shop
	says    purchase.Answer
	fails   error
	view    gate.View
	away    error
	mu      sync.Mutex
	asked   []purchase.Request
	onAsked func(r purchase.Request)
}

var eur = sale.Price{Amount: 500, Currency: "EUR"}

func (s *shop) till() *till {
	t := &till{shop: s, view: gate.View{Epoch: 1, Returned: 1 << 40}}
	t.Payments = settle.NewPayments(s.t.Context(), s.Settler, settle.PaymentParts{
		Desk: t, Gate: t, Secret: []byte("secret"), Spawn: func(work func()) { go work() }, Linger: func(done <-chan struct{}) { <-done },
		Await: func(ctx context.Context, done <-chan struct{}) error {
			select {
			case <-done:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	})
	return t
}

func (t *till) Buy(_, _ context.Context, _ string, r purchase.Request) (purchase.Answer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = append(t.asked, r)
	if t.onAsked != nil {
		t.onAsked(r)
	}
	return t.says, t.fails
}

func (t *till) View(context.Context, string) (gate.View, error) { return t.view, t.away }

// paying runs a test at a till whose product costs 5 EUR, with n orders.
func paying(t *testing.T, n int, test func(t *testing.T, s *till)) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.append(sale.Record{
			Kind: sale.KindOpening, ProductID: product, Epoch: 1, Nonce: "n", At: time.Now(),
			Terms: sale.Terms{Quantity: 5000, LimitPerUser: 100, PaymentWindow: window, Price: eur, Group: "vip"},
		})
		for i := range n {
			s.append(s.order(i + 1))
		}
		test(t, s.till())
	})
}

func payment(m string, n int) sale.Payment {
	return sale.Payment{ProductID: product, ID: m, OrderID: id(n), Paid: eur}
}

// take demands where a payment stands once it was told of.
func (s *till) take(m sale.Payment, status sale.PaymentStatus, reason string) {
	s.t.Helper()
	got, o, err := s.Receive(s.t.Context(), m, "till")
	if err != nil || got.Status != status || got.Reason != reason {
		s.t.Errorf("payment %s of order %v is %s, %q (%v); not %s, %q", m.ID, m.OrderID, got.Status, got.Reason, err, status, reason)
	}
	if kept, err := s.store.Payment(s.t.Context(), m.ProductID, m.ID); err != nil || kept != got {
		s.t.Errorf("told %+v, kept %+v (%v)", got, kept, err)
	}
	if kept, err := s.store.Order(s.t.Context(), m.OrderID); o != kept {
		s.t.Errorf("told of %+v, kept %+v (%v)", o, kept, err)
	}
}

func TestReceive(t *testing.T) {
	paying(t, 4, func(t *testing.T, s *till) {
		s.append(s.ends(sale.KindCancel, 2), s.ends(sale.KindExpire, 3))
		s.take(payment("m1", 1), sale.PaymentPaid, "")
		s.wantKept(1, sale.Paid)
		records := s.logged()
		s.take(payment("m1", 1), sale.PaymentPaid, "")
		if s.logged() != records {
			t.Error("the same payment again was written again")
		}
		s.take(payment("m2", 1), sale.PaymentRefundDue, sale.AlreadyPaid)
		s.take(payment("m3", 2), sale.PaymentLate, "")
		s.take(payment("m4", 3), sale.PaymentLate, "")
		cheap := payment("m5", 4)
		cheap.Paid.Amount--
		s.take(cheap, sale.PaymentRefundDue, sale.WrongAmount)
		s.take(payment("m6", 99), sale.PaymentRefundDue, sale.UnknownOrder)
		stray := payment("m1", 1)
		for _, never := range []string{"never", "nowhere"} {
			stray.ProductID, stray.OrderID = never, id(98)
			s.take(stray, sale.PaymentRefundDue, sale.UnknownOrder)
		}
		if _, _, err := s.Receive(t.Context(), payment("m1", 4), ""); !errors.Is(err, sale.ErrOtherPayment) {
			t.Errorf("another order: %v", err)
		}
		cheap.ID = "m1"
		if _, _, err := s.Receive(t.Context(), cheap, ""); !errors.Is(err, sale.ErrOtherPayment) {
			t.Errorf("another amount: %v", err)
		}
		records = s.logged()
		for _, n := range []int{1, 4} { // paid, and placed
			stray.ID, stray.OrderID = "m7", id(n)
			var bad sale.Invalid
			if _, _, err := s.Receive(t.Context(), stray, ""); !errors.As(err, &bad) || bad[0].Code != "other_product" || s.logged() != records {
				t.Errorf("another product's order: %v", err)
			}
		}
	})
}

// An order that was placed without a price takes any amount, and keeps it.
func TestAnOrderWithoutAPrice(t *testing.T) {
	inBubble(t, func(t *testing.T, s *shop) {
		s.sell(window, 1)
		s.till().take(payment("m1", 1), sale.PaymentPaid, "")
	})
}

// An order that only the log has, with the opening before it, is waited for: the payment is no stranger's.
func TestAPaymentIsAheadOfTheStore(t *testing.T) {
	paying(t, 0, func(t *testing.T, s *till) {
		s.asleep = true
		o := s.order(1)
		o.Epoch = 2
		s.append(sale.Record{Kind: sale.KindOpening, ProductID: product, Epoch: 2, Nonce: "m", At: time.Now(), Terms: sale.Terms{Quantity: 5, LimitPerUser: 1, Price: eur}}, o)
		s.onPassed = s.project
		s.take(payment("m1", 1), sale.PaymentPaid, "")
	})
}

func TestAPaymentWhoseEndIsUnknown(t *testing.T) {
	paying(t, 1, func(t *testing.T, s *till) {
		s.onAppend = func() error { return sale.ErrUnavailable }
		if _, _, err := s.Receive(t.Context(), payment("m1", 1), ""); !errors.Is(err, sale.ErrUnavailable) {
			t.Errorf("%v", err)
		}
		s.onAppend, s.asleep = nil, true
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := s.Receive(ctx, payment("m1", 1), ""); !errors.Is(err, sale.ErrUnknownOutcome) {
			t.Errorf("the log has it, and nobody knows: %v", err)
		}
		s.project()
		records := s.logged()
		if s.take(payment("m1", 1), sale.PaymentPaid, ""); s.logged() != records {
			t.Error("it was written again")
		}
	})
}

// A record that was acknowledged and cannot be read leaves no row: nobody is told that it is well.
func TestAPaymentThatRots(t *testing.T) {
	paying(t, 1, func(t *testing.T, s *till) {
		s.rots = true
		if _, _, err := s.Receive(t.Context(), payment("m1", 1), ""); !errors.Is(err, sale.ErrUnknownOutcome) || errors.Is(err, sale.ErrNotFound) {
			t.Errorf("%v", err)
		}
		s.rots = false
		s.take(payment("m1", 1), sale.PaymentPaid, "")
	})
}

// Of two payments that race for an order, or with another body under one id, the first in the log counts.
func TestPaymentsRace(t *testing.T) {
	paying(t, 2, func(t *testing.T, s *till) {
		pay := func(m string, n int) sale.Record {
			r := s.ends(sale.KindPay, n)
			r.PaymentID, r.LateID, r.Price = m, id(1000+len(m)), eur
			return r
		}
		s.onAppend = func() error { s.append(pay("first", 1)); return nil }
		s.take(payment("m1", 1), sale.PaymentRefundDue, sale.AlreadyPaid)
		s.onAppend = func() error { s.append(pay("m2", 1)); return nil }
		if _, _, err := s.Receive(t.Context(), payment("m2", 2), ""); !errors.Is(err, sale.ErrOtherPayment) {
			t.Errorf("%v", err)
		}
		s.wantKept(2, sale.Placed)
	})
}

func TestVoidAndRefund(t *testing.T) {
	paying(t, 2, func(t *testing.T, s *till) {
		s.take(payment("m1", 1), sale.PaymentPaid, "")
		if _, err := s.Refund(t.Context(), product, "m1", "", "ann"); !errors.Is(err, sale.ErrNotOwed) {
			t.Errorf("paid: %v", err)
		}
		if o, err := s.Void(t.Context(), id(2), "r", "ann"); !errors.Is(err, sale.ErrFinal) || o.Status != sale.Placed {
			t.Errorf("its buyer can cancel it: %v, %v", o.Status, err)
		}
		for range 2 { // the second time finds it done
			if o, err := s.Void(t.Context(), id(1), "fraud", "ann"); err != nil || o.Status != sale.Cancelled || o.VoidReason != "fraud" {
				t.Errorf("%+v, %v", o, err)
			}
		}
		for range 2 {
			if m, err := s.Refund(t.Context(), product, "m1", "by card", "bob"); err != nil || m.Status != sale.PaymentRefunded || m.By != "bob" || m.Reason != sale.Voided {
				t.Errorf("%+v, %v", m, err)
			}
		}
		for _, f := range []func() error{
			func() error { _, err := s.Void(t.Context(), id(9), "r", ""); return err },
			func() error { _, err := s.Refund(t.Context(), product, "m9", "", ""); return err },
		} {
			if err := f(); !errors.Is(err, sale.ErrNotFound) {
				t.Errorf("%v", err)
			}
		}
		entries, err := s.store.History(t.Context(), sale.HistoryQuery{Product: product, Limit: 10})
		if err != nil || len(entries) != 2 || entries[1].What != sale.DeedVoid || entries[1].By != "ann" || entries[0].What != sale.DeedRefund || entries[0].By != "bob" || entries[0].OrderID != id(1) {
			t.Errorf("%+v, %v", entries, err)
		}
		for n, want := range []string{
			`[{"field":"payment_id","to":"m1"},{"field":"status","from":"refund_due","to":"refunded"},{"field":"reason","to":"by card"}]`,
			`[{"field":"status","from":"paid","to":"cancelled"},{"field":"void_reason","to":"fraud"}]`,
		} {
			if entries[n].Changes != want {
				t.Errorf("%s", entries[n].Changes)
			}
		}
	})
}

// What is paid back of no product stands in no history.
func TestARefundOfNoProduct(t *testing.T) {
	paying(t, 0, func(t *testing.T, s *till) {
		stray := payment("m1", 9)
		stray.ProductID = "never"
		s.take(stray, sale.PaymentRefundDue, sale.UnknownOrder)
		if m, err := s.Refund(t.Context(), "never", "m1", "", "ann"); err != nil || m.By != "ann" {
			t.Errorf("%+v, %v", m, err)
		}
		if _, err := s.store.Product(t.Context(), "never"); !errors.Is(err, sale.ErrNotFound) {
			t.Errorf("a refund has made a product: %v", err)
		}
	})
}

// What becomes of a late payment is what the gate says; who cannot tell leaves it late.
func TestLook(t *testing.T) {
	for name, c := range map[string]struct {
		set    func(s *till)
		status sale.PaymentStatus
		reason string
	}{
		"sold out":      {func(s *till) { s.says.Result = purchase.SoldOut }, sale.PaymentRefundDue, "sold_out"},
		"limit reached": {func(s *till) { s.says.Result = purchase.AlreadyBought }, sale.PaymentRefundDue, "limit_reached"},
		"order limit":   {func(s *till) { s.says.Result = purchase.OrderLimit }, sale.PaymentRefundDue, "order_limit"},
		"closed":        {func(s *till) { s.says.Result = purchase.Closed }, sale.PaymentRefundDue, "closed"},
		"paused":        {func(s *till) { s.says.Result = purchase.Paused }, sale.PaymentLate, ""},
		"not open":      {func(s *till) { s.says.Result = purchase.NotOpen }, sale.PaymentLate, ""},
		"address limit": {func(s *till) { s.says.Result = purchase.AddressLimit }, sale.PaymentLate, ""},
		"not eligible":  {func(s *till) { s.says.Result = purchase.NotEligible }, sale.PaymentLate, ""},
		"known":         {func(s *till) { s.says.Result = purchase.Again }, sale.PaymentLate, ""},
		"no gate":       {func(s *till) { s.away = sale.ErrNoGate }, sale.PaymentLate, ""},
		"unknown":       {func(s *till) { s.fails = sale.ErrUnknownOutcome; s.says.Result = purchase.SoldOut }, sale.PaymentLate, ""},
		"another epoch": {func(s *till) { s.view.Epoch = 2; s.says.Result = purchase.SoldOut }, sale.PaymentLate, ""},
		"a gate that has not taken its unit back": {func(s *till) { s.view.Returned = 0; s.says.Result = purchase.AlreadyBought }, sale.PaymentLate, ""},
		"a unit": {func(s *till) {
			s.says.Result = purchase.Placed
			s.onAsked = func(r purchase.Request) {
				o := s.order(2)
				o.OrderID, o.UserID = r.Order, r.User
				s.append(o)
			}
		}, sale.PaymentPaid, ""},
	} {
		t.Run(name, func(t *testing.T) {
			paying(t, 1, func(t *testing.T, s *till) {
				s.append(s.ends(sale.KindExpire, 1))
				s.take(payment("m1", 1), sale.PaymentLate, "")
				c.set(s)
				if err := s.Look(t.Context(), 0); err != nil {
					t.Fatal(err)
				}
				m, err := s.store.Payment(t.Context(), product, "m1")
				if err != nil || m.Status != c.status || m.Reason != c.reason {
					t.Errorf("%+v, %v", m, err)
				}
				if c.status == sale.PaymentPaid {
					if o, err := s.store.Order(t.Context(), m.LateID); err != nil || o.Status != sale.Paid || o.PaymentID != "m1" || o.UserID != "u0" || o.Price != eur {
						t.Errorf("%+v, %v", o, err)
					}
				}
				if len(s.asked) > 0 && (s.asked[0].Order != m.LateID || s.asked[0].User != "u0" || fmt.Sprint(s.asked[0].Groups) != "[vip]") {
					t.Errorf("asked for %+v", s.asked[0])
				}
				asked := len(s.asked)
				if err := s.Look(t.Context(), 0); err != nil || (len(s.asked) > asked) != (asked > 0 && c.status == sale.PaymentLate) {
					t.Errorf("it was asked for %d times, then %d: %v", asked, len(s.asked), err)
				}
			})
		})
	}
}

// All of them are looked after, however many; and one that the log cannot take now, later.
func TestManyAreLate(t *testing.T) {
	const many = 230
	paying(t, many, func(t *testing.T, s *till) {
		for n := 1; n <= many; n++ {
			s.append(s.ends(sale.KindExpire, n))
			s.take(payment(fmt.Sprintf("m%03d", n), n), sale.PaymentLate, "")
		}
		s.says.Result = purchase.SoldOut
		s.onAppend = func() error { return sale.ErrUnavailable }
		if err := s.Look(t.Context(), 0); !errors.Is(err, sale.ErrUnavailable) {
			t.Errorf("%v", err)
		}
		s.onAppend = nil
		if err := s.Look(t.Context(), 0); err != nil {
			t.Error(err)
		}
		due, err := s.store.Payments(t.Context(), sale.PaymentQuery{Product: product, Status: sale.PaymentRefundDue, Limit: 1000})
		if err != nil || len(due) != many {
			t.Errorf("%d are owed back: %v", len(due), err)
		}
	})
}
