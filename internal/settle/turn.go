package settle

import (
	"context"
	"maps"
	"slices"

	"seckill/internal/crash"
	"seckill/internal/sale"
)

// A claim is a payment that somebody tells of, and the operator who does.
type claim struct {
	sale.Payment
	by string
}

// A turn is what those who tell of payments at the same time share: one look for their
// orders, and one append to each partition of those that are placed. While the log is quick
// the next one fills until it has this one; if it is slow, for purchase.SlowAppend.
type turn struct {
	orders  map[sale.OrderID]sale.Order
	appends map[int32]*appending
}

// An appending is the records of a turn for one partition.
type appending struct {
	records []sale.Record
	done    chan struct{} // closed when what stands below is known
	last    sale.Position
	err     error
}

// take begins a turn.
func (p *Payments) take(ctx context.Context, claims []claim) (*turn, error) {
	t := &turn{appends: map[int32]*appending{}}
	ids := make([]sale.OrderID, len(claims))
	for i := range claims {
		ids[i] = claims[i].OrderID
	}
	found, err := p.store.OrdersByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	t.orders = byKey(found, func(o *sale.Order) sale.OrderID { return o.ID })
	for i := range claims {
		c := &claims[i]
		if o := t.orders[c.OrderID]; isFor(&c.Payment, &o) {
			a := t.appends[o.Position.Partition]
			if a == nil {
				a = &appending{done: make(chan struct{})}
				t.appends[o.Position.Partition] = a
			}
			a.records = append(a.records, p.pays(&c.Payment, &o, c.by))
		}
	}
	if len(t.appends) > 0 {
		all := make(chan struct{})
		p.Spawn(func() {
			p.append(ctx, t)
			close(all)
		})
		p.Linger(all)
	}
	return t, nil
}

func (p *Payments) append(ctx context.Context, t *turn) {
	partitions := slices.Sorted(maps.Keys(t.appends))
	_ = p.each(int32(len(partitions)), func(i int32) error {
		a := t.appends[partitions[i]]
		a.last, a.err = p.keep(ctx, partitions[i], a.records)
		close(a.done)
		return nil
	})
}

// keep appends what tells of payments.
func (p *Payments) keep(ctx context.Context, partition int32, payments []sale.Record) (sale.Position, error) {
	crash.At("settle: a payment is to be appended")
	last, err := p.log.Append(ctx, partition, payments)
	crash.At("settle: the log has a payment")
	return last, err
}

// isFor reports whether m is for an order that waits to be paid, as nearly all are.
// Nobody has told of one before, but for the same payment again.
func isFor(m *sale.Payment, o *sale.Order) bool {
	return o.Status == sale.Placed && o.ProductID == m.ProductID
}

func byKey[K comparable, V any](all []V, key func(*V) K) map[K]V {
	by := make(map[K]V, len(all))
	for i := range all {
		by[key(&all[i])] = all[i]
	}
	return by
}
