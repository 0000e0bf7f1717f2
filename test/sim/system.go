package sim

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/memgate"
	"seckill/internal/opening"
	"seckill/internal/orderlog"
	"seckill/internal/projector"
	"seckill/internal/purchase"
	"seckill/internal/sale"
	"seckill/internal/settle"
)

// A system is the servers, which every process reaches over the network, and the
// processes. Embedded, it is one process, which holds the gates itself.
type system struct {
	*world
	embedded  bool
	gate      *gateServer // the primary; nil: embedded
	runs      int         // of gate servers and gates, ever
	log       *memLog
	store     *memStore
	slowLog   bool // it takes its time
	most      int  // orders that one buyer may have, ended ones included; 0: the default
	large     bool // openings take long, as those of many orders do
	pays      bool // people pay
	ofAddress int  // orders of one address that may wait for payment; 0: any number
	procs     []*process
	upgrade   upgrade
	skew      struct{ gate, store, process time.Duration } // of the wall clocks
	buying    map[sale.OrderID]int                         // buys under an id at work
	refused   map[sale.OrderID]refusal                     // what the last one was told
	decided   map[sale.OrderID]time.Time                   // when a process last had a no from a gate
	broken    []string                                     // promises, as the servers saw it
	turned    time.Time                                    // when one of them last jumped
}

// A process is one `seckill serve`: all of its memory goes with a crash.
type process struct {
	sys  *system
	name string
	life int
	release
	frozen    int64       // it stands still until then, in Unix nanoseconds
	halting   bool        // its log has failed, and it is about to stop
	gate      gate.Keeper // what it takes for the primary
	moved     time.Time   // when it last took another for it
	desk      *purchase.Desk
	opener    *opening.Opener
	settle    *settle.Settler
	payments  *settle.Payments
	projector *projector.Projector
}

const (
	partitions = 2
	openWithin = time.Minute
)

func newSystem(seed uint64, embedded bool, processes int) *system {
	s := &system{world: newWorld(seed), embedded: embedded, buying: map[sale.OrderID]int{}, refused: map[sale.OrderID]refusal{}, decided: map[sale.OrderID]time.Time{}}
	s.upgrade.on, s.pays = !embedded && seed%20 == 11, payStory(seed)
	if seed%3 == 1 && seed%20 != 3 { // where somebody else writes into the log, no gate bounds that
		s.ofAddress = 2
	}
	s.log = newMemLog(partitions)
	s.store = newMemStore(func() time.Time { return s.now.Add(s.skew.store) })
	if s.upgrade.on {
		s.store.gone = gone
	}
	if !embedded {
		s.gate = newGateServer(s.gateClock, 1000, s.incarnation(), "store 0")
	}
	for i := range processes {
		s.procs = append(s.procs, &process{sys: s, name: fmt.Sprintf("p%d", i)})
		s.start(s.procs[i])
	}
	return s
}

func (s *system) gateClock() time.Time { return s.now.Add(s.skew.gate) }

func (s *system) incarnation() string {
	s.runs++
	return fmt.Sprint("run ", s.runs)
}

// crashAndRestart kills a process; what it had sent may still arrive.
func (s *system) crashAndRestart(p *process) {
	s.note("world", p.name+" crashes")
	s.crash(p)
	p.end()
	p.life++
	s.start(p)
}

