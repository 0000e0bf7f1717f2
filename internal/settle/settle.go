// Package settle ends what buyers began: it pays, cancels and expires orders.
//
// It promises that of a payment and an expiry that race exactly one counts, the
// one whose record is first in the log, and that the caller is told which. A
// record is only a wish until the fold has met it, so every method waits for the
// order store to pass the record that it appended.
//
// An order is expired only by a projector that is at the end of the log: a
// payment that the log already holds is then in the tables that Due reads.
package settle

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"seckill/internal/crash"
	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// A Log is what settling needs of an order log.
type Log interface {
	orderlog.Appender
	orderlog.Reader
}

// A Store is what settling needs of an order store.
type Store interface {
	Order(ctx context.Context, id sale.OrderID) (sale.Order, error)
	Due(ctx context.Context, max int) ([]sale.Order, error)
	Passed(ctx context.Context, at sale.Position) error
}

// A Desk settles orders. Its methods are safe for concurrent use.
type Desk struct {
	log   Log
	store Store
	now   func() time.Time
}

// New makes a Desk. now dates the records and decides nothing.
func New(log Log, store Store, now func() time.Time) *Desk {
	return &Desk{log, store, now}
}

// Find returns an order. One that the log may hold and the store does not have
// yet is waited for, as long as ctx allows; then it is ErrUnavailable.
func (d *Desk) Find(ctx context.Context, id sale.OrderID) (sale.Order, error) {
	o, err := d.store.Order(ctx, id)
	if !errors.Is(err, sale.ErrNotFound) {
		return o, err
	}
	if err := d.CatchUp(ctx); err != nil {
		return o, err
	}
	return d.store.Order(ctx, id)
}

// CatchUp waits until the store has passed what the log holds now.
func (d *Desk) CatchUp(ctx context.Context) error {
	partitions, err := d.log.Partitions(ctx)
	if err != nil {
		return err
	}
	for p := range partitions {
		first, end, err := d.log.Bounds(ctx, p)
		if err != nil {
			return err
		}
		if end > first {
			if err := d.store.Passed(ctx, sale.Position{Partition: p, Offset: end - 1}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Pay pays a placed order that is to be paid. An order that has been paid before
// is returned as it is; in any other state it comes with ErrFinal.
func (d *Desk) Pay(ctx context.Context, id sale.OrderID) (sale.Order, error) {
	return d.end(ctx, id, sale.KindPay, sale.Paid)
}

// Cancel cancels a placed order that is to be paid, and frees its unit. An order
// that has been cancelled before is returned as it is; in any other state it
// comes with ErrFinal.
func (d *Desk) Cancel(ctx context.Context, id sale.OrderID) (sale.Order, error) {
	return d.end(ctx, id, sale.KindCancel, sale.Cancelled)
}

func (d *Desk) end(ctx context.Context, id sale.OrderID, kind sale.Kind, wanted sale.Status) (sale.Order, error) {
	o, err := d.Find(ctx, id)
	if err != nil {
		return o, err
	}
	if o.Status == sale.Placed && !o.PayBy.IsZero() {
		crash.At("settle: a wish is to be appended")
		at, err := d.log.Append(ctx, o.Position.Partition, []sale.Record{d.record(kind, o)})
		if err != nil {
			return o, err
		}
		crash.At("settle: the log has a wish")
		if err := d.store.Passed(ctx, at); err != nil {
			return o, err
		}
		crash.At("settle: the store has met a wish")
		if o, err = d.store.Order(ctx, id); err != nil {
			return o, err
		}
	}
	if o.Status != wanted {
		return o, sale.ErrFinal
	}
	return o, nil
}

func (d *Desk) record(kind sale.Kind, o sale.Order) sale.Record {
	return sale.Record{Kind: kind, ProductID: o.ProductID, Epoch: o.Epoch, OrderID: o.ID, At: d.now()}
}

// Expire takes one step at the orders whose payment window has passed, at most
// max of them, and returns how many it ended.
func (d *Desk) Expire(ctx context.Context, max int) (int, error) {
	if due, err := d.store.Due(ctx, 1); err != nil || len(due) == 0 {
		return 0, err // nearly always, and the log need not be asked
	}
	if err := d.CatchUp(ctx); err != nil {
		return 0, err
	}
	due, err := d.store.Due(ctx, max)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	records := map[int32][]sale.Record{}
	for _, o := range due {
		p := o.Position.Partition
		records[p] = append(records[p], d.record(sale.KindExpire, o))
	}
	for _, p := range slices.Sorted(maps.Keys(records)) {
		at, err := d.log.Append(ctx, p, records[p])
		if err != nil {
			return 0, err
		}
		crash.At("settle: the log has an expiry")
		if err := d.store.Passed(ctx, at); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}
