package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"time"

	"seckill/internal/crash"
	"seckill/internal/httpapi"
	"seckill/internal/opening"
	"seckill/internal/orderlog"
	"seckill/internal/projector"
	"seckill/internal/purchase"
	"seckill/internal/sale"
	"seckill/internal/settle"
	"seckill/internal/verify"
)

// wire joins the rooms. internal is where the commands beside it ask, or nil.
func (p *Program) wire(s secrets, internal http.Handler) {
	crash.At("app: the keepers are there")
	p.keepers.gate = p.mode.gates(s.orders)
	p.keepers.store = &foldedStore{Keeper: p.keepers.store, catchUp: func(ctx context.Context) error { return p.settle.CatchUp(ctx) }}
	p.keepers = p.keepers.measured(p.counts)
	if p.traces != nil {
		p.keepers = p.keepers.traced(p.traces, p.cfg.isCluster())
	}
	k := p.keepers
	p.desk = purchase.New(p.work, purchase.Parts{
		Gate: k.gate, Log: k.log, Catalog: catalog{k.store}, Confirm: p.mode.confirm(p.work, k.store), Near: !p.cfg.isCluster(),
		Allow: orderlog.AskOnce(k.store.Allow),
		Now:   time.Now, Spawn: spawn, Await: await, Linger: linger, Pause: pause, Follow: followed(p.traces),
	})
	p.settle = settle.New(k.log, k.store, time.Now, settle.SideBySide)
	p.payments = settle.NewPayments(p.work, p.settle, settle.PaymentParts{Desk: p.desk, Gate: k.gate, Secret: s.orders, Spawn: spawn, Await: await, Linger: linger})
	p.opener = &opening.Opener{
		Gate: k.gate, Log: k.log, Store: k.store,
		Nonce: rand.Text, Secret: hex.EncodeToString(s.orders), Pause: pause,
		Opened: func(product string) {
			p.desk.Invalidate(product)
			p.hub.Wake(product)
		},
		Beside: beside, Finish: func(ctx context.Context, a *opening.Attempt) { p.openings.Finish(ctx, p.work, a) },
	}
	p.openings.Opener, p.openings.Log, p.openings.Opened = p.opener, p.cfg.Log, p.countOpenings()
	deadLetters := p.countDeadLetters()
	p.monitor = opening.NewMonitor(p.opener, time.Now)
	p.projector = projector.New(k.log, k.store, k.gate, observer{p.desk, p.hub, deadLetters, p.storeMoved})
	p.auditor = newAuditor(verify.Parts{Gate: k.gate, Log: k.log, Store: k.store, Pause: auditPause, Placed: p.mode.placedBy()})
	p.operators = p.newOperators(s.orders)
	p.buyers = p.cfg.Buyers.verifier(s.passes, p.tokens, p.trusted)
	p.runner = p.newRunner()
	p.measure()
	p.api = httpapi.New(httpapi.Config{
		Desk: p.desk, Settle: p.settle, Payments: p.payments, Signed: p.cfg.signed(), Stripe: p.cfg.stripe(), StripeTest: p.cfg.StripeTest, Merchant: p.opener, Store: k.store, Gates: gates{k.gate},
		Rehearsals: rehearsals{p.runner}, Audit: p.audit, Figures: p.figures, Answered: p.answeredOf,
		Hub: p.hub, Auth: p.operators, Buyers: p.buyers, Challenge: p.newChallenge(), Trusted: p.trusted, Hosts: p.cfg.Hosts, Pages: p.cfg.Pages,
		Secret: s.orders, NewOrderID: newOrderID, Now: time.Now, Since: since(), Pause: sleep, Placed: p.mode.placedBy(), Wait: p.cfg.Wait,
		Rates: p.cfg.Rates, MaxStreams: p.cfg.maxConnections() / 2, MaxStreamsOfAddress: p.cfg.MaxStreamsOfAddress,
		Ready: p.condition, Started: p.ready.Load, Openings: p.loading, Internal: internal, Metrics: p.publicMetrics(), Meter: p.counts, Traces: p.traces, Log: p.cfg.Log, LogUsers: p.cfg.LogUsers,
	})
	p.counts.Gauge("seckill_event_streams", "Browsers that watch a sale.", func() float64 { return float64(p.api.Streams()) })
	p.wired.Store(true)
	p.tellOps(httpapi.Config{Auth: p.operators, Ready: p.condition, Openings: p.loading, Audit: p.audit})
}

// elapsed makes a clock that is never set back.
func elapsed() func() time.Duration {
	since := since()
	return func() time.Duration { return since(time.Now()) }
}

// since makes one of a time that somebody has just read.
func since() func(at time.Time) time.Duration {
	start := time.Now()
	return func(at time.Time) time.Duration { return at.Sub(start) }
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // it never fails
	return b
}

func newOrderID() sale.OrderID { return sale.NewOrderID(time.Now(), [10]byte(random(10))) }

func spawn(work func()) { go work() }

func await(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func linger(done <-chan struct{}) {
	slow := time.NewTimer(purchase.SlowAppend)
	defer slow.Stop()
	select {
	case <-done:
	case <-slow.C:
	}
}
