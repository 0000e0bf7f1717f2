package app

import (
	"path/filepath"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

// Whoever sold a product does not go on knowing its buyers when another process has
// deleted it.
func TestTheBuyersOfADeletedProductAreForgotten(t *testing.T) {
	ctx, now := t.Context(), time.Now()
	store := newLedger(t)
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
	p := &Program{keepers: keepers{store: store}}
	p.desk = purchase.New(ctx, purchase.Parts{
		Gate: gates, Log: log, Catalog: catalog{store}, Confirm: purchase.AfterAppend{},
		Now:   func() time.Time { return now }, // so that its memory does not age
		Spawn: func(work func()) { go work() }, Await: await, Linger: linger, Pause: pause,
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
		then  string
		knows bool
	}{{"while it is on sale", true}, {"after it was deleted", false}} {
		if !c.knows {
			store.fold(sale.Record{Kind: sale.KindOpening, Epoch: 2, Nonce: "2", Terms: sale.Terms{Quantity: 1, LimitPerUser: 1, Closed: true}})
			store.fold(sale.Record{Kind: sale.KindOpening, Epoch: 3, Nonce: "3", Deleted: true})
		}
		if err := p.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if knows() != c.knows {
			t.Errorf("%s the desk knows who bought: %v", c.then, knows())
		}
	}
}
