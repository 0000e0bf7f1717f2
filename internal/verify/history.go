package verify

import (
	"fmt"

	"seckill/internal/sale"
)

// entry judges the n-th entry of the product's history.
func (a *productAudit) entry(n int64, e *sale.HistoryEntry) {
	where := fmt.Sprintf("seckill_history %d", e.Number)
	if e.Number != n {
		a.find(Numbers, a.p.ID, where, "entries of the history do not follow each other", Number{"number", e.Number}, Number{"row", n})
	}
	if a.table == nil {
		return
	}
	switch {
	case e.Number < 1 || e.Number > int64(len(a.table.history)):
		a.find(Fold, a.p.ID, where, "the log does not give this entry of the history")
	case *e != a.table.history[e.Number-1]:
		a.find(Fold, a.p.ID, where, "the entry of the history is not as the log gives it")
	}
}

// entries judges how many there are.
func (a *productAudit) entries(n int64) {
	if n != a.p.LastEntry {
		a.find(Numbers, a.p.ID, "seckill_history", "the history has other entries than the product counts", Number{"entries", n}, Number{"last", a.p.LastEntry})
	}
}
