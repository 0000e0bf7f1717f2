package sim

import (
	"fmt"
	"maps"
	"slices"

	"seckill/internal/sale"
)

// A backup is log and tables at one instant, and what buyers had been told by then.
type backup struct {
	log      *memLog
	store    *memStore
	gates    string // of which store
	receipts map[sale.OrderID]receipt
	payments map[[2]string]paid
}

func (s *story) backUp() backup {
	store := newMemStore(s.store.now)
	store.tables, store.meta = s.store.view(), maps.Clone(s.store.meta)
	return backup{s.log.copied(), store, s.gate.store, maps.Clone(s.receipts), maps.Clone(s.payments)}
}

// nothing is a log and tables that are new, so that they have gates of their own.
func (s *story) nothing() backup {
	s.runs++
	return backup{newMemLog(partitions), newMemStore(s.store.now), fmt.Sprint("store ", s.runs), map[sale.OrderID]receipt{}, map[[2]string]paid{}}
}

// copied is a copy of what is written by now.
func (l *memLog) copied() *memLog {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := newMemLog(len(l.partitions))
	c.topic = l.topic
	for i, lines := range l.partitions {
		c.partitions[i] = slices.Clone(lines)
	}
	return c
}

// putBack has all processes end, and start on an older log and its tables, or on new
// ones, while the gates are kept. What was told since is void; the merchants begin again.
func (s *story) putBack() {
	s.sleep(s.ms(8000))
	b := s.backUp()
	if s.rng.IntN(3) == 0 {
		b = s.nothing()
	}
	s.sleep(s.ms(10_000))
	if !s.faults {
		return
	}
	s.restore(b)
	for n := range s.products {
		s.client("merchant", func() { s.merchant(n) })
	}
}

func (s *story) restore(b backup) {
	s.note("world", "log and tables are put back")
	for _, p := range s.procs {
		s.crash(p)
		p.life++
	}
	b.log.written = s.log.written
	s.log, s.store, s.receipts, s.payments = b.log, b.store, b.receipts, b.payments
	clear(s.refused)
	s.gate = s.gate.of(b.gates)
	for _, p := range s.procs {
		s.start(p)
	}
}
