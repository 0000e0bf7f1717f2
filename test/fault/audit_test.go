package fault

import (
	"fmt"
	"testing"
)

// A offer is a product as it was put on sale.
type offer struct {
	product         string
	quantity, limit int
}

// audit compares what the server has with what buyers were told, and returns
// what does not fit. Nobody may be buying.
func (b *book) audit(t testing.TB, s *server, offers ...offer) (found []string) {
	t.Helper()
	for _, on := range offers {
		kept := map[string]order{}
		held, byUser := 0, map[string][]string{}
		for i, o := range s.Orders(t, on.product) {
			if o.Number != i+1 {
				found = append(found, fmt.Sprintf("order %s of %s has the number %d, and is the %dth", o.ID, on.product, o.Number, i+1))
			}
			kept[o.ID] = o
			if o.Status == "placed" || o.Status == "paid" {
				held++
				byUser[o.User] = append(byUser[o.User], o.ID)
			}
		}
		if held > on.quantity {
			found = append(found, fmt.Sprintf("oversold: %d units of %s are held, of %d", held, on.product, on.quantity))
		}
		for user, ids := range byUser {
			if len(ids) > on.limit {
				found = append(found, fmt.Sprintf("%s has %d orders of %s: %v", user, len(ids), on.product, ids))
			}
		}
		found = append(found, b.compare(on.product, kept)...)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return append(found, b.found...)
}

// compare finds receipts that are not honoured by the orders that are kept.
func (b *book) compare(product string, kept map[string]order) (found []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	owners := map[string]bool{}
	for _, o := range kept {
		owners[o.User] = true
	}
	for _, p := range b.purchases {
		if p.product != product {
			continue
		}
		o, there := kept[p.order]
		switch {
		case p.refused:
			if owners[p.user] {
				found = append(found, fmt.Sprintf("%s was refused, and has an order of %s", p.user, product))
			}
		case !there:
			found = append(found, fmt.Sprintf("lost: %s was told of order %s", p.user, p.order))
		case o.User != p.user:
			found = append(found, fmt.Sprintf("order %s is %s's, and was given to %s", p.order, o.User, p.user))
		case !p.may(o.Status):
			found = append(found, fmt.Sprintf("order %s is %s; its buyer was told %q, and asked to %q", p.order, o.Status, p.ended, p.asked))
		}
	}
	return found
}

// ask looks every receipt from the given one on up by its order id, as a buyer does.
func (b *book) ask(t testing.TB, s *server, from int) (found []string) {
	t.Helper()
	b.mu.Lock()
	purchases := b.purchases[from:]
	b.mu.Unlock()
	for _, p := range purchases {
		if p.refused {
			continue
		}
		a, err := s.Get("/api/orders/" + p.order)
		if err != nil {
			t.Fatal(err)
		}
		if a.Status != 200 || a.Order.ID != p.order || a.Order.User != p.user || !p.may(a.Order.Status) {
			found = append(found, fmt.Sprintf("lost: %s asked for order %s (told %q), and got %v", p.user, p.order, p.ended, a))
		}
	}
	return found
}
