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

const (
	atOnce    = 1000 // lines of a log that are looked at together
	namedMost = 100  // products of a partition whose losses are named
)

// losses says what only the log has that the tables will not continue.
func (p *Plan) losses(ctx context.Context, products []sale.Product) error {
	for _, partition := range slices.Sorted(maps.Keys(p.wrong)) {
		if err := p.lossesOf(ctx, partition, products); err != nil {
			return err
		}
	}
	for _, partition := range slices.Sorted(maps.Keys(p.lost)) {
		p.Lost = append(p.Lost, p.lost[partition]...)
	}
	return nil
}

// A loss is what only the log has of one product.
type loss struct {
	openings int
	orders   map[sale.OrderID]bool
	ends     map[sale.Kind]int
	payments map[string]bool
}

func (p *Plan) lossesOf(ctx context.Context, partition int32, products []sale.Product) error {
	known := map[string]*sale.Product{}
	for i := range products {
		known[products[i].ID] = &products[i]
	}
	found := map[string]*loss{}
	at, end, err := p.log.Bounds(ctx, partition)
	chunks := int64(1) // until the first line says how many there are; they are large
	for err == nil && at < end {
		most := int64(atOnce)
		if at < chunks {
			most = 1
		}
		var lines []orderlog.Line
		if lines, err = p.log.Read(ctx, partition, at, int(min(most, end-at))); err == nil {
			if at == 0 {
				chunks = lines[0].Chunks()
			}
			lines = inPlace(lines, chunks)
			err = p.unknown(ctx, lines, known, found)
			at += int64(len(lines))
		}
	}
	if errors.Is(err, sale.ErrDamaged) {
		p.lost[partition] = append(p.lost[partition], fmt.Sprintf("what partition %d of the log holds from offset %d on, which cannot be read", partition, at))
		err = nil
	}
	p.lost[partition] = append(p.lost[partition], inWords(found)...)
	return err
}

// inWords names so many products that a chunk, which tells of them, stays one that a
// log takes, and counts what the others have together.
func inWords(found map[string]*loss) (lost []string) {
	products := slices.Sorted(maps.Keys(found))
	named := products[:min(len(products), namedMost)]
	for _, product := range named {
		lost = append(lost, found[product].words("product "+product))
	}
	if others := products[len(named):]; len(others) > 0 {
		all := newLoss()
		for _, product := range others {
			l := found[product]
			maps.Copy(all.orders, l.orders)
			for kind, n := range l.ends {
				all.ends[kind] += n
			}
			all.openings += l.openings
			for id := range l.payments {
				all.payments[product+" "+id] = true
			}
		}
		lost = append(lost, all.words(fmt.Sprintf("%d more products", len(others))))
	}
	return lost
}

// inPlace is the lines without what chunks of a state say elsewhere than where they belong.
func inPlace(lines []orderlog.Line, chunks int64) []orderlog.Line {
	placed := make([]orderlog.Line, len(lines)) // the log may go on using its own
	for i := range lines {
		placed[i] = lines[i].InPlace(chunks)
	}
	return placed
}

// unknown notes which of the lines the tables have never met, and would have taken.
func (p *Plan) unknown(ctx context.Context, lines []orderlog.Line, known map[string]*sale.Product, found map[string]*loss) error {
	var ids []sale.OrderID
	for i := range lines {
		r := &lines[i].Record
		switch {
		case lines[i].Poison != nil, r.Kind == sale.KindOpening, r.Kind == sale.KindRefundDue, r.Kind == sale.KindRefunded:
		case r.Kind == sale.KindState:
			for _, o := range r.Chunk.Orders {
				ids = append(ids, o.ID)
			}
		default:
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
		if r.PaymentID != "" || r.Kind == sale.KindState {
			if err := p.unknownPayment(ctx, r, found); err != nil {
				return err
			}
		}
		o := orders[r.OrderID]
		switch {
		case lines[i].Poison != nil, r.Kind == sale.KindRefundDue, r.Kind == sale.KindRefunded:
		case r.Kind == sale.KindState:
			unknownOf(r, epoch, orders, found)
		case r.Kind == sale.KindOpening && r.Epoch > epoch:
			lossOf(found, r.ProductID).openings++
		case r.Kind == sale.KindOrder && o == nil && r.Epoch >= epoch:
			lossOf(found, r.ProductID).orders[r.OrderID] = true
		case r.Kind == sale.KindVoid:
			if o != nil && o.Status.Holds() && r.Epoch >= o.Epoch {
				lossOf(found, r.ProductID).ends[r.Kind]++
			}
		case o != nil && r.Kind != sale.KindOrder && r.PaymentID == "" && o.Status == sale.Placed && !o.PayBy.IsZero() && r.Epoch >= o.Epoch:
			lossOf(found, r.ProductID).ends[r.Kind]++
		}
	}
	return nil
}

// unknownOf notes what tables, which have a product at an epoch, do not have of a chunk.
func unknownOf(r *sale.Record, epoch int64, kept map[sale.OrderID]*sale.Order, found map[string]*loss) {
	if r.Chunk.Product != nil && r.Epoch > epoch {
		lossOf(found, r.ProductID).openings++
	}
	for i := range r.Chunk.Orders {
		o := &r.Chunk.Orders[i]
		k := kept[o.ID]
		switch end, ended := endedBy[o.Status]; {
		case k == nil && o.Status != sale.Rejected && o.Epoch >= epoch:
			lossOf(found, r.ProductID).orders[o.ID] = true
		case k != nil && k.Status == sale.Placed && ended:
			lossOf(found, r.ProductID).ends[end]++
		}
	}
}

// endedBy is the kind of record by which an order came to a status.
var endedBy = map[sale.Status]sale.Kind{sale.Paid: sale.KindPay, sale.Cancelled: sale.KindCancel, sale.Expired: sale.KindExpire}

func newLoss() *loss {
	return &loss{orders: map[sale.OrderID]bool{}, ends: map[sale.Kind]int{}, payments: map[string]bool{}}
}

func lossOf(found map[string]*loss, product string) *loss {
	l := found[product]
	if l == nil {
		l = newLoss()
		found[product] = l
	}
	return l
}

func (l *loss) words(whose string) string {
	var parts []string
	part := func(n int, one, more, rest string) {
		if n == 1 {
			parts = append(parts, "1 "+one+rest)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s%s", n, more, rest))
		}
	}
	part(len(l.orders), "order, whose buyer is", "orders, whose buyers are", " told rejected")
	part(l.ends[sale.KindPay], "payment", "payments", "")
	part(len(l.payments), "payment, or step of a payment, that leaves", "payments, or steps of payments, that leave", " no trace")
	part(l.ends[sale.KindVoid], "void", "voids", "")
	part(l.ends[sale.KindCancel], "cancellation", "cancellations", "")
	part(l.ends[sale.KindExpire], "expiry, which comes", "expiries, which come", " again")
	part(l.openings, "change", "changes", " of terms")
	return fmt.Sprintf("of %s, what only the log has: %s", whose, strings.Join(parts, ", "))
}
