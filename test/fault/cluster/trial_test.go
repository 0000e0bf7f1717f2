package cluster

import (
	"time"

	"seckill/test/ledger"
)

// trial is one fault in a small sale of its own: it runs well before, and after; then
// all of it is sold and looked at, and whether some order of single steps explains
// what its buyers were told. harm returns when the fault is over; until then not all
// may be sold.
func (c *cluster) trial(t *ledger.Trial, quantity, perSecond int, harm func(*sale)) *sale {
	t.Helper()
	c.lend(t)
	s := c.put(quantity)
	s.open(perSecond)
	s.sold(1 + t.IntN(50))
	harm(s)
	s.heals(t, time.Now())
	s.conclude(t)
	return s
}

// heals waits until somebody is placed who came after the fault.
func (s *sale) heals(t *ledger.Trial, healed time.Time) {
	t.Helper()
	s.until("the sale goes on", func() bool { return s.placed(healed) > 0 })
	_, placed := s.firsts(healed)
	t.Placed = placed.Seconds()
}

// conclude ends the sale and takes down what came of it.
func (s *sale) conclude(t *ledger.Trial) {
	t.Helper()
	t.Find(s.wind()...)
	if err := s.history.Check(s.product, s.quantity, s.c.any().Orders(t, s.product)); err != nil {
		t.Find(err.Error())
	}
	t.Count("placed", s.placed(time.Time{}))
	t.Count("queued", s.queued())
	t.Count("rejected", s.count(wasRejected))
	t.Count("unanswered", s.requests)
}
