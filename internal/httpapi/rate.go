package httpapi

import (
	"hash/maphash"
	"sync"
	"time"
)

// A limiter lets each user pass so many times a second, and as many at once after
// a second's rest. It remembers nobody who has rested, so its memory is bounded by
// the users of the last second.
type limiter struct {
	step    time.Duration // of one request
	room    time.Duration // how far ahead of the clock a user may be
	elapsed func() time.Duration
	seed    maphash.Seed

	shards [64]struct {
		sync.Mutex
		due   map[uint64]time.Duration // hash of a user -> when everything they asked for is paid for
		swept time.Duration
	}
}

func newLimiter(rate float64, elapsed func() time.Duration) *limiter {
	step := time.Duration(float64(time.Second) / rate)
	l := &limiter{step: step, room: max(time.Second, step), elapsed: elapsed, seed: maphash.MakeSeed()}
	for i := range l.shards {
		l.shards[i].due = map[uint64]time.Duration{}
	}
	return l
}

// allow is the generic cell rate algorithm: every request moves the user's due
// time on by a step, and may not move it further than room beyond the clock.
func (l *limiter) allow(user []byte) bool {
	hash := maphash.Bytes(l.seed, user)
	now := l.elapsed()
	s := &l.shards[hash%uint64(len(l.shards))]
	s.Lock()
	defer s.Unlock()
	if now-s.swept > l.room {
		for h, due := range s.due {
			if due <= now {
				delete(s.due, h)
			}
		}
		s.swept = now
	}
	due := max(s.due[hash], now) + l.step
	if due-now > l.room {
		return false
	}
	s.due[hash] = due
	return true
}
