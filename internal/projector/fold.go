package projector

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// concerns is what the fold needs to see for these lines.
func concerns(lines []orderlog.Line) orderstore.Batch {
	needs := map[string]*orderstore.Concern{}
	for i := range lines {
		l := &lines[i]
		need := needs[l.Product]
		if need == nil {
			if !sale.CheckID(l.Product) {
				continue // poison of no product that could exist
			}
			need = &orderstore.Concern{Product: l.Product}
			needs[l.Product] = need
		}
		switch {
		case l.Poison != nil:
		case l.Record.Kind == sale.KindOpening:
			need.MostHeld = true
		case l.Record.Kind == sale.KindState:
			for _, o := range l.Record.Chunk.Orders {
				need.Orders = append(need.Orders, o.ID)
			}
			for i := range l.Record.Chunk.Payments {
				need.Payments = append(need.Payments, l.Record.Chunk.Payments[i].ID)
			}
		case l.Record.Kind == sale.KindRefundDue || l.Record.Kind == sale.KindRefunded:
			need.Payments = append(need.Payments, l.Record.PaymentID)
		case l.Record.Kind == sale.KindOrder:
			need.Users = append(need.Users, l.Record.UserID)
			fallthrough
		default:
			if l.Record.PaymentID != "" {
				need.Payments = append(need.Payments, l.Record.PaymentID)
			}
			need.Orders = append(need.Orders, l.Record.OrderID)
		}
	}
	var b orderstore.Batch
	for _, product := range slices.Sorted(maps.Keys(needs)) {
		b.Concerns = append(b.Concerns, *needs[product])
	}
	return b
}

// fold folds the lines into the states and returns the dead letters among them.
func fold(partition int32, lines []orderlog.Line, now time.Time, states []*sale.State) []orderstore.DeadLetter {
	byProduct := make(map[string]*sale.State, len(states))
	for _, s := range states {
		byProduct[s.Product.ID] = s
	}
	var dead []orderstore.DeadLetter
	for i := range lines {
		l := &lines[i]
		at := sale.Position{Partition: partition, Offset: l.Offset}
		s := byProduct[l.Product]
		letter := orderstore.DeadLetter{Position: at, Product: l.Product, Raw: l.Raw}
		if l.Poison != nil {
			letter.Reason = l.Poison.Error()
		} else {
			switch sale.Fold(s, l.Record, at, now) {
			case sale.Foreign:
				letter.Reason = fmt.Sprintf("%v: %v is the id of another product's order", sale.ErrPoison, l.Record.OrderID)
			case sale.Astray:
				letter.Reason = fmt.Sprintf("%v: chunk %d of a state that does not fit what is there", sale.ErrPoison, l.Record.Chunk.Number)
			default:
				continue
			}
			letter.Raw = l.Record.AppendBody(nil)
		}
		dead = append(dead, letter)
		if s != nil {
			s.DeadLetter()
		}
	}
	return dead
}
