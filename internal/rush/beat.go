package rush

import "time"

const (
	// finest is how often the beat looks at the clock at most. A buyer may be
	// sent so much late, which counts, and more often would cost CPU that the
	// server on the same machine could use.
	finest = 100 * time.Microsecond
	// coarsest bounds how long a stopped rush goes on beating.
	coarsest = 10 * time.Millisecond
)

// beat makes buyers and tails due when their time has come, and wakes workers
// for them, until the rush is over.
func (p *pace) beat() {
	alarm := newAlarm()
	defer alarm.close()
	for {
		pause, ok := p.advance(time.Since(p.start))
		if !ok {
			return
		}
		alarm.sleep(min(max(pause, finest), coarsest))
	}
}

// advance brings the pace to now and says how long until there is more to do.
func (p *pace) advance(now time.Duration) (pause time.Duration, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over() {
		return 0, false
	}
	p.due = max(p.due, p.config.due(now))
	pause = coarsest
	if p.due < p.config.Buyers {
		pause = p.config.moment(p.due) - now
	}
	work := p.due - p.taken
	for i := range p.tails { // a heap: in no order but that the first is the least
		if p.tails[i].due > now {
			pause = min(pause, p.tails[0].due-now)
			break
		}
		work++
	}
	for ; work > 0 && len(p.idle) > 0; work-- {
		last := len(p.idle) - 1
		p.idle[last].rise <- struct{}{}
		p.idle = p.idle[:last]
	}
	return pause, true
}
