package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// Whoever sold a product does not go on knowing its buyers when another process has
// deleted it.
func TestTheBuyersOfADeletedProductAreForgotten(t *testing.T) {
	ctx, now := t.Context(), time.Now()
	log, err := sqlitelog.Open(ctx, filepath.Join(t.TempDir(), "orders.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	gates := memgate.New(memgate.Options{MaxUnrelayed: 10})
	in, _, err := gates.Shut(ctx, "p", 1)
	if err == nil {
		err = gates.Open(ctx, "p", 1, in, gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: 1})
	}
	if err != nil {
		t.Fatal(err)
	}
	p := &Program{}
	var spawned sync.WaitGroup
	p.desk = purchase.New(ctx, purchase.Parts{
		Gate: gates, Log: log, Catalog: catalog{productStore{}}, Confirm: purchase.AfterAppend{},
		Now:   func() time.Time { return now }, // so that its memory does not age
		Spawn: spawned.Go, Await: await, Linger: linger, Pause: pause,
	})
	for i, want := range []purchase.Result{purchase.Placed, purchase.SoldOut} {
		a, err := p.desk.Buy(ctx, ctx, "p", string(rune('a'+i)), sale.OrderID{byte(i + 1)})
		if err != nil || a.Result != want {
			t.Fatalf("buyer %d: %v, %v, not %v", i, a.Result, err, want)
		}
	}
	knows := func() bool {
		_, refused := p.desk.Refuse([]byte("p"), []byte("c"))
		return refused
	}
	for _, c := range []struct {
		then    string
		product sale.Product
		knows   bool
	}{
		{"while it is on sale", sale.Product{ID: "p", Epoch: 1}, true},
		{"after it was deleted", sale.Product{ID: "p", Epoch: 3, Deleted: true}, false},
	} {
		if err := p.sweep(ctx, c.product); err != nil {
			t.Fatal(err)
		}
		spawned.Wait()
		if knows() != c.knows {
			t.Errorf("%s the desk knows who bought: %v", c.then, knows())
		}
	}
}

// A productStore is a store that has so many products.
type productStore struct {
	orderstore.Keeper
	products, tombs []sale.Product
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
		ctx, stop := context.WithCancel(t.Context())
		p := &Program{cfg: Config{Log: slog.New(slog.DiscardHandler)}, keepers: keepers{store: store}}
		nth := 0
		var mu sync.Mutex
		var looked []sale.Product
		err := p.round(ctx, func(ctx context.Context, product sale.Product) error {
			mu.Lock()
			looked = append(looked, product)
			mu.Unlock()
			return look(ctx, product)
		}, func() {
			nth++
			tell(nth, looked)
			looked = nil
			if nth == times {
				stop()
			}
		})()
		if err != nil {
			t.Error(err)
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
	if took := began[3].Sub(began[1]); took > 2*(eachWithin+watchEvery) {
		t.Errorf("two rounds took %v", took)
	}
}

func TestDamageEndsARound(t *testing.T) {
	p := &Program{keepers: keepers{store: productStore{products: make([]sale.Product, 3)}}}
	err := p.round(t.Context(), func(context.Context, sale.Product) error { return sale.ErrDamaged }, nil)()
	if !errors.Is(err, sale.ErrDamaged) {
		t.Error(err)
	}
}

// Deleted products take no turn from the others: they are looked after once a minute.
func TestDeletedProductsAreLookedAfterSeldom(t *testing.T) {
	store := productStore{products: []sale.Product{{ID: "kept"}}, tombs: make([]sale.Product, 3*turnMost)}
	rounds(t, store, 2*tombsEvery+1, func(context.Context, sale.Product) error { return nil }, func(nth int, products []sale.Product) {
		want := 1
		if nth%tombsEvery == 1 {
			want += len(store.tombs)
		}
		if len(products) != want {
			t.Errorf("round %d looked after %d, not %d", nth, len(products), want)
		}
	})
}
