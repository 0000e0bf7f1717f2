package opening_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"seckill/internal/opening"
	"seckill/internal/sale"
)

// history is who did what to the product, the newest first.
func (s *shop) history() (all []string) {
	s.t.Helper()
	entries, err := s.store.History(s.t.Context(), sale.HistoryQuery{Product: product, Limit: 100})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.By+" "+string(e.What))
	}
	return all
}

// What an operator puts and deletes stands under their name, and nothing else does.
func TestWhoPutIt(t *testing.T) {
	s := newShop(t)
	put := func(by string, terms sale.Terms) {
		t.Helper()
		if _, err := s.Put(t.Context(), product, by, to(terms)); err != nil {
			t.Fatal(err)
		}
	}
	put("ann", sale.Terms{Quantity: 2})
	put("", sale.Terms{Quantity: 3})
	s.recover() // nobody's
	put("bob", sale.Terms{Quantity: 3, Closed: true})
	if err := s.Delete(t.Context(), product, "ann"); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(s.history()); got != "[ann delete bob change ann put]" {
		t.Error(got)
	}
}

// An upgrade keeps no operator from anything: as long as somebody could not read a
// name, the opening goes without it.
func TestAPutWithoutANameDuringAnUpgrade(t *testing.T) {
	s := newShop(t)
	allowed := 2
	s.Store = oldStore{s.Store, &allowed}
	for _, allowed = range []int{2, 3} {
		if _, err := s.Put(t.Context(), product, "ann", to(sale.Terms{Quantity: 2})); err != nil {
			t.Fatal(err)
		}
	}
	if got := fmt.Sprint(s.history()); got != "[ann change]" {
		t.Error(got)
	}
	allowed = 2
	if _, err := s.Put(t.Context(), product, "ann", to(sale.Terms{Quantity: 2, Group: "vip"})); !errors.Is(err, sale.ErrUnavailable) {
		t.Errorf("what cannot be left out was put: %v", err)
	}
}

// An oldStore allows records up to a version.
type oldStore struct {
	opening.Store
	allowed *int
}

func (o oldStore) Allow(_ context.Context, version int) error {
	if version > *o.allowed {
		return sale.ErrUnavailable
	}
	return nil
}
