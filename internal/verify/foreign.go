package verify

import (
	"slices"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// foreigns judges the orders that the store passed over, as poison, because their id
// was that of another product's order. Which of two products' orders came first
// only the store knows, as they may be in two partitions; that there are two, the log
// has to show.
type foreigns struct {
	products map[sale.OrderID][]string // by the ids of dead letters: whose orders have it
	passed   []passed
	partly   bool // not the whole log was read
}

// A passed is an order that has a dead letter.
type passed struct {
	id      sale.OrderID
	product string
	at      sale.Position
}

// watch notes a dead letter that may be of such an order.
func (f *foreigns) watch(raw []byte) {
	if r, err := sale.ParseRecord(sale.KindOrder, sale.Version, 1, raw); err == nil {
		if f.products == nil {
			f.products = map[sale.OrderID][]string{}
		}
		f.products[r.OrderID] = nil
	}
}

// note notes whose order has an id.
func (f *foreigns) note(id sale.OrderID, product string) {
	if products, watched := f.products[id]; watched && !slices.Contains(products, product) {
		f.products[id] = append(products, product)
	}
}

// judge finds the orders that were passed over and are nobody else's.
func (f *foreigns) judge(d *draft) {
	if f.partly {
		return
	}
	for _, p := range f.passed {
		if len(f.products[p.id]) < 2 {
			d.find(letterOfOwnOrder, p.product, letterAt(p.at))
		}
	}
}

// foreign makes poison of the orders that the store passed over as another product's.
func (a *partitionAudit) foreign(lines []orderlog.Line) []orderlog.Line {
	if len(a.foreigns.products) == 0 {
		return lines
	}
	lines = slices.Clone(lines) // the log may go on using its own
	for i := range lines {
		l := &lines[i]
		if l.Poison != nil {
			continue
		}
		if l.Record.Kind == sale.KindState {
			for _, o := range l.Record.Chunk.Orders {
				a.foreigns.note(o.ID, l.Product)
			}
		}
		if l.Record.Kind != sale.KindOrder {
			continue
		}
		a.foreigns.note(l.Record.OrderID, l.Product)
		at := sale.Position{Partition: a.partition, Offset: l.Offset}
		if _, dead := a.letters[at]; dead {
			a.foreigns.passed = append(a.foreigns.passed, passed{l.Record.OrderID, l.Product, at})
			l.Poison, l.Raw = sale.ErrPoison, l.Record.AppendBody(nil)
		}
	}
	return lines
}
