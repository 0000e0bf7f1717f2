package sim

import (
	"context"
	"fmt"
	"time"

	"seckill/internal/sale"
)

// settled reports whether the store has met the whole log, every gate is open at
// the store's epoch with no more to relay or return, and every window has passed.
func (s *story) settled() func() bool {
	quiet := s.now.Add(30 * time.Second) // payment windows, and openers that died
	return func() bool {
		if s.now.Before(quiet) {
			return false
		}
		for n := range s.products {
			if s.unsettled(productID(n)) != "" {
				return false
			}
		}
		return true
	}
}

func (s *story) unsettled(product string) string {
	ctx := context.Background()
	p, err := s.store.Product(ctx, product)
	if err != nil {
		return err.Error()
	}
	_, end, _ := s.log.Bounds(ctx, p.Partition)
	mark, _ := s.store.Mark(ctx, p.Partition)
	view, entries, err := s.gate.Cut(ctx, product)
	switch {
	case err != nil:
		return err.Error()
	case mark.Next < end:
		return "the store is behind the log"
	case view.Epoch != p.Epoch || p.Recounts > 0:
		return "the gate is behind the store"
	case len(entries) > 0 || view.Returned < p.LastReturn:
		return "something waits in the outbox or to be returned"
	}
	return ""
}

// sellOut sends buyers until nothing is left: first those who have been here and
// may buy once more, then strangers. Nothing fails any more, so each of them must
// get a unit.
func (s *story) sellOut() {
	for n := range s.products {
		for late := 0; ; late++ {
			p := s.store.view().products[productID(n)]
			if p.Held >= p.Terms.Quantity {
				break
			}
			user := fmt.Sprintf("user-%d", late)
			if s.holds(p.ID, user) >= p.Terms.LimitPerUser {
				continue
			}
			bought := false
			s.client("late buyer", func() { bought = s.buy(user, orderID(n, s.rng.Uint64())) })
			s.run(func() bool { return s.busy == 0 }, time.Minute)
			if !bought {
				s.turnedAway = append(s.turnedAway, fmt.Sprintf("%s was turned away from %s with %d of %d held", user, p.ID, p.Held, p.Terms.Quantity))
				break
			}
		}
	}
}

func (s *story) holds(product, user string) (units int) {
	for _, o := range s.store.view().orders {
		if o.ProductID == product && o.UserID == user && o.Status.Holds() {
			units++
		}
	}
	return units
}

// findings is every promise that the story broke.
func (s *story) findings() (found []string) {
	find := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	found = s.turnedAway
	t := s.store.view()
	for n := range s.products {
		p := t.products[productID(n)]
		held := map[string]int{}
		for _, o := range t.orders {
			if o.ProductID == p.ID && o.Status.Holds() {
				held[o.UserID]++
			}
		}
		total := int64(0)
		for user, units := range held {
			total += int64(units)
			if units > p.Terms.LimitPerUser {
				find("%s holds %d units of %s, and the limit is %d", user, units, p.ID, p.Terms.LimitPerUser)
			}
		}
		switch {
		case total != p.Held:
			find("%s says %d held, and its rows %d", p.ID, p.Held, total)
		case total > p.Terms.Quantity:
			find("%s oversold: %d of %d", p.ID, total, p.Terms.Quantity)
		case total < p.Terms.Quantity:
			find("%s undersold: %d of %d (%s)", p.ID, total, p.Terms.Quantity, s.unsettled(p.ID))
		}
	}
	for id, r := range s.receipts {
		o, known := t.orders[id]
		switch {
		case !known:
			find("lost: %s of %s", id, r.user)
		case o.UserID != r.user || o.ProductID != r.product:
			find("swapped: %s of %s is %s's", id, r.user, o.UserID)
		case r.status != sale.Placed && o.Status != r.status, o.Status == sale.Rejected:
			find("%s of %s was told %s and is %s", id, r.user, r.status, o.Status)
		}
	}
	return found
}
