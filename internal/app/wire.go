package app

import (
	"context"
	"crypto/rand"
	"time"

	"seckill/internal/auth"
	"seckill/internal/httpapi"
	"seckill/internal/live"
	"seckill/internal/metrics"
	"seckill/internal/opening"
	"seckill/internal/projector"
	"seckill/internal/purchase"
	"seckill/internal/sale"
	"seckill/internal/settle"
)

// wire joins the rooms.
func (e *Embedded) wire() error {
	secret, err := e.store.Meta(e.work, "secret", random(32))
	if err != nil {
		return err
	}
	hub, counts := live.New(), metrics.New()
	e.desk = purchase.New(e.work, purchase.Parts{
		Gate: e.gate, Log: e.log, Catalog: catalog{e.store}, Confirm: purchase.AfterAppend{},
		Now: time.Now, Spawn: func(work func()) { go work() }, Await: await, Pause: pause,
	})
	e.settle = settle.New(e.log, e.store, time.Now)
	e.opener = &opening.Opener{
		Gate: e.gate, Log: e.log, Store: e.store,
		Nonce: rand.Text, Pause: pause,
		Opened: func(product string) {
			e.desk.Returned(product)
			hub.Wake(product)
		},
	}
	e.projector = projector.New(e.log, e.store, e.gate, observer{e.desk, hub})
	counts.Gauge("seckill_event_streams", "Browsers that watch a sale.", func() float64 { return float64(hub.Watchers()) })
	counts.Gauge("seckill_unprojected_records", "Records in the log that the store has not met yet.", e.lag)
	e.api = httpapi.New(httpapi.Config{
		Desk: firmDesk{e.desk}, Settle: e.settle, Merchant: e.opener, Store: e.store, Gates: gates{e.gate},
		Hub: hub, Auth: auth.New(e.cfg.AdminToken, secret, time.Now), Pages: e.cfg.Pages,
		Secret: secret, NewOrderID: newOrderID, Now: time.Now, Rate: e.cfg.Rate,
		Ready: e.missing, Internal: e.bench(), Metrics: counts.Handler(), Meter: counts, Log: e.cfg.Log,
	})
	return nil
}

// missing names what keeps the program from serving.
func (e *Embedded) missing(context.Context) []string {
	if e.ready.Load() {
		return nil
	}
	return []string{"the gates are not open yet"}
}

// lag is how many records the store has to meet yet; 0 where nobody can tell.
func (e *Embedded) lag() float64 {
	_, end, errLog := e.log.Bounds(e.work, 0)
	mark, errStore := e.store.Mark(e.work, 0)
	if errLog != nil || errStore != nil {
		return 0
	}
	return float64(end - mark.Next)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return b
}

func newOrderID() sale.OrderID { return sale.NewOrderID(time.Now(), [10]byte(random(10))) }

func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
