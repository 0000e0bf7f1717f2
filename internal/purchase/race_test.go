package purchase_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// A rush: everybody at once, each user twice, and half of them look at the view
// first. Exactly the quantity is placed, one a user, and the log has what was told.
func TestARushPlacesExactlyTheQuantity(t *testing.T) {
	const quantity, users = 50, 1000
	s := newShop(t)
	s.open(1, selling(quantity))
	var (
		mu     sync.Mutex
		told   = map[purchase.Result]int{}
		placed = map[sale.OrderID]string{}
		all    sync.WaitGroup
	)
	for n := range 2 * users {
		all.Go(func() {
			user := fmt.Sprint("u", n%users)
			a, sure := s.Refuse([]byte(product), []byte(user))
			if !sure || n%2 == 0 {
				var err error
				if a, err = s.Buy(t.Context(), t.Context(), product, purchase.Request{User: user, Order: id(n)}); err != nil {
					t.Error(err)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			told[a.Result]++
			if a.Result == purchase.Placed {
				placed[a.Order] = user
			}
		})
	}
	all.Wait()
	if told[purchase.Placed] != quantity || told[purchase.Placed]+told[purchase.AlreadyBought]+told[purchase.SoldOut] != 2*users {
		t.Fatalf("told %v", told)
	}
	buyers := map[string]bool{}
	for _, r := range s.logged() {
		if placed[r.OrderID] != r.UserID || buyers[r.UserID] {
			t.Fatalf("the log holds %+v, and %q was told of it", r, placed[r.OrderID])
		}
		buyers[r.UserID] = true
	}
	if len(buyers) != quantity {
		t.Fatalf("the log holds orders of %d users", len(buyers))
	}
}

// Gates are opened, views dropped and outboxes swept while buyers come.
func TestARushWhileGatesAreOpened(t *testing.T) {
	s := newShop(t)
	s.open(1, selling(1000))
	var all sync.WaitGroup
	for n := range 500 {
		all.Go(func() {
			user := fmt.Sprint("u", n)
			s.Refuse([]byte(product), []byte(user))
			if _, err := s.Buy(t.Context(), t.Context(), product, purchase.Request{User: user, Order: id(n)}); err != nil && !isShut(err) {
				t.Error(err)
			}
		})
	}
	all.Go(func() {
		for epoch := int64(2); epoch < 50; epoch++ {
			s.open(epoch, gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: epoch % 3})
			s.Invalidate(product)
			if err := s.Sweep(t.Context(), onSale); err != nil {
				t.Error(err)
			}
		}
	})
	all.Wait()
}

func isShut(err error) bool { return errors.Is(err, sale.ErrShut) || errors.Is(err, sale.ErrFull) }
