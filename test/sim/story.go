package sim

import (
	"fmt"
	"slices"
	"time"

	"seckill/internal/sale"
)

// A story is a sale under a seed: merchants, buyers and faults, and what the
// buyers were told.
type story struct {
	*system
	calm     bool // nothing fails, and openers duel all the time
	forged   bool // somebody else writes into the log, and no product is deleted
	echoes   bool // records come again, and products and their buyers too
	tails    bool // the end of the log is lost, and nothing else that would have the units counted again
	products int
	buyers   int
	busy     int                      // clients and merchants still at work
	receipts map[sale.OrderID]receipt // what was firm once cannot be undone
	payments map[[2]string]paid       // that were answered, by product and id
	voided   map[sale.OrderID]bool    // by the shop, or perhaps
	found    []string                 // promises that were broken on the way
}

type receipt struct {
	user    string
	product string
	epoch   int64
	status  sale.Status // placed, or the end that the buyer was told of
	at      time.Time
}

func newStory(calm bool) *story {
	return &story{calm: calm, receipts: map[sale.OrderID]receipt{}, payments: map[[2]string]paid{}, voided: map[sale.OrderID]bool{}}
}

// tell runs one story and returns what is wrong with how it ends.
func tell(seed uint64) (s *story, found []string) { return tellOf(seed, false) }

func tellOf(seed uint64, calm bool) (s *story, found []string) {
	s = newStory(calm)
	defer func() {
		if r := recover(); r != nil {
			found = append(s.found, fmt.Sprint(r))
		}
		s.killAll(func(*task) bool { return true })
	}()
	if embedded := seed%5 == 4; embedded {
		s.system = newSystem(seed, true, 1)
	} else {
		s.system = newSystem(seed, false, 2+int(seed%2))
	}
	if s.rough = s.rng.IntN(4); calm {
		s.rough = 0
	}
	s.slowLog = calm || s.rng.IntN(3) == 0
	if s.rng.IntN(3) == 0 {
		s.most = 2 + s.rng.IntN(2)
	}
	s.large = !calm && !s.embedded && s.rng.IntN(5) == 0
	s.products = 1 + s.rng.IntN(2)
	s.tails = seed%20 == 7
	if s.forged, s.echoes = seed%20 == 3, seed%20 == 13; s.forged {
		s.products = 2
	}
	s.buyers = 20 + s.rng.IntN(60)
	for n := range s.products {
		for range 1 + s.rng.IntN(2) { // two of them are at odds
			s.client("merchant", func() { s.merchant(n) })
		}
	}
	for n := range s.buyers {
		s.client(fmt.Sprintf("buyer-%d", n), func() { s.buyer(n) })
	}
	s.spawn(nil, "faults", s.bringFaults)
	if seed%20 == 17 {
		s.spawn(nil, "backup", s.putBack)
	}
	s.run(func() bool { return s.busy == 0 }, 10*time.Minute)
	s.faults = false
	s.note("world", "heals")
	for _, p := range s.procs {
		if s.upgrade.on {
			s.crashAndRestart(p)
		}
	}
	s.run(s.converged(), 10*time.Minute)
	s.sellOut()
	s.run(s.converged(), 10*time.Minute)
	return s, slices.Concat(s.found, s.broken, s.findings())
}

func (s *story) client(name string, body func()) {
	s.busy++
	s.spawn(nil, name, func() {
		body()
		s.busy--
	})
}

// in runs f as a request at a random process, and reports whether an answer came
// back in time.
func (s *story) in(name string, wait time.Duration, f func(p *process)) bool {
	p := s.procs[s.rng.IntN(len(s.procs))]
	life, done := p.life, false
	s.spawn(p, p.name+" "+name, func() {
		f(p)
		done = true
	})
	s.until(s.deadline(wait), "awaits an answer", func() bool { return done || p.life != life })
	return done
}

// find notes a broken promise.
func (s *story) find(format string, args ...any) {
	s.found = append(s.found, fmt.Sprintf(format, args...))
}
