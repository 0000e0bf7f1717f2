package recovery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// atOnce is how many lines of a log are looked at together.
const atOnce = 1000

// losses says what only the log has that the tables will not continue.
func (p *Plan) losses(ctx context.Context, products []sale.Product) error {
	for _, partition := range slices.Sorted(maps.Keys(p.wrong)) {
		if err := p.lossesOf(ctx, partition, products); err != nil {
			return err
		}
		p.Lost = append(p.Lost, p.lost[partition]...)
	}
	return nil
}

// A loss is what only the log has of one product.
type loss struct {
	openings int
	orders   map[sale.OrderID]bool
	ends     map[sale.Kind]int
}

func (p *Plan) lossesOf(ctx context.Context, partition int32, products []sale.Product) error {
	known := map[string]*sale.Product{}
	for i := range products {
		known[products[i].ID] = &products[i]
	}
	found := map[string]*loss{}
	at, end, err := p.log.Bounds(ctx, partition)
	for err == nil && at < end {
		var lines []orderlog.Line
		if lines, err = p.log.Read(ctx, partition, at, int(min(atOnce, end-at))); err == nil {
			err = p.unknown(ctx, lines, known, found)
			at += int64(len(lines))
		}
	}
	if errors.Is(err, sale.ErrDamaged) {
		p.lost[partition] = append(p.lost[partition], fmt.Sprintf("what partition %d of the log holds from offset %d on, which cannot be read", partition, at))
		err = nil
	}
	for _, product := range slices.Sorted(maps.Keys(found)) {
		p.lost[partition] = append(p.lost[partition], found[product].words(product))
	}
	return err
}

// unknown notes which of the lines the tables have never met, and would have taken.
func (p *Plan) unknown(ctx context.Context, lines []orderlog.Line, known map[string]*sale.Product, found map[string]*loss) error {
	var ids []sale.OrderID
	for i := range lines {
		r := &lines[i].Record
		if r.Kind != sale.KindOpening && r.Kind != sale.KindState && lines[i].Poison == nil {
			ids = append(ids, r.OrderID)
		}
	}
	kept, err := p.store.OrdersByID(ctx, ids)
	if err != nil {
		return err
	}
	orders := make(map[sale.OrderID]*sale.Order, len(kept))
	for i := range kept {
		orders[kept[i].ID] = &kept[i]
	}
	for i := range lines {
		r := &lines[i].Record
		epoch := int64(0)
		if product := known[r.ProductID]; product != nil {
			epoch = product.Epoch
		}
		o := orders[r.OrderID]
		switch {
		case lines[i].Poison != nil:
		case r.Kind == sale.KindOpening && r.Epoch > epoch:
			lossOf(found, r.ProductID).openings++
		case r.Kind == sale.KindOrder && o == nil && r.Epoch >= epoch:
			lossOf(found, r.ProductID).orders[r.OrderID] = true
		case o != nil && r.Kind != sale.KindOrder && o.Status == sale.Placed && !o.PayBy.IsZero() && r.Epoch >= o.Epoch:
			lossOf(found, r.ProductID).ends[r.Kind]++
		}
	}
	return nil
}

func lossOf(found map[string]*loss, product string) *loss {
	l := found[product]
	if l == nil {
		l = &loss{orders: map[sale.OrderID]bool{}, ends: map[sale.Kind]int{}}
		found[product] = l
	}
	return l
}

func (l *loss) words(product string) string {
	var parts []string
	part := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	part(len(l.orders), "orders, whose buyers are told rejected")
	part(l.ends[sale.KindPay], "payments")
	part(l.ends[sale.KindCancel], "cancellations")
	part(l.ends[sale.KindExpire], "expiries, which come again")
	part(l.openings, "changes of terms")
	return fmt.Sprintf("of product %s, what only the log has: %s", product, strings.Join(parts, ", "))
}
