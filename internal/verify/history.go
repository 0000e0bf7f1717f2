package verify

import "seckill/internal/sale"

// entry judges the n-th entry of the product's history.
func (a *productAudit) entry(n int64, e *sale.HistoryEntry) {
	where := inRow.of("seckill_history", e.Number)
	if e.Number != n {
		a.find(entriesOutOfOrder, a.p.ID, where, Number{"number", e.Number}, Number{"row", n})
	}
	if a.table == nil {
		return
	}
	switch {
	case e.Number < 1 || e.Number > int64(len(a.table.history)):
		a.find(entryNotInLog, a.p.ID, where)
	case *e != a.table.history[e.Number-1]:
		a.find(entryDiffers, a.p.ID, where)
	}
}

// entries judges how many there are.
func (a *productAudit) entries(n int64) {
	if n != a.p.LastEntry {
		a.find(entriesMiscounted, a.p.ID, inTable.of("seckill_history"), Number{"entries", n}, Number{"last", a.p.LastEntry})
	}
}
