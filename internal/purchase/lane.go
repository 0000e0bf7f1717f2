package purchase

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/sale"
)

// A lane is the buyers of one product.
type lane struct {
	product  string
	id       string // by which the gate knows it
	view     atomic.Pointer[view]
	users    atomic.Pointer[userSet] // of the newest epoch at which they were needed
	learning atomic.Bool             // a goroutine fetches users

	// Of the goroutine that works the lane:
	tries  int64     // that were sent
	epoch  int64     // of the gate, when it last answered
	theirs time.Time // the gate's clock then, or less
	ours   time.Time // and this process's: it is set back and forth, so that only what has passed since counts

	mu      sync.Mutex
	doubt   bool     // some try may be admitted yet, or have been: the gate did not answer
	waiting []*batch // the last one is still being filled
	running bool     // a goroutine takes batches from this lane
}

// A batch is what goes to the gate in one step. What stands under a channel is
// written before that is closed, and read after.
type batch struct {
	requests []gate.Request
	gone     map[int]bool // by their places when they joined: they wait no more, and are left out when it is taken

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

// take removes the oldest batch in which somebody waits; nil, and the lane rests,
// if there is none.
func (l *lane) take() *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) > 0 {
		b := l.waiting[0]
		l.waiting = l.waiting[1:]
		if b.leaveOut(); len(b.requests) > 0 {
			return b
		}
	}
	l.running = false
	return nil
}

// withdraw takes back a request, and reports whether that was in time: it has not
// been sent, and never will be.
func (l *lane) withdraw(b *batch, at int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(l.waiting, b) {
		return false
	}
	if b.gone == nil {
		b.gone = map[int]bool{}
	}
	b.gone[at] = true
	return true
}

// leaveOut removes those who have gone.
func (b *batch) leaveOut() {
	if len(b.gone) == 0 {
		return
	}
	kept := b.requests[:0]
	for at, r := range b.requests {
		if !b.gone[at] {
			kept = append(kept, r)
		}
	}
	b.requests = kept
}

// decision is the gate's on the request that joined at a place.
func (b *batch) decision(at int) gate.Decision {
	place := at
	for gone := range b.gone {
		if gone < at {
			place--
		}
	}
	return b.admission.Decisions[place]
}

// step has the gate decide on one batch, and reports whether there was one. While
// the log is quick, the next batch fills until it has this one; if it is slow,
// or nothing is left to sell, nobody waits for it to hear what the gate says.
func (d *Desk) step(ctx context.Context, l *lane) bool {
	b := l.take()
	if b == nil {
		return false
	}
	crash.At("purchase: a batch is taken")
	ctx, end := d.follow(ctx, l.product, b.requests)
	asked := d.Now()
	b.admission, b.err = d.Gate.Admit(ctx, l.product, l.try(asked), b.requests)
	l.note(b, d.Now())
	orders := admitted(l.product, b)
	if len(orders) > 0 {
		crash.At("purchase: the gate has admitted")
	}
	refuses := false
	if b.err == nil { // first, for those who are told of their orders may ask again at once
		refuses = d.see(ctx, l, &b.admission.View, orders, asked)
	} else if errors.Is(b.err, sale.ErrUnknownOutcome) {
		l.view.Store(nil) // it does not know of them
	}
	close(b.decided)
	if len(orders) == 0 {
		b.appended = true
		close(b.relayed)
		end()
	} else {
		d.Spawn(func() {
			defer end()
			d.relay(ctx, l.product, b, orders)
		})
	}
	if !refuses {
		d.Linger(b.relayed)
	}
	return true
}

func (d *Desk) follow(ctx context.Context, product string, batch []gate.Request) (_ context.Context, end func()) {
	if d.Follow == nil {
		return ctx, func() {}
	}
	return d.Follow(ctx, product, batch)
}

// try is the lane's next one. It fences those before it if one is in doubt: they
// have been decided on by then, or never will be.
func (l *lane) try(now time.Time) gate.Try {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tries++
	return gate.Try{
		By: l.theirs.Add(now.Sub(l.ours) + AdmitWithin), Epoch: l.epoch,
		Lane: l.id, Number: l.tries, Fences: l.doubt,
	}
}

// note learns from an answer of the gate what its clock and its epoch are: how long the
// answer took to come makes the next deadline no later.
func (l *lane) note(b *batch, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case b.err == nil:
		l.doubt = false
	case errors.Is(b.err, sale.ErrLate):
	default:
		l.doubt = l.doubt || errors.Is(b.err, sale.ErrUnknownOutcome)
		return
	}
	v := &b.admission.View
	l.epoch, l.theirs, l.ours = v.Epoch, v.Now, now
}

// relay appends what was admitted, and has the outbox forget it.
func (d *Desk) relay(ctx context.Context, product string, b *batch, orders []sale.Record) {
	last, err := d.Log.Append(ctx, b.admission.View.Terms.Partition, orders)
	crash.At("purchase: the log has the orders")
	b.last, b.appended = last, err == nil
	close(b.relayed)
	crash.At("purchase: the buyers are told")
	if err == nil {
		// If this fails the entry is swept, and appended twice, which counts once.
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
			OrderID: decision.Order, UserID: b.requests[i].User, Seq: decision.Seq, Origin: b.admission.View.Terms.OriginOf(&b.requests[i]),
		})
	}
	return orders
}

// see keeps what the gate said of itself after it had admitted orders. While it
// refuses, the lane also knows who has an order there, or begins to learn it. see
// reports whether it refuses.
func (d *Desk) see(ctx context.Context, l *lane, v *gate.View, orders []sale.Record, asked time.Time) (refuses bool) {
	l.users.Load().grow(v, orders)
	next, unknown := &view{View: *v, taken: asked}, false
	if _, refuses = v.Refuses(v.Now); refuses {
		if users := l.users.Load(); l.covers(users, v) {
			next.users = users
		} else {
			unknown = l.learning.CompareAndSwap(false, true)
		}
	}
	l.view.Store(next)
	if unknown { // only now: what is learned belongs to this view
		d.Spawn(func() { d.learn(ctx, l, v) })
	}
	return refuses
}

// learn has the lane know who had an order when the gate said v: those who came
// since it last knew, or all. It goes on beside the lane, which meanwhile asks the
// gate for everybody.
func (d *Desk) learn(ctx context.Context, l *lane, v *gate.View) {
	defer l.learning.Store(false)
	users, from := l.users.Load(), int64(0)
	if users == nil || users.epoch != v.Epoch {
		users = newUserSet(v.Epoch)
	} else {
		from = users.seq.Load() + 1
	}
	if d.Gate.Users(ctx, l.product, v.Epoch, from, users.add) != nil {
		return // the next view asks again
	}
	users.reach(v.Seq)
	l.users.Store(users)
	if last := l.view.Load(); last != nil && l.covers(users, &last.View) {
		l.view.CompareAndSwap(last, &view{last.View, last.taken, users})
	}
}

// covers reports whether nobody outside of users had an order when the gate said v,
// or may have got one by a try that is in doubt.
func (l *lane) covers(users *userSet, v *gate.View) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return users.covers(v) && !l.doubt
}

// renewed is what the lane's old view has become, if nobody new has an order
// since; else it is the old one, which refuses nobody. A lane that was told
// meanwhile to forget its view does not get it back.
func (d *Desk) renewed(l *lane, old *view, now time.Time) *view {
	v, err := d.Gate.View(d.ctx, l.product)
	if err != nil || !old.users.covers(&v) {
		return old
	}
	next := &view{View: v, taken: now, users: old.users}
	l.view.CompareAndSwap(old, next)
	return next
}
