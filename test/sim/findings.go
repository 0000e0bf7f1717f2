package sim

import (
	"context"
	"fmt"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

// converged reports whether the store has applied the whole log, every gate is open at
// the store's epoch with no more to relay or return, and every window has passed.
func (s *story) converged() func() bool {
	quiet := s.now.Add(13 * time.Second) // what is frozen or on its way has come
	return func() bool {
		if s.now.Before(quiet) {
			return false
		}
		for n := range s.products {
			if s.unfinished(productID(n)) != "" {
				return false
			}
		}
		return true
	}
}

// gates is what holds the gates now.
func (s *story) gates() gate.Keeper { return s.procs[0].gate }

func (s *story) unfinished(product string) string {
	ctx := context.Background()
	p, err := s.store.Product(ctx, product)
	if err != nil {
		return err.Error()
	}
	_, end, _ := s.log.Bounds(ctx, p.Partition)
	mark, _ := s.store.Mark(ctx, p.Partition)
	cut, err := s.gates().Cut(ctx, product)
	switch {
	case err != nil:
		return err.Error()
	case mark.Next < end:
		return "the store is behind the log"
	case cut.View.Epoch != p.Epoch || p.Recounts > 0:
		return "the gate is behind the store"
	case p.Applied < cut.View.Seq:
		return "the store has not applied all that the gate admitted"
	case len(cut.Outbox) > 0 || cut.View.Returned < p.LastReturn:
		return "something waits in the outbox or to be returned"
	}
	for _, m := range s.store.view().payments {
		if m.ProductID == product && m.Status == sale.PaymentLate {
			return "a payment is late"
		}
	}
	for _, o := range s.store.view().orders {
		if o.Status == sale.Placed && !o.PayBy.IsZero() {
			return "a payment may still come"
		}
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
			user := userID(late)
			if held, had := s.orders(p.ID, user); held >= p.Terms.LimitPerUser || had >= p.Terms.MostOrders() {
				continue
			}
			bought := false
			s.client("late buyer", func() { bought = s.buy(user, orderID(n, s.rng.Uint64())) })
			s.run(func() bool { return s.busy == 0 && s.unfinished(p.ID) == "" }, time.Minute)
			if !bought {
				s.find("%s was turned away from %s with %d of %d held, under %+v", user, p.ID, p.Held, p.Terms.Quantity, p.Terms)
				break
			}
		}
	}
}

// orders are how many of a user's hold a unit, and how many they have had.
func (s *story) orders(product, user string) (held, had int) {
	for _, o := range s.store.view().orders {
		if o.ProductID != product || o.UserID != user || o.Number == 0 {
			continue
		}
		if had++; o.Status.Holds() {
			held++
		}
	}
	return held, had
}

// findings is every promise that the story has broken by its end.
func (s *story) findings() (found []string) {
	find := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	t := s.store.view()
	for n := range s.products {
		p := t.products[productID(n)]
		total := int64(0)
		for user, units := range s.held(p.ID) {
			total += int64(units)
			if units > p.Terms.LimitPerUser {
				find("%s holds %d units of %s, and the limit is %d", user, units, p.ID, p.Terms.LimitPerUser)
			}
		}
		for n := range s.buyers {
			if _, had := s.orders(p.ID, userID(n)); had > p.Terms.MostOrders() {
				find("%s had %d orders of %s, and may have %d", userID(n), had, p.ID, p.Terms.MostOrders())
			}
		}
		switch {
		case total > p.Terms.Quantity:
			find("%s oversold: %d of %d", p.ID, total, p.Terms.Quantity)
		case total < p.Terms.Quantity:
			find("%s undersold: %d of %d (%s)", p.ID, total, p.Terms.Quantity, s.unfinished(p.ID))
		}
	}
	for id, r := range s.receipts {
		if r.epoch < t.wiped[r.product] {
			continue // the merchant has deleted the product with its orders
		}
		o, known := t.orders[id]
		switch {
		case !known:
			find("lost: %s of %s", id, r.user)
		case o.UserID != r.user || o.ProductID != r.product:
			find("swapped: %s of %s is %s's", id, r.user, o.UserID)
		case r.status != sale.Placed && o.Status != r.status && !s.voided[id], o.Status == sale.Rejected:
			find("%s of %s was told %s and is %s", id, r.user, r.status, o.Status)
		}
	}
	s.unpaid(find)
	return append(found, s.judged()...)
}

func (s *story) held(product string) map[string]int {
	held := map[string]int{}
	for _, o := range s.store.view().orders {
		if o.ProductID == product && o.Status.Holds() {
			held[o.UserID]++
		}
	}
	return held
}

// judged is what the audit says.
func (s *story) judged() (found []string) {
	placed := sale.PlacedByStore
	if s.embedded {
		placed = sale.PlacedByLog
	}
	r, err := verify.Live(context.Background(), verify.Parts{
		Gate: s.gates(), Log: s.log, Store: s.store, Placed: placed,
		Pause: func(context.Context) error { return nil },
	})
	if err != nil {
		found = append(found, "verify could not judge: "+err.Error())
	}
	for _, f := range r.Findings {
		found = append(found, fmt.Sprintf("verify: %s %s: %s (%s) %v", f.Invariant, f.Product, f.Words, f.Place, f.Numbers))
	}
	return found
}