// start gives a process fresh memory and sets its loops going.
func (s *system) start(p *process) {
	p.gate, p.halting, p.release = s.gate, false, s.chooseRelease(p)
	if s.embedded {
		p.gate = memgate.New(memgate.Options{Now: s.gateClock, MaxUnrelayed: 1000, Incarnation: s.incarnation()})
	}
	gates, log, store := netGate{p}, netLog{s.log, p}, netStore{s.store, s}
	spawn := func(name string) func(func()) {
		return func(work func()) { s.spawn(p, p.name+" "+name, work) }
	}
	await := func(ctx context.Context, done <-chan struct{}) error {
		if s.until(ctx, "awaits its batch", func() bool { return closed(done) }) {
			return nil
		}
		return ctx.Err()
	}
	var confirm purchase.Confirmer = purchase.AfterAppend{}
	if !s.embedded {
		confirm = purchase.NewAfterStore(s.forever(), purchase.AfterStoreParts{
			Store: store, Spawn: spawn("confirm"), Await: await,
			Again: func(ctx context.Context) error { s.sleep(purchase.LookAgain); return ctx.Err() },
		})
	}
	linger := func(done <-chan struct{}) {
		s.wait("lingers", s.now.Add(purchase.SlowAppend), func() bool { return closed(done) })
	}
	p.desk = purchase.New(s.forever(), purchase.Parts{
		Gate: gates, Log: log, Catalog: catalog{store}, Confirm: confirm, Near: s.embedded, Allow: store.Allow,
		Now:   func() time.Time { return s.now }, // no clock of this world's is set: a desk counts only what has passed
		Spawn: spawn("lane"),
		Await: await, Linger: linger,
		Pause: func(ctx context.Context) error {
			s.sleep(10*time.Millisecond + s.ms(40))
			return ctx.Err()
		},
	})
	p.settle = settle.New(orderlog.NewVersioned(log, store.Allow), store, func() time.Time { return s.now.Add(s.skew.process) }, oneByOne)
	p.payments = settle.NewPayments(s.forever(), p.settle, settle.PaymentParts{
		Desk: p.desk, Gate: gates, Secret: []byte("secret"), Spawn: spawn("payments"), Await: await, Linger: linger,
	})
	p.opener = &opening.Opener{
		Gate: gates, Log: log, Store: store,
		Nonce:  func() string { return fmt.Sprint(s.rng.Uint64()) },
		Pause:  func(context.Context) error { s.sleep(s.ms(500)); return nil },
		Opened: p.desk.Invalidate,
		Beside: func(sign func()) (stop func()) {
			over := false
			s.spawn(p, p.name+" sign", func() {
				for s.sleep(opening.SignEvery); !over; s.sleep(opening.SignEvery) {
					sign()
				}
			})
			return func() { over = true }
		},
		Finish: func(ctx context.Context, a *opening.Attempt) {
			done := false
			s.spawn(p, p.name+" finish", func() {
				_ = p.opener.Run(s.deadline(openWithin), a)
				done = true
			})
			s.until(ctx, "awaits its gate", func() bool { return done })
		},
	}
	if s.upgrade.on {
		s.loop(p, "alive", p.stayAlive)
	}
	p.projector = projector.New(log, store, gates, observer{p})
	for partition := range int32(partitions) {
		s.loop(p, "projector", func() error { return p.project(partition) })
	}
	monitor := opening.NewMonitor(p.opener, func() time.Time { return s.now })
	settled := !s.embedded // the embedded mode opens no gate before it has applied all of its log
	s.loop(p, "monitor", func() error {
		if !settled {
			if err := p.settle.CatchUp(s.deadline(time.Minute)); err != nil {
				return err
			}
			settled = true
		}
		return p.look(monitor)
	})
	s.loop(p, "sweep", p.sweep)
	for partition := range int32(partitions) {
		s.loop(p, "expire", func() error {
			_, err := p.settle.Expire(s.deadline(time.Second), partition)
			return err
		})
		if s.pays {
			s.loop(p, "late", func() error { return p.payments.Look(s.deadline(5*time.Second), partition) })
		}
	}
}

// oneByOne goes on if one fails, as settle.SideBySide does.
func oneByOne(n int32, work func(int32) error) (err error) {
	for i := range n {
		err = errors.Join(err, work(i))
	}
	return err
}

// loop runs step again and again for as long as its process lives. An error of
// an away keeper is tried again; any other is a finding.
func (s *system) loop(p *process, name string, step func() error) {
	s.spawn(p, p.name+" "+name, func() {
		for {
			err := step()
			if errors.Is(err, sale.ErrDamaged) {
				panic(fmt.Sprintf("%s %s: %v", p.name, name, err))
			}
			if errors.Is(err, sale.ErrNewer) {
				p.halt()
			}
			s.sleep(200*time.Millisecond + s.ms(1000))
		}
	})
}

func (p *process) project(partition int32) error {
	c := projector.NewCursor(partition)
	for {
		if _, err := p.projector.Step(p.sys.forever(), c); err != nil {
			return err
		}
		p.projector.Deliver(p.sys.forever(), c, func(work func()) { work() })
	}
}

func (p *process) look(monitor *opening.Monitor) error {
	products, err := p.all()
	for _, product := range products {
		if a := monitor.Look(p.sys.forever(), product); a != nil {
			_ = p.opener.Run(p.sys.deadline(openWithin), a)
		}
	}
	return err
}

// all is the products, and their tombstones.
func (p *process) all() ([]sale.Product, error) {
	kept, err := p.opener.Store.Products(p.sys.forever(), false)
	deleted, failed := p.opener.Store.Products(p.sys.forever(), true)
	return append(kept, deleted...), errors.Join(err, failed)
}

func (p *process) sweep() error {
	products, err := p.all()
	for _, product := range products {
		_ = p.desk.Sweep(p.sys.forever(), product)
		_ = p.projector.Sweep(p.sys.forever(), product)
	}
	return err
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

type observer struct{ p *process }

func (o observer) Projected([]*sale.State, int) {}
func (o observer) Returned(product string)      { o.p.desk.Invalidate(product) }

type catalog struct{ store netStore }

func (c catalog) Exists(ctx context.Context, product string) (bool, error) {
	p, err := c.store.Product(ctx, product)
	if errors.Is(err, sale.ErrNotFound) {
		return false, nil
	}
	return p.Exists(), err
}

// The order ids of a simulation carry the number of their product.
func orderID(product int, n uint64) (id sale.OrderID) {
	id[0] = byte(product)
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

func productOf(id sale.OrderID) string { return productID(int(id[0])) }

func productID(n int) string { return fmt.Sprintf("product-%d", n) }
