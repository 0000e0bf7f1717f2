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
)

// A brake slows those who fail to sign in, by the address from which they come, and
// keeps the log from being filled by them. Its memory is fixed: addresses that
// share a place in it slow each other, and nobody who has the right token.
type brake struct {
	elapsed func() time.Duration
	seed    maphash.Seed

	mu     sync.Mutex
	places [1024]struct {
		due      time.Duration // when all failures so far are paid for
		quiet    time.Duration // until then nothing is logged
		failures int           // that were not logged
	}
}

func newBrake(elapsed func() time.Duration) *brake {
	return &brake{elapsed: elapsed, seed: maphash.MakeSeed()}
}

// failed counts a failure, and returns how long its answer is to wait. untold is
// how many failures are to be logged now, 0 where some were within the last second.
func (b *brake) failed(from netip.Prefix) (wait time.Duration, untold int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.elapsed()
	p := &b.places[maphash.Comparable(b.seed, from)%uint64(len(b.places))]
	const room = freeFailures * failureStep
	p.due = min(max(p.due, now)+failureStep, now+room+longestBrake)
	p.failures++
	if now >= p.quiet {
		untold, p.failures, p.quiet = p.failures, 0, now+time.Second
	}
	return max(0, p.due-now-room), untold
}

// origin is the address of a host:port; of IPv6 the network, in which one host may
// have any address.
func origin(remote string) netip.Prefix {
	at, _ := netip.ParseAddrPort(remote) // what cannot be read is one origin
	address, bits := at.Addr().Unmap(), 32
	if address.Is6() {
		bits = 64
	}
	network, _ := address.WithZone("").Prefix(bits)
	return network
}

// operates reports whether a request with these headers is an operator's. A wrong
// token is logged, and slowed.
func (a *API) operates(authorization, session, remote string) bool {
	if a.Auth.Allows(authorization, session) {
		return true
	}
	if a.Auth.Wrong(authorization) {
		a.failed(remote)
	}
	return false
}

func (a *API) failed(remote string) {
	from := origin(remote)
	wait, untold := a.brake.failed(from)
	if untold > 0 {
		a.Log.Warn("wrong admin token", "address", from, "times", untold)
	}
	if wait > 0 {
		_ = a.Pause(a.waits, wait) // the end of the process lets everybody go
	}
}
