package orderstore

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/sale"
)

// A productStore is a store that has so many products.
type productStore struct{ products, tombs []sale.Product }

func (productStore) Product(_ context.Context, id string) (sale.Product, error) {
	return sale.Product{ID: id, Epoch: 1}, nil
}

func (s productStore) Products(_ context.Context, deleted bool) ([]sale.Product, error) {
	if deleted {
		return s.tombs, nil
	}
	return s.products, nil
}

// looksAfter has products looked after so many times.
func looksAfter(t *testing.T, n, times int, look func(nth int, products []sale.Product)) {
	t.Helper()
	all := make([]sale.Product, n)
	for i := range all {
		all[i].ID = strconv.Itoa(i)
	}
	rounds(t, productStore{products: all}, times, func(ctx context.Context, _ sale.Product) error { return nil }, look)
}

// rounds looks after the products of a store so many times, and tells of each time
// whose turn it was.
func rounds(t *testing.T, store productStore, times int, look func(context.Context, sale.Product) error, tell func(nth int, products []sale.Product)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx := t.Context()
		r := NewRounds(store)
		var mu sync.Mutex
		for nth := 1; nth <= times; nth++ {
			var looked []sale.Product
			err := r.Step(ctx, func(ctx context.Context, product sale.Product) error {
				mu.Lock()
				looked = append(looked, product)
				mu.Unlock()
				return look(ctx, product)
			}, func(error) {})
			if err != nil {
				t.Error(err)
			}
			tell(nth, looked)
		}
	})
}

// Every product is looked after at once at the start, and from then on in turn.
func TestManyProductsAreLookedAfterInTurns(t *testing.T) {
	const n = 2*turnMost + 1
	seen := map[string]int{}
	looksAfter(t, n, 1+4, func(nth int, products []sale.Product) { // four turns go through all, from anywhere
		if nth == 1 && len(products) != n || nth > 1 && len(products) > turnMost {
			t.Errorf("look %d is at %d products", nth, len(products))
		}
		for _, product := range products {
			seen[product.ID]++
		}
	})
	for id, times := range seen {
		if times < 2 {
			t.Errorf("product %s was looked after once", id)
		}
	}
}

func TestFewProductsAreLookedAfterEachTime(t *testing.T) {
	looksAfter(t, turnMost, 5, func(nth int, products []sale.Product) {
		if len(products) != turnMost {
			t.Errorf("look %d is at %d products of %d", nth, len(products), turnMost)
		}
	})
}

// A product that does not answer, or fails, takes its own time and nobody else's.
func TestAStuckProductHoldsUpNoOther(t *testing.T) {
	store := productStore{products: make([]sale.Product, 100)}
	for i := range store.products {
		store.products[i].ID = strconv.Itoa(i)
	}
	began := map[int]time.Time{}
	var looked atomic.Int32
	rounds(t, store, 3, func(ctx context.Context, p sale.Product) error {
		switch p.ID {
		case "3", "50":
			<-ctx.Done()
			return ctx.Err()
		case "7":
			return sale.ErrUnavailable
		}
		looked.Add(1)
		return nil
	}, func(nth int, products []sale.Product) {
		began[nth] = time.Now()
		if len(products) != 100 || looked.Swap(0) != 97 {
			t.Errorf("round %d looked after %d", nth, len(products))
		}
	})
	if took := began[3].Sub(began[1]); took > 2*eachWithin {
		t.Errorf("two rounds took %v", took)
	}
}

func TestDamageEndsARound(t *testing.T) {
	r := NewRounds(productStore{products: make([]sale.Product, 3)})
	err := r.Step(t.Context(), func(context.Context, sale.Product) error { return sale.ErrDamaged }, func(error) {})
	if !errors.Is(err, sale.ErrDamaged) {
		t.Error(err)
	}
}

// Deleted products take no turn from the others: they are looked after once a minute.
func TestDeletedProductsAreLookedAfterSeldom(t *testing.T) {
	store := productStore{products: []sale.Product{{ID: "kept"}}, tombs: make([]sale.Product, 3*turnMost)}
	rounds(t, store, 2*deletedEvery+1, func(context.Context, sale.Product) error { return nil }, func(nth int, products []sale.Product) {
		want := 1
		if nth%deletedEvery == 1 {
			want += len(store.tombs)
		}
		if len(products) != want {
			t.Errorf("round %d looked after %d, not %d", nth, len(products), want)
		}
	})
}
