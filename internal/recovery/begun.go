package recovery

import (
	"context"
	"errors"
	"fmt"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A begun is what a log begins with of one product.
type begun struct {
	product sale.Product
	orders  map[sale.OrderID]sale.Status
	since   int64 // the lowest epoch of its orders; 0: it has none
}

// begunFrom reports whether the log begins with the whole state of tables that have all
// that these have. What went with a product that was deleted since is in p.Lost.
func (p *Plan) begunFrom(ctx context.Context, products []sale.Product) (all bool, err error) {
	states, money := map[string]*begun{}, map[paymentKey]sale.PaymentStatus{}
	partitions, err := p.withPayments(ctx)
	if err != nil {
		return false, err
	}
	for i := range products {
		partitions[products[i].Partition] = true
	}
	for partition := range partitions {
		if whole, err := p.state(ctx, partition, states, money); err != nil || !whole {
			return false, err
		}
	}
	all = true
	var gone []string
	err = p.store.Audit(ctx, func(s orderstore.Snapshot) error {
		if all, err = p.hasPayments(s, money); err != nil || !all {
			return err
		}
		for i := range products {
			kept := &products[i]
			state := states[kept.ID]
			if state == nil || !state.follows(kept) {
				all = false
				return nil
			}
			lacks, err := state.lacks(s)
			switch {
			case err != nil:
				return err
			case lacks && !state.deletedSince(kept):
				all = false
				return nil
			case lacks:
				gone = append(gone, fmt.Sprintf("product %s with its %d orders, as it was deleted since", kept.ID, rows(kept)))
			}
		}
		return nil
	})
	if all && err == nil {
		p.Lost = gone
	}
	return all, err
}

// state reads what a partition begins with, and reports whether all of it is there.
func (p *Plan) state(ctx context.Context, partition int32, states map[string]*begun, money map[paymentKey]sale.PaymentStatus) (whole bool, err error) {
	_, end, err := p.log.Bounds(ctx, partition)
	for at, chunks := int64(0), int64(1); err == nil && at < chunks; at++ {
		if at >= end {
			return false, nil
		}
		lines, readErr := p.log.Read(ctx, partition, at, 1)
		if err = readErr; err != nil {
			break
		}
		if at == 0 {
			chunks = lines[0].Chunks()
		}
		l := lines[0].InPlace(chunks)
		if l.Poison != nil || l.Record.Kind != sale.KindState || !take(states, money, l.Record.Chunk, l.Product) {
			return false, nil
		}
	}
	if errors.Is(err, sale.ErrDamaged) {
		return false, nil
	}
	return err == nil, err
}

// take adds a chunk, and is false if the first one of its product is missing.
func take(states map[string]*begun, money map[paymentKey]sale.PaymentStatus, c *sale.Chunk, product string) bool {
	if c.Product != nil {
		states[product] = &begun{product: *c.Product, orders: map[sale.OrderID]sale.Status{}}
	}
	for i := range c.Payments {
		money[paymentKey{product, c.Payments[i].ID}] = c.Payments[i].Status
	}
	if len(c.Payments) > 0 {
		return true // also of a product that never was
	}
	b := states[product]
	if b == nil {
		return false
	}
	for i := range c.Orders {
		o := &c.Orders[i]
		b.orders[o.ID] = o.Status
		if b.since == 0 || o.Epoch < b.since {
			b.since = o.Epoch
		}
	}
	return true
}

// follows reports whether the state may have come after what is kept.
func (b *begun) follows(kept *sale.Product) bool {
	return b.product.Epoch > kept.Epoch || b.product.Epoch == kept.Epoch && b.product.Nonce == kept.Nonce
}

// lacks reports whether tables have an order that the state does not have, or an end of one.
func (b *begun) lacks(s orderstore.Snapshot) (lacks bool, err error) {
	err = s.Orders(b.product.ID, func(o sale.Order) error {
		status, known := b.orders[o.ID]
		is := known && (status == o.Status || o.Status == sale.Placed && status != sale.Rejected)
		lacks = lacks || o.Status != sale.Rejected && !is
		return nil
	})
	return lacks, err
}

// deletedSince reports whether the product was deleted after what is kept, and maybe
// put again: then the state has none of the orders of before, however they ended.
func (b *begun) deletedSince(kept *sale.Product) bool {
	again := b.product.Epoch > kept.Epoch+1 && (b.since == 0 || b.since > kept.Epoch+1)
	return b.product.Epoch > kept.Epoch && b.product.Deleted || again
}
