package purchase

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/sale"
)

// A lane is the buyers of one product.
type lane struct {
	product string
	view    atomic.Pointer[view]

	mu      sync.Mutex
	waiting []*batch // the last one is still being filled
	running bool     // a goroutine takes batches from this lane
}

// A batch is what goes to the gate in one step. What stands under a channel is
// written before that is closed, and read after.
type batch struct {
	requests []gate.Request

	decided   chan struct{}
	admission gate.Admission
	err       error // of the gate: no decision came back

	relayed  chan struct{}
	appended bool          // what was admitted is in the log
	last     sale.Position // of its last record
}

// join adds a request to the last waiting batch. It reports whether the lane
// rested: it needs somebody to work it.
func (l *lane) join(r gate.Request) (b *batch, at int, rested bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.waiting); n > 0 && len(l.waiting[n-1].requests) < MaxBatch {
		b = l.waiting[n-1]
	} else {
		b = &batch{decided: make(chan struct{}), relayed: make(chan struct{})}
		l.waiting = append(l.waiting, b)
	}
	b.requests = append(b.requests, r)
	rested, l.running = !l.running, true
	return b, len(b.requests) - 1, rested
}

// take removes the oldest batch; nil, and the lane rests, where none waits.
func (l *lane) take() *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.running = false
		return nil
	}
	b := l.waiting[0]
	l.waiting = l.waiting[1:]
	return b
}

// step has the gate decide on one batch, and reports whether there was one. While
// the log is quick, the next batch fills until it has this one; where it is slow,
// nobody waits for it to hear what the gate says.
func (d *Desk) step(ctx context.Context, l *lane) bool {
	b := l.take()
	if b == nil {
		return false
	}
	crash.At("purchase: a batch is taken")
	asked := d.Now()
	b.admission, b.err = d.Gate.Admit(ctx, l.product, b.requests)
	orders := admitted(l.product, b)
	if len(orders) > 0 {
		crash.At("purchase: the gate has admitted")
		l.view.Store(nil) // it does not know of them, and they may ask again at once
	}
	close(b.decided)
	if len(orders) == 0 {
		b.appended = true
		close(b.relayed)
	} else {
		d.Spawn(func() { d.relay(ctx, l.product, b, orders) })
	}
	if b.err == nil {
		d.see(ctx, l, b.admission.View, asked)
	}
	d.Linger(b.relayed)
	return true
}

// relay appends what was admitted, and has the outbox forget it.
func (d *Desk) relay(ctx context.Context, product string, b *batch, orders []sale.Record) {
	last, err := d.Log.Append(ctx, b.admission.View.Terms.Partition, orders)
	crash.At("purchase: the log has the orders")
	b.last, b.appended = last, err == nil
	close(b.relayed)
	crash.At("purchase: the buyers are told")
	if err == nil {
		// Where this fails the entry is swept, and appended twice, which counts once.
		_ = d.Gate.Forget(ctx, product, []gate.EntryID{b.admission.Entry})
		crash.At("purchase: the outbox has forgotten")
	}
}

// admitted is the records of those whom the gate admitted.
func admitted(product string, b *batch) []sale.Record {
	var orders []sale.Record
	for i, decision := range b.admission.Decisions {
		if decision.Verdict != gate.Admitted {
			continue
		}
		if orders == nil {
			orders = make([]sale.Record, 0, len(b.requests)-i)
		}
		orders = append(orders, sale.Record{
			Kind: sale.KindOrder, ProductID: product, Epoch: b.admission.View.Epoch, At: b.admission.View.Now,
			OrderID: decision.Order, UserID: b.requests[i].User, Seq: decision.Seq,
		})
	}
	return orders
}

// see keeps what the gate said of itself. While the gate refuses, it also learns
// who has an order there, once for each (epoch, seq): a return adds nobody.
func (d *Desk) see(ctx context.Context, l *lane, v gate.View, asked time.Time) {
	next := &view{View: v, taken: asked}
	if _, all := v.Refuses(v.Now); all {
		if last := l.view.Load(); last != nil && last.users.of(&v) {
			next.users = last.users
		} else {
			next.users = d.users(ctx, l.product, &v)
		}
	}
	l.view.Store(next)
}

// renewed is what the lane's old view has become, where nobody new has an order
// since; else it is the old one, which refuses nobody. A lane that was told
// meanwhile to forget its view does not get it back.
func (d *Desk) renewed(l *lane, old *view, now time.Time) *view {
	v, err := d.Gate.View(d.ctx, l.product)
	if err != nil || !old.users.of(&v) {
		return old
	}
	next := &view{View: v, taken: now, users: old.users}
	l.view.CompareAndSwap(old, next)
	return next
}

// users is nil where the gate has moved on: then nobody is refused by the view.
func (d *Desk) users(ctx context.Context, product string, v *gate.View) *userSet {
	s := &userSet{epoch: v.Epoch, seq: v.Seq, hashes: map[uint64]struct{}{}}
	err := d.Gate.Users(ctx, product, v.Epoch, func(user string) {
		s.hashes[maphash.String(seed, user)] = struct{}{}
	})
	if err != nil {
		return nil
	}
	return s
}
