package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/auth"
	"seckill/internal/connlimit"
	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/httpapi"
	"seckill/internal/identity"
	"seckill/internal/live"
	"seckill/internal/metrics"
	"seckill/internal/opening"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/projector"
	"seckill/internal/purchase"
	"seckill/internal/rehearsal"
	"seckill/internal/sale"
	"seckill/internal/settle"
	"seckill/internal/tlspair"
	"seckill/internal/trace"
)

// grace is how long those who wait for an answer may take when the program ends.
const grace = 10 * time.Second

// unavailableMost bounds the products that /readyz names.
const unavailableMost = 20

// keepers are what the gates, the log and the tables are kept in.
type keepers struct {
	gate  gate.Keeper
	log   orderlog.Keeper
	store orderstore.Keeper
}

// A mode is what the embedded mode and the cluster differ in, the keepers aside.
type mode interface {
	// connect gives the keepers, but for the gates. If one is away it waits for
	// it, and tells which. An error means that this program must not sell with them.
	connect(ctx context.Context, waiting func(server string, away error)) (keepers, error)
	// gates are those of the store with this secret.
	gates(secret []byte) gate.Keeper
	// confirm is when an order is placed.
	confirm(ctx context.Context, store orderstore.Keeper) purchase.Confirmer
	// mayOpen waits until gates may be opened.
	mayOpen(ctx context.Context, p *Program) error
	// barred is why nothing is sold, whatever is there; nil: nothing keeps it.
	barred() error
	// halt is told that a newer program wrote what this one does not read. It bars
	// the gates; an error ends the program.
	halt(newer error) error
	// servers tells of each server whether it answers.
	servers(ctx context.Context, k keepers) map[string]bool
	// condition names what cannot be reached.
	condition(ctx context.Context, k keepers) httpapi.Condition
	// failed waits until a keeper can never be used again, and says why.
	failed(ctx context.Context) error
	// registry is where rehearsals are kept.
	registry() rehearsal.Registry
	// placedBy is what makes an order placed, for those who do not confirm it.
	placedBy() sale.PlacedBy
	close() error
}

// A Program is one process of a sale.
type Program struct {
	cfg      Config
	process  orderstore.Process
	mode     mode
	listener *connlimit.Listener
	pair     *tlspair.Pair // nil: without TLS
	ops      *opsServer    // nil: all is told at listener
	keepers  keepers

	hub       *live.Hub
	moved     chan struct{} // holds one sign that the store has, and the event streams were not told
	counts    *metrics.Set
	answered  map[string]metrics.Series // by product: taken, and not kept yet; of one goroutine
	traces    *trace.Tracer             // nil: no buy is followed
	desk      *purchase.Desk
	settle    *settle.Settler
	payments  *settle.Payments
	opener    *opening.Opener
	monitor   *opening.Monitor
	projector *projector.Projector
	auditor   *auditor
	operators *auth.Authenticator
	tokens    *identity.Tokens   // of a shop; nil: no JWT is taken
	buyers    *identity.Verifier // nil: they are believed
	trusted   identity.Trusted
	challenge *challenge // nil: none stands before a pass
	runner    *rehearsal.Runner
	api       *httpapi.API

	waits    waits       // for servers, until it is wired
	wired    atomic.Bool // the rooms are joined
	again    again
	openings opening.Openings
	ready    atomic.Bool
	ending   atomic.Bool
	work     context.Context // of lanes and loops: it outlasts the last answer
	stopWork context.CancelFunc
}

// open takes the address.
func open(cfg Config, m mode) (*Program, error) {
	p := &Program{cfg: cfg, process: thisProcess(cfg), mode: m, hub: live.New(), moved: make(chan struct{}, 1), counts: metrics.New(), answered: map[string]metrics.Series{}}
	p.work, p.stopWork = context.WithCancel(context.Background())
	p.trusted, _ = cfg.trusted() // they have been checked
	var err error
	if p.tokens, err = cfg.Buyers.tokens(p.work, cfg.Log); err != nil {
		return nil, err
	}
	if p.pair, err = cfg.pair(); err != nil {
		return nil, err
	}
	if p.traces, err = cfg.tracer(p.process.ID); err != nil {
		return nil, err
	}
	ln, err := cfg.listen()
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", cfg.Listen, err)
	}
	p.listener = connlimit.New(ln, cfg.maxConnections(), elapsed(), cfg.Log)
	p.listener.Each(cfg.MaxOfAddress, func(peer netip.Addr) netip.Prefix { return bounded(p.trusted, peer) })
	if err := p.listenOps(); err != nil {
		return nil, errors.Join(err, p.listener.Close())
	}
	if p.pair != nil {
		go p.pair.Watch(p.work, sleep)
	}
	p.measureProcess()
	return p, nil
}

