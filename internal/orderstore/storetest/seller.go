package storetest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// Price is what a Seller's payments pay.
var Price = sale.Price{Amount: 1999, Currency: "EUR"}

// A Seller applies batches to product 1 of a keeper, for benchmarks: orders of users
// drawn at random, as growing ones would flatter every index, and their payments.
type Seller struct {
	testing.TB
	Keeper orderstore.Keeper
	mark   orderstore.Mark
	rand   *rand.Rand
}

// NewSeller opens the product, for one unit a user.
func NewSeller(tb testing.TB, k orderstore.Keeper, terms sale.Terms) *Seller {
	s := &Seller{TB: tb, Keeper: k, rand: rand.New(rand.NewPCG(1, 2))}
	terms.LimitPerUser = 1
	s.Apply(sale.Record{Kind: sale.KindOpening, ProductID: "1", Epoch: 1, Nonce: "n", Terms: terms})
	return s
}

// Sell applies n orders, so many at once.
func (s *Seller) Sell(n, atOnce int) *Seller {
	for ; n > 0; n -= atOnce {
		s.Apply(s.Orders(min(atOnce, n))...)
	}
	return s
}

// Orders are the records of the next n orders.
func (s *Seller) Orders(n int) []sale.Record {
	records := make([]sale.Record, n)
	for i := range records {
		now := time.Now()
		records[i] = sale.Record{
			Kind: sale.KindOrder, ProductID: "1", Epoch: 1, At: now, OrderID: s.id(now),
			UserID: fmt.Sprintf("u%016x", s.rand.Uint64()), Seq: s.mark.Next + int64(i),
		}
	}
	return records
}

// Payments are the records that pay for these orders.
func (s *Seller) Payments(orders []sale.Record) []sale.Record {
	records := make([]sale.Record, len(orders))
	for i, o := range orders {
		records[i] = sale.Record{
			Kind: sale.KindPay, ProductID: "1", Epoch: 1, At: o.At, OrderID: o.OrderID,
			PaymentID: fmt.Sprintf("m%016x", s.rand.Uint64()), LateID: s.id(o.At), Price: Price,
		}
	}
	return records
}

func (s *Seller) id(at time.Time) sale.OrderID {
	var random [10]byte
	binary.NativeEndian.PutUint64(random[:], s.rand.Uint64())
	return sale.NewOrderID(at, random)
}

// Apply applies one batch, each record of which has to have its effect.
func (s *Seller) Apply(records ...sale.Record) {
	s.Helper()
	b := orderstore.Batch{From: s.mark, To: orderstore.Mark{Next: s.mark.Next + int64(len(records))}, Concerns: concerns(records)}
	err := s.Keeper.Apply(s.Context(), b, func(now time.Time, states []*sale.State) []orderstore.DeadLetter {
		for i, r := range records {
			if o := sale.Fold(states[0], r, sale.Position{Offset: s.mark.Next + int64(i)}, now); o != sale.Applied {
				s.Fatalf("record %d: %s", i, o)
			}
		}
		return nil
	})
	if err != nil {
		s.Fatal(err)
	}
	s.mark = b.To
}

// BenchmarkSearch tells what a page of 100 costs an operator, and the count with it, of all orders.
func (s *Seller) BenchmarkSearch(b *testing.B) {
	some, err := s.Keeper.Search(b.Context(), sale.Search{Limit: 1})
	if err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]sale.Search{"all": {}, "none": {Status: sale.Expired}, "user": {User: some[0].UserID}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				q.Limit = 100
				if _, err := s.Keeper.Search(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/count", func(b *testing.B) {
			for b.Loop() {
				q.Limit = 100_000
				if _, err := s.Keeper.Count(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
