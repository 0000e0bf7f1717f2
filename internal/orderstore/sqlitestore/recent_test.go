package sqlitestore

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/orderstore/storetest"
	"seckill/internal/sale"
)

// What is told of recent payments from memory is what the tables have: also of more than are kept there, of a batch
// that came to nothing, and of tables that were emptied.
func TestRecentPaymentsAreThoseOfTheTables(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "orders.db"), time.Now)
	seller := storetest.NewSeller(t, s, sale.Terms{Quantity: 2 * mostRecent, PaymentWindow: time.Hour})
	orders := seller.Orders(mostRecent + 1000)
	seller.Apply(orders...)
	payments := seller.Payments(orders)
	keys := make([]sale.PaymentKey, len(payments))
	for i, r := range payments {
		keys[i] = sale.PaymentKey{ProductID: r.ProductID, ID: r.PaymentID}
	}
	same := func(when string, want sale.PaymentStatus) {
		t.Helper()
		kept, err := s.Payments(t.Context(), sale.PaymentQuery{Product: "1", Limit: len(keys)})
		told, failed := s.PaymentsByID(t.Context(), keys)
		slices.SortFunc(told, func(a, b sale.Payment) int { return slices.Compare([]string{a.ID}, []string{b.ID}) })
		if err != nil || failed != nil || !slices.Equal(told, kept) {
			t.Fatalf("%s %d are told, and %d kept: %v, %v", when, len(told), len(kept), err, failed)
		}
		if m, _ := s.Payment(t.Context(), "1", payments[len(payments)-1].PaymentID); m.Status != want {
			t.Errorf("%s the last is %s", when, m.Status)
		}
	}
	for batch := range slices.Chunk(payments, 500) {
		same("before a batch", "")
		seller.Apply(batch...)
	}
	same("after the last", sale.PaymentPaid)

	void := sale.Record{Kind: sale.KindVoid, ProductID: "1", Epoch: 1, OrderID: orders[len(orders)-1].OrderID, Reason: "r", At: time.Now()}
	mark, err := s.Mark(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	to := mark
	to.Next++
	b := orderstore.Batch{From: mark, To: to, Concerns: []orderstore.Concern{{Product: "1", Orders: []sale.OrderID{void.OrderID}}}}
	err = s.Apply(ctx, b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		sale.Fold(states[0], void, sale.Position{Offset: mark.Next}, now)
		cancel()
		return nil
	})
	if !errors.Is(err, sale.ErrUnavailable) {
		t.Fatal(err)
	}
	same("after one that came to nothing", sale.PaymentPaid)
	seller.Apply(void)
	same("after the order was voided", sale.PaymentRefundDue)

	if err := s.Renew(t.Context(), map[int32]orderstore.Mark{0: to}, nil); err != nil {
		t.Fatal(err)
	}
	same("after the tables were emptied", "")
}
