package program

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Hoard has a hundred identities of one address, and of one /64 of IPv6, buy a product of which an address
// may have three unpaid orders, at a server that trusts the proxy in front. It says what they got that they
// may not have, and whether buyers elsewhere were kept from theirs.
func (s *Server) Hoard(t testing.TB, product string) (found []string) {
	t.Helper()
	const may = 3
	s.Put(t, product, fmt.Sprintf(`{"quantity":1000,"payment_window":"1h","unpaid_per_address":%d}`, may))
	var got []Order
	for who, address := range map[string]func(n int) string{
		"v4": func(int) string { return "203.0.113.7" },
		"v6": func(n int) string { return fmt.Sprintf("2001:db8:1:2:%x::%x", n, n) },
	} {
		orders, told := s.crowd(t, product, who, address)
		if len(orders) != may || told["address_limit"] != hoarders-may {
			found = append(found, fmt.Sprintf("%s: %d of %d buyers at one address have an order, and %d may: %v", who, len(orders), hoarders, may, told))
		}
		got = append(got, orders...)
	}
	for n := range 20 {
		if a := s.buyFrom(t, product, fmt.Sprintf("honest-%d", n), fmt.Sprintf("198.51.100.%d", n)); !a.has() {
			found = append(found, fmt.Sprintf("a buyer elsewhere: %v", a))
		}
	}
	i := slices.IndexFunc(got, func(o Order) bool { return strings.HasPrefix(o.User, "v4") })
	if i < 0 {
		return found
	}
	for began := time.Now(); ; <-time.After(50 * time.Millisecond) { // it may be queued yet
		a, err := s.Ask("POST", "/api/orders/"+got[i].ID+"/pay", "", "")
		if err == nil && a.Status == http.StatusOK {
			break
		}
		if err != nil || time.Since(began) > 2*time.Minute {
			t.Fatalf("to pay: %v, %v", a, err)
		}
	}
	// The gate is told of it in a moment.
	for deadline := time.Now().Add(2 * time.Minute); ; <-time.After(50 * time.Millisecond) {
		a := s.buyFrom(t, product, "v4-late", "203.0.113.7")
		if a.has() {
			break
		}
		if a.Kind != "address_limit" || time.Now().After(deadline) {
			return append(found, fmt.Sprintf("after one of them was paid: %v", a))
		}
	}
	if a := s.buyFrom(t, product, "v4-later", "203.0.113.7"); a.Kind != "address_limit" {
		found = append(found, fmt.Sprintf("one was paid, and two more have an order: %v", a))
	}
	return found
}

// HoardAgain says what a hundred more get at an address that has as many as it may.
func (s *Server) HoardAgain(t testing.TB, product string) (found []string) {
	t.Helper()
	if orders, told := s.crowd(t, product, "again", func(int) string { return "203.0.113.7" }); told["address_limit"] != hoarders {
		found = append(found, fmt.Sprintf("%d have an order at an address that had as many as it may: %v", len(orders), told))
	}
	return found
}

const hoarders = 100

// has reports whether a buyer has a unit: of a cluster that is slow they hear that it is queued.
func (a Answer) has() bool { return a.Status == http.StatusCreated || a.Status == http.StatusAccepted }

// crowd buys as many identities at once, and returns their orders, and how many were told what else.
func (s *Server) crowd(t testing.TB, product, who string, address func(n int) string) (orders []Order, told map[string]int) {
	told = map[string]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for n := range hoarders {
		all.Go(func() {
			a := s.buyFrom(t, product, fmt.Sprintf("%s-%d", who, n), address(n))
			mu.Lock()
			defer mu.Unlock()
			if a.has() {
				orders = append(orders, a.Order)
				return
			}
			told[a.Kind]++
		})
	}
	all.Wait()
	return orders, told
}

// buyFrom buys as somebody at an address.
func (s *Server) buyFrom(t testing.TB, product, user, address string) Answer {
	a, err := s.From(address).BuyPatiently(product, user, "")
	if err != nil {
		t.Errorf("%s: %v", user, err)
	}
	return a
}
