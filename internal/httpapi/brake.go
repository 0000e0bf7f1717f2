package httpapi

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"
)

const (
	// freeFailures are answered at once, and later ones one in each failureStep.
	freeFailures = 5
	failureStep  = time.Second
	// longestBrake is how long an answer waits at most.
	longestBrake = 5 * time.Second
	// mostBraked answers wait at a time: each keeps a connection from all others.
	mostBraked = 16
)

// A brake slows those who fail to show a right token or signature, by the address from which they come, and
// keeps the log from being filled by them. Its memory is fixed: addresses that
// share a place in it slow each other, and nobody who has the right one.
type brake struct {
	elapsed func() time.Duration
	seed    maphash.Seed
	braked  chan struct{} // holds one for each answer that waits

	mu     sync.Mutex
	places [1024]place
}

type place struct {
	due    time.Duration // when all failures so far are paid for
	quiet  time.Duration // until then nothing is logged
	untold tally
	others int // failures that were not logged either, from elsewhere than those
}

// A tally is how many failures came from where; from several places if that is no
// valid prefix.
type tally struct {
	from  netip.Prefix
	times int
}

func newBrake(elapsed func() time.Duration) *brake {
	return &brake{elapsed: elapsed, seed: maphash.MakeSeed(), braked: make(chan struct{}, mostBraked)}
}

func (b *brake) place(from netip.Prefix) *place {
	return &b.places[maphash.Comparable(b.seed, from)%uint64(len(b.places))]
}

// wait counts a failure, and returns how long its answer is to wait.
func (b *brake) wait(from netip.Prefix) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.elapsed()
	p := b.place(from)
	const room = freeFailures * failureStep
	p.due = min(max(p.due, now)+failureStep, now+room+longestBrake)
	return max(0, p.due-now-room)
}

// told is what is to be logged of a failure now, nothing if some was within the last second.
func (b *brake) told(from netip.Prefix) (told []tally) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.elapsed()
	p := b.place(from)
	if p.untold.times > 0 && p.untold.from != from {
		if now < p.quiet {
			p.others++
			return nil
		}
		told = append(told, p.untold)
		p.untold.times = 0
	}
	p.untold = tally{from, p.untold.times + 1}
	if now < p.quiet {
		return nil
	}
	told = append(told, p.untold)
	if p.others > 0 {
		told = append(told, tally{times: p.others})
	}
	p.untold, p.others, p.quiet = tally{}, 0, now+time.Second
	return told
}

// failed logs who showed something wrong, and slows them.
func (a *API) failed(b *brake, what string, from Sender) {
	for _, t := range b.told(a.origin(from.request)) {
		address := "several"
		if t.from.IsValid() {
			address = t.from.String()
		}
		a.Log.Warn(what, "address", address, "times", t.times)
	}
	a.slow(b, from)
}

// slow has who failed wait for the answer.
func (a *API) slow(b *brake, from Sender) {
	wait := b.wait(a.origin(from.request))
	if wait == 0 {
		return
	}
	select {
	case b.braked <- struct{}{}:
		_ = a.Pause(a.waiting, wait) // the end of the process lets everybody go
		<-b.braked
	default:
		from.hangUp()
	}
}
