package sim

import (
	"context"
	"slices"
	"time"

	"seckill/internal/sale"
)

// bringFaults brings some kinds of faults, for each story chosen anew: one kind
// may hide what another does, as every opening counts anew.
func (s *story) bringFaults() {
	faults := []func(){s.crashOne, s.freezeOne, s.turnClock, s.duel}
	if !s.embedded {
		faults = append(faults, s.loseGates, s.restartGates, s.failOver, s.failBack, s.poison, s.loseTail)
	}
	faults = slices.DeleteFunc(faults, func(func()) bool { return s.rng.IntN(2) == 0 })
	if s.forged {
		faults = append(faults, s.forge, s.forge)
	}
	if s.upgrade.on {
		faults = append(faults, s.crashOne, s.crashOne, s.crashOne, s.freezeOne, s.duel)
	}
	if s.echoes {
		faults = append(faults, s.echo, s.echo)
	}
	if s.tails {
		faults = []func(){s.loseTail}
	}
	if s.calm {
		faults = []func(){s.duel}
	}
	most := 1000
	if s.large { // who dies every few seconds for ever loads no large gate
		most = 20
	}
	for s.sleep(s.ms(3000)); s.faults && len(faults) > 0 && most > 0; s.sleep(200*time.Millisecond + s.ms(3000)) {
		faults[s.rng.IntN(len(faults))]()
		most--
	}
}

func (s *story) anyone() *process { return s.procs[s.rng.IntN(len(s.procs))] }

func (s *story) crashOne() { s.crashAndRestart(s.anyone()) }

// freezeOne makes a zombie of a process: it goes on later, where it was.
func (s *story) freezeOne() {
	p := s.anyone()
	s.note("world", p.name+" freezes")
	p.frozen = s.now.Add(s.ms(12000)).UnixNano()
}

// turnClock sets a wall clock forwards or back.
func (s *story) turnClock() {
	clock := []*time.Duration{&s.skew.gate, &s.skew.store, &s.skew.process}[s.rng.IntN(3)]
	*clock = s.ms(40000) - 20*time.Second
	s.turned = s.now
	s.note("world", "a clock jumps")
}

// skewed reports whether a clock was turned within the last d.
func (s *system) skewed(d time.Duration) bool { return s.now.Sub(s.turned) <= d }

// duel has two openers at once, as when two processes see the same trigger.
func (s *story) duel() {
	n := s.rng.IntN(s.products)
	for range 2 {
		s.client("opener", func() {
			_ = s.put(n, func(now sale.Product) sale.Terms {
				t := now.Terms
				t.Quantity, t.LimitPerUser = max(1, t.Quantity), max(1, t.LimitPerUser)
				return t
			})
		})
	}
}

// loseGates is the loss of the server that holds the gates, with all it held.
func (s *story) loseGates() {
	s.note("world", "gates lost")
	s.gate.take(&gateServer{gateMemory: &gateMemory{}}, 0, s.incarnation())
}

// restartGates restarts that server; the tail of what it wrote may be lost.
func (s *story) restartGates() {
	s.note("world", "gates restart")
	s.gate.take(s.gate, s.rng.IntN(12), s.incarnation())
}

// failOver promotes a replica that lags behind. The old primary does not know,
// and still answers the processes that do not know either.
func (s *story) failOver() {
	s.note("world", "stale failover")
	replica := newGateServer(s.gateClock, s.gate.most, "", s.gate.store)
	replica.take(s.gate, s.rng.IntN(remembered), s.incarnation())
	s.promote(replica)
}

// failBack demotes the primary, and promotes it again, now with what the replica
// has that took its place.
func (s *story) failBack() {
	old := s.gate
	s.failOver()
	s.sleep(s.ms(5000))
	s.note("world", "the old primary again")
	old.take(s.gate, s.rng.IntN(12), s.incarnation())
	s.promote(old)
}

// promote makes a server the primary, which the processes learn one by one.
func (s *story) promote(server *gateServer) {
	s.gate = server.of(s.gate.store)
	for _, p := range s.procs {
		late := s.ms(4000)
		s.spawn(nil, p.name+" learns of the new primary", func() {
			s.sleep(late)
			p.gate, p.moved = s.gate, s.now
		})
	}
}

// poison puts a line into the log that nobody can read.
func (s *story) poison() {
	product := productID(s.rng.IntN(s.products))
	s.note("world", "poison for "+product)
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	s.log.add(s.log.Partition(product), product, sale.KindOrder, sale.Version, 1, []byte("{"))
}

// loseTail is the loss of the end of the log, of which the store has applied nothing yet.
func (s *story) loseTail() {
	partition := int32(s.rng.IntN(partitions))
	s.log.hide(partition)
	s.sleep(s.ms(3000))
	s.note("world", "the end of the log is lost")
	s.log.lose(partition)
}

// forge puts a well-formed record of one product into the log under the id of
// another's order.
func (s *story) forge() {
	orders := s.store.view().sorted(func(sale.Order) bool { return true })
	if s.products < 2 || len(orders) == 0 {
		return
	}
	o := orders[s.rng.IntN(len(orders))]
	product := productID(1 - int(o.ID[0]))
	p := s.store.view().products[product]
	kind := []sale.Kind{sale.KindOrder, sale.KindOrder, sale.KindOrder, sale.KindPay, sale.KindCancel, sale.KindExpire}[s.rng.IntN(6)]
	s.note("world", "a "+string(kind)+" of "+product+" under another's id")
	_, _ = s.log.Append(context.Background(), s.log.Partition(product), []sale.Record{{
		Kind: kind, ProductID: product, Epoch: p.Epoch, At: s.now, OrderID: o.ID, UserID: o.UserID, Seq: 1 << 40,
	}})
}

// echoed bounds the lines of an echo: a long story would double its log each time.
const echoed = 50

// echo brings a stretch of the log once more, however long ago it was.
func (s *story) echo() {
	partition := int32(s.rng.IntN(partitions))
	lines := s.log.partitions[partition]
	from := s.rng.IntN(len(lines) + 1)
	lines = lines[from : from+s.rng.IntN(min(len(lines)-from, 100)+1)] // not so many that a long story drowns
	s.note("world", "a stretch of the log again")
	for _, l := range lines[:min(len(lines), echoed)] {
		if l.Poison == nil {
			_, _ = s.log.Append(context.Background(), partition, []sale.Record{l.Record})
		}
	}
}
