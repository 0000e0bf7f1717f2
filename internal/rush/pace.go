package rush

import (
	"container/heap"
	"sync"
	"time"
)

// pace says whose turn it is. Buyers become due by the clock alone, whatever
// the server does; workers take what is due. While all workers are busy the
// due wait, and their latency grows: that is the open loop.
type pace struct {
	config Config
	start  time.Time

	mu      sync.Mutex
	due     int     // buyers whose moment has come
	taken   int     // of them, how many a worker has taken
	ended   int     // of them and of what came on top, how many have ended
	extra   int     // what came on top of the buyers
	tails   tails   // buyers who come back
	idle    []*seat // workers without work; the last to sit down is the first to rise
	stopped bool
}

// seat is where a worker waits for work.
type seat struct{ rise chan struct{} }

func newSeat() *seat { return &seat{make(chan struct{}, 1)} }

// job is one request to be made: a buyer's first, or the next of a tail.
type job struct {
	buyer  int
	moment time.Duration // when it was to be sent, from the start
	tail   *tail         // nil: the first
}

func newPace(c Config, start time.Time) *pace {
	p := &pace{config: c, start: start}
	p.due = c.due(0)
	return p
}

// next waits for work. ok is false when there will be none.
func (p *pace) next(s *seat) (j job, ok bool) {
	for {
		p.mu.Lock()
		if j, ok = p.take(); ok || p.over() {
			p.mu.Unlock()
			return j, ok
		}
		p.idle = append(p.idle, s)
		p.mu.Unlock()
		<-s.rise
	}
}

func (p *pace) take() (job, bool) {
	if p.stopped {
		return job{}, false
	}
	if len(p.tails) > 0 && p.tails[0].due <= time.Since(p.start) {
		t := heap.Pop(&p.tails).(*tail)
		return job{t.buyer, t.moment, t}, true
	}
	if p.taken == p.due {
		return job{}, false
	}
	j := job{buyer: p.taken, moment: p.config.moment(p.taken)}
	if p.config.Over == 0 {
		j.moment = time.Since(p.start) // a closed loop has no schedule to be late for
	}
	p.taken++
	return j, true
}

// over reports whether no work will come any more.
func (p *pace) over() bool { return p.stopped || p.ended == p.config.Buyers+p.extra }

// end says that a buyer, or what came on top, has ended.
func (p *pace) end() {
	p.mu.Lock()
	p.ended++
	if p.over() {
		p.wakeAll()
	}
	p.mu.Unlock()
}

// again puts an errand back, to be run when it is due.
func (p *pace) again(t *tail) {
	p.mu.Lock()
	heap.Push(&p.tails, t)
	p.mu.Unlock()
}

// more adds an errand on top of the buyers. It is called before the buyer ends.
func (p *pace) more(t *tail) {
	p.mu.Lock()
	p.extra++
	p.mu.Unlock()
	p.again(t)
}

// stop sends nobody any more. What is under way goes on.
func (p *pace) stop() {
	p.mu.Lock()
	p.stopped = true
	p.wakeAll()
	p.mu.Unlock()
}

// sent is how many buyers have been sent.
func (p *pace) sent() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken
}

func (p *pace) wakeAll() {
	for _, s := range p.idle {
		s.rise <- struct{}{}
	}
	p.idle = nil
}

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
