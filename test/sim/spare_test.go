package sim

import (
	"testing"

	"seckill/internal/sale"
)

// TestAnOpeningSparesQueuedOrders: what the gate had admitted when it was shut is
// appended before the new epoch begins, so that few orders go stale on their way.
// No promise depends on that, so it is counted.
func TestAnOpeningSparesQueuedOrders(t *testing.T) {
	admitted, stale := 0, 0
	for seed := range uint64(30) {
		if s, _ := tellOf(seed, true); !s.embedded {
			a, st := s.admissions()
			admitted, stale = admitted+a, stale+st
		}
	}
	t.Logf("%d of %d admissions went stale", stale, admitted)
	if stale*100 > admitted {
		t.Errorf("%d of %d admissions went stale: an opening spares too few", stale, admitted)
	}
}

// admissions counts the orders in the log, once an epoch, and those that came too late for theirs.
func (s *story) admissions() (admitted, stale int) {
	type admission struct {
		order sale.OrderID
		epoch int64
	}
	seen, t := map[admission]bool{}, s.store.view()
	for _, lines := range s.log.partitions {
		for _, l := range lines {
			a := admission{l.Record.OrderID, l.Record.Epoch}
			if l.Poison != nil || l.Record.Kind != sale.KindOrder || t.wiped[l.Product] > 0 || seen[a] {
				continue
			}
			seen[a] = true
			admitted++
			if t.orders[a.order].Epoch != a.epoch {
				stale++
			}
		}
	}
	return admitted, stale
}
