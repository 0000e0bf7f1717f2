package pgstore

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

var (
	written = time.Date(2026, 11, 11, 20, 0, 0, 0, time.UTC)
	source  = orderlog.Source{Cluster: "c", Topic: "t", Leader: 1}
)

// put is the first opening of product 1.
func put(quantity int64) sale.Record {
	return sale.Record{Kind: sale.KindOpening, ProductID: "1", Epoch: 1, At: written, Nonce: "n",
		Terms: sale.Terms{Quantity: quantity, LimitPerUser: 1, PaymentWindow: time.Hour}}
}

// buy is order n of product 1, by a user of their own.
func buy(n int) sale.Record {
	return sale.Record{Kind: sale.KindOrder, ProductID: "1", Epoch: 1, At: written, OrderID: id(n), UserID: fmt.Sprintf("u%d", n), Seq: int64(n)}
}

func id(n int) (id sale.OrderID) {
	binary.BigEndian.PutUint64(id[:8], uint64(n)*0x9e3779b97f4a7c15)
	return id
}

// buys are n orders from the first on.
func buys(first, n int) (records []sale.Record) {
	for i := range n {
		records = append(records, buy(first+i))
	}
	return records
}

// A stretch is records of product 1 as a batch of partition 0.
type stretch struct {
	orderstore.Batch
	records []sale.Record
}

func after(from orderstore.Mark, records ...sale.Record) stretch {
	c := orderstore.Concern{Product: "1"}
	for _, r := range records {
		switch r.Kind {
		case sale.KindOpening:
			c.MostHeld = true
		case sale.KindOrder:
			c.Users = append(c.Users, r.UserID)
			fallthrough
		default:
			c.Orders = append(c.Orders, r.OrderID)
		}
	}
	to := orderstore.Mark{Next: from.Next + int64(len(records)), Source: source}
	return stretch{orderstore.Batch{From: from, To: to, Concerns: []orderstore.Concern{c}}, records}
}

func (b stretch) fold(now time.Time, states []*sale.State) []orderstore.DeadLetter {
	for i, r := range b.records {
		sale.Fold(states[0], r, sale.Position{Partition: b.Partition, Offset: b.From.Next + int64(i)}, now)
	}
	return nil
}

// to applies it.
func (b stretch) to(ctx context.Context, s *Store) error { return s.Apply(ctx, b.Batch, b.fold) }

// applied applies records where nothing has to go wrong, and returns the mark behind them.
func applied(t testing.TB, s *Store, from orderstore.Mark, records ...sale.Record) orderstore.Mark {
	t.Helper()
	b := after(from, records...)
	if err := b.to(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return b.To
}

// holds demands that the store holds orders 1 to n of product 1, each once, by number.
func holds(t testing.TB, s *Store, n int) {
	t.Helper()
	var got []string
	p, err := s.Snapshot(t.Context(), "1", func(orders []sale.Order) error {
		for _, o := range orders {
			got = append(got, o.UserID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.Held != int64(n) || p.LastNumber != int64(n) || len(got) != n {
		t.Errorf("%d held, %d numbers, %d orders; not %d", p.Held, p.LastNumber, len(got), n)
	}
	for i, user := range got {
		if user != fmt.Sprintf("u%d", i+1) {
			t.Fatalf("number %d is of %s", i+1, user)
		}
	}
}
