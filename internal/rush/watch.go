package rush

import (
	"context"
	"time"
)

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