// bounded is by what a peer's connections are counted; no valid prefix: not at all, for who connects from there is everybody.
func bounded(proxies identity.Trusted, peer netip.Addr) netip.Prefix {
	if peer.IsLoopback() || proxies.Has(peer) {
		return netip.Prefix{}
	}
	return identity.Network(peer)
}

// Addr is where the program listens.
func (p *Program) Addr() net.Addr { return p.listener.Addr() }

// OpsAddr is where it tells those who run it what it tells nobody else; empty: at Addr.
func (p *Program) OpsAddr() string {
	if p.ops == nil {
		return ""
	}
	return p.ops.listener.Addr().String()
}

// ErrTerminated is the cause of a context whose end those in front of the program
// are to notice first: it goes on to serve for Config.Drain, while it says that it
// is not ready.
var ErrTerminated = errors.New("terminated")

// Run serves until ctx is done, and then answers whoever waits. It returns nil
// after that, and the cause if it had to stop by itself.
func (p *Program) Run(ctx context.Context) error {
	p.cfg.Log.Info("starting", "version", p.cfg.Build.Version, "process", p.process.ID, "roles", p.process.Role, "address", p.Addr().String(), "operations", p.OpsAddr())
	defer p.serveOps()()
	if p.keepers == (keepers{}) {
		if err := p.connect(ctx); err != nil {
			return quiet(ctx, err)
		}
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	loops, work := errgroup.WithContext(p.work)
	p.loops(work, loops)
	go func() { // a loop that fails ends the program
		<-work.Done()
		stop(errors.New("a part of the program stopped"))
	}()
	front := p.front()
	served := make(chan error, 1)
	go func() { served <- front.Serve(p.overTLS(p.listener)) }()
	select {
	case <-ctx.Done():
	case err := <-served:
		p.runner.Close()
		p.stopWork()
		return errors.Join(err, loops.Wait())
	}
	p.ending.Store(true)
	p.notify("STOPPING=1")
	p.cfg.Log.Info("stopping", "because", context.Cause(ctx))
	crash.At("app: the end has begun")
	p.runner.Close() // its buyers come from here
	if errors.Is(context.Cause(ctx), ErrTerminated) && p.cfg.sells() {
		p.api.Drain()
		_ = sleep(work, p.cfg.Drain) // shorter if a loop fails meanwhile
	}
	late, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	go p.listener.CloseStuck(late)
	err := front.Shutdown(late)
	crash.At("app: the last answer is given")
	p.stopWork()
	err = errors.Join(loops.Wait(), err)
	if p.cfg.sells() {
		_ = p.keepTimelines(late) // if not, a second of it is missing
	}
	p.cfg.Log.Info("stopped")
	return err
}

// A front answers on the program's address.
type front interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
}

func (p *Program) front() front {
	if p.cfg.sells() {
		return p.api
	}
	missing := func(ctx context.Context) []string { return p.condition(ctx).Missing }
	return p.newHealthServer(missing)
}

// condition names what the program lacks.
func (p *Program) condition(ctx context.Context) httpapi.Condition {
	why := p.mode.barred()
	switch {
	case p.ending.Load():
		return httpapi.Condition{Missing: []string{"the process is shutting down"}}
	case why != nil:
		return httpapi.Condition{Missing: []string{why.Error()}}
	case !p.ready.Load():
		closed := gatesShut
		if loaded, of := p.openings.Orders(); of > 0 {
			closed += fmt.Sprintf(", %d of %d orders are loaded", loaded, of)
		}
		return httpapi.Condition{Missing: []string{closed}}
	}
	c := p.mode.condition(ctx, p.keepers)
	if n, first := p.monitor.Unavailable(unavailableMost); n > 0 {
		c.Unavailable = &httpapi.Unavailable{Products: n, First: first}
	}
	if p.challenge != nil && p.challenge.away.Load() {
		c.Degraded = append(c.Degraded, "the challenge")
	}
	return c
}

// Close gives back what the program took. It may follow Run, or an open that failed.
func (p *Program) Close() error {
	p.stopWork()
	err := p.listener.Close()
	if p.ops != nil {
		_ = p.ops.listener.Close() // its server may have
	}
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	p.leave()
	p.traces.Close()
	crash.At("app: the keepers are to be closed")
	return errors.Join(err, p.mode.close())
}
