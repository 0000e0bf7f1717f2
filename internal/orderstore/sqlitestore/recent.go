package sqlitestore

import (
	"sync"

	"seckill/internal/sale"
)

// mostRecent bounds the payments that are kept in memory.
const mostRecent = 4096

// A recent is payments of the last batches as the tables have them, for those who have just
// told of one and wait for its row. Before a batch commits the payments that it changes are
// taken out, and when it has they are put in: meanwhile only the tables know.
type recent struct {
	mu   sync.RWMutex
	rows map[sale.PaymentKey]sale.Payment
}

// find returns those of the payments that are there, and of which others the tables have to be asked.
func (r *recent) find(keys []sale.PaymentKey) (found []sale.Payment, others []sale.PaymentKey) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range keys {
		if m, there := r.rows[k]; there {
			found = append(found, m)
		} else {
			others = append(others, k)
		}
	}
	return found, others
}

func (r *recent) takeOut(changed []sale.Payment) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range changed {
		delete(r.rows, changed[i].Key())
	}
}

func (r *recent) putIn(changed []sale.Payment) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows == nil || len(r.rows)+len(changed) > mostRecent {
		r.rows = make(map[sale.PaymentKey]sale.Payment, len(changed))
	}
	for i := range changed {
		r.rows[changed[i].Key()] = changed[i]
	}
}

// forget leaves all to the tables.
func (r *recent) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows = nil
}

// payments are those that the fold changed, as they are read from the tables.
func payments(entries []*entry) (all []sale.Payment) {
	for _, e := range entries {
		for _, m := range e.state.TouchedPayments() {
			row := *m
			row.At, row.ChangedAt = toTime(fromTime(m.At)), toTime(fromTime(m.ChangedAt))
			all = append(all, row)
		}
	}
	return all
}
