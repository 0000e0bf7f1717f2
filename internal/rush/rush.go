// Package rush makes a burst of buyers and reports what they were told.
//
// The promise: every buyer has a moment, fixed by the schedule before the first
// is sent, and their latency counts from that moment to the whole of their
// final answer. A server that stalls makes the following buyers late, and their
// lateness is in the figures (no coordinated omission). Every buyer ends in
// exactly one [Kind], except those that the caller cut off; the report says how
// many.
//
// A buyer goes from waiting to sent to answered. If the answer is 202, the order is
// followed (asked for again, as Retry-After says) until there is another answer.
//
// [Run] is one rush. It keeps one goroutine a connection and never more
// connections than [Config.Connections], starts them all, and returns when the
// last has ended. Any number of runs may go on at once. The package knows a server
// only by its HTTP interface, and imports nothing of it.
package rush

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Run sends the buyers of c and returns what they were told.
//
// It first asks for the product once, so that a server that cannot be reached
// is one error ([ErrUnreachable]) instead of one a buyer, and a product
// that is not there is [ErrNoProduct]. A Config that breaks a rule is
// [*Invalid]. Answers that are errors are counted in the report and are no
// error of Run.
//
// When ctx ends Run stops sending, gives the requests under way a second to
// be answered, and returns the report of what was, with Interrupted set.
// progress, which may be nil, hears of the run while it lasts.
func Run(ctx context.Context, c Config, progress Observer) (Report, error) {
	c = c.withDefaults()
	if err := c.Validate(); err != nil {
		return Report{}, err
	}
	target, err := reach(ctx, c)
	if err != nil {
		return Report{}, err
	}

	r := &run{config: c, target: target, start: time.Now()}
	r.dialing, r.stopDialing = context.WithCancel(context.WithoutCancel(ctx))
	defer r.stopDialing()
	r.pace = newPace(c, r.start)
	r.record = newRecorder(r.start)
	r.workers = make([]*worker, min(c.Connections, c.Buyers))
	for i := range r.workers {
		r.workers[i] = newWorker(r)
	}
	r.goAll(ctx, progress)

	report := r.report()
	report.Interrupted = ctx.Err() != nil && report.Answered < int64(c.Buyers)
	return report, nil
}

// run is the state of one rush; everything in it is made before the first
// worker starts.
type run struct {
	config  Config
	target  *target
	start   time.Time // the schedule's zero
	pace    *pace
	record  *recorder
	workers []*worker

	cutting     atomic.Bool // the rush hangs up: what fails now is not the server's doing
	dialing     context.Context
	stopDialing context.CancelFunc
}

// now is the time since the start of the rush.
func (r *run) now() time.Duration { return time.Since(r.start) }

// goAll starts everything that moves and returns when all of it has ended.
func (r *run) goAll(ctx context.Context, progress Observer) {
	var workers, others sync.WaitGroup
	for _, w := range r.workers {
		workers.Go(w.loop)
	}
	done := make(chan struct{})
	others.Go(r.pace.beat)
	others.Go(func() { r.watch(ctx, done) })
	if progress != nil {
		others.Go(func() { r.tell(progress, done) })
	}
	workers.Wait()
	r.record.finish()
	r.pace.stop()
	close(done)
	others.Wait()
	if progress != nil {
		progress(r.snapshot())
	}
}

// tell calls progress at every interval until done.
func (r *run) tell(progress Observer, done <-chan struct{}) {
	every := time.NewTicker(r.config.Every)
	defer every.Stop()
	for {
		select {
		case <-done:
			return
		case <-every.C:
			progress(r.snapshot())
		}
	}
}

const (
	// glance is how often the watch looks for requests that take too long. One
	// look at every worker is far cheaper than a deadline for every request.
	glance = 250 * time.Millisecond
	// grace is how long requests under way may take when the rush is stopped.
	grace = time.Second
)

// watch cuts requests that go unanswered for Config.Timeout, and ends the rush
// when ctx ends.
func (r *run) watch(ctx context.Context, done <-chan struct{}) {
	look := time.NewTicker(glance)
	defer look.Stop()
	stop, hangUp := ctx.Done(), (<-chan time.Time)(nil)
	timeout := r.config.Timeout
	for {
		select {
		case <-done:
			return
		case <-look.C:
			r.cutOlder(timeout)
		case <-stop:
			r.pace.stop()
			stop, hangUp = nil, time.After(grace)
		case <-hangUp:
			r.cutting.Store(true)
			r.stopDialing()
			timeout = 0
			r.cutOlder(timeout)
			look.Reset(10 * time.Millisecond) // for whoever was just about to begin
		}
	}
}

// cutOlder makes the requests fail that have been under way for longer.
func (r *run) cutOlder(than time.Duration) {
	now := int64(r.now())
	for _, w := range r.workers {
		since := w.busy.Load()
		if since <= 0 || now-since < int64(than) {
			continue
		}
		// The worker that finds the -1 gives its connection up, so that the
		// deadline cannot hit the request after the one meant.
		if link := w.on.Load(); link != nil && w.busy.CompareAndSwap(since, -1) {
			link.cut()
		}
	}
}
