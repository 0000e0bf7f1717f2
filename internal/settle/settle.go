// Package settle ends orders: it pays, cancels, expires and voids them, and takes
// payments for them.
//
// It promises that if a payment and an expiry race, exactly one counts, namely the one
// whose record is first in the log, and that the caller learns which. A record is only
// a command until the fold has applied it, so every method waits until the order
// store has passed the record that it appended.
//
// An order is expired only by a projector that is at the end of the log: a
// payment that the log already holds is then in the tables that Due reads.
//
// Every payment leaves a trace: it is answered once the store has its row, whatever has
// become of its order. One that came too late gets a unit from the gate, as any buyer does,
// or has to be refunded; Look, which the caller repeats, asks for it.
package settle

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

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
	OrdersByID(ctx context.Context, ids []sale.OrderID) ([]sale.Order, error)
	Due(ctx context.Context, partition int32, max int) ([]sale.Order, error)
	Product(ctx context.Context, id string) (sale.Product, error)
	Payment(ctx context.Context, product, id string) (sale.Payment, error)
	PaymentsByID(ctx context.Context, keys []sale.PaymentKey) ([]sale.Payment, error)
	Late(ctx context.Context, partition int32, after sale.Payment, max int) ([]sale.Payment, error)
	Passed(ctx context.Context, at sale.Position) error
}

// A Settler settles orders. Its methods are safe for concurrent use.
type Settler struct {
	log   Log
	store Store
	now   func() time.Time
	each  func(n int32, work func(int32) error) error
}

// New makes a Desk. now dates the records and decides nothing; each calls work for
// 0 to n-1, as SideBySide does.
func New(log Log, store Store, now func() time.Time, each func(n int32, work func(int32) error) error) *Settler {
	return &Settler{log, store, now, each}
}

// SideBySide calls work for all at once, and waits for all; of those that fail it
// returns one's error.
func SideBySide(n int32, work func(int32) error) error {
	var g errgroup.Group
	for i := range n {
		g.Go(func() error { return work(i) })
	}
	return g.Wait()
}

// Find returns an order. One that the log may hold and the store does not have
// yet is waited for, as long as ctx allows; then it is ErrUnavailable. A partition
// that is away keeps nobody from an order of another one.
func (s *Settler) Find(ctx context.Context, id sale.OrderID) (sale.Order, error) {
	o, err := s.store.Order(ctx, id)
	if !errors.Is(err, sale.ErrNotFound) {
		return o, err
	}
	waiting, found := context.WithCancel(ctx)
	defer found()
	var there atomic.Pointer[sale.Order]
	err = s.catchUp(waiting, func(int32) error {
		o, err := s.store.Order(waiting, id)
		if errors.Is(err, sale.ErrNotFound) {
			return nil
		}
		if err == nil {
			there.Store(&o)
			found()
		}
		return err
	})
	if o := there.Load(); o != nil {
		return *o, nil
	}
	if err != nil {
		return o, err
	}
	return s.store.Order(ctx, id)
}

// CatchUp waits until the store has passed what the log holds now.
func (s *Settler) CatchUp(ctx context.Context) error {
	return s.catchUp(ctx, func(int32) error { return nil })
}

// catchUp waits for all partitions side by side, and calls then for each that the
// store has passed.
func (s *Settler) catchUp(ctx context.Context, then func(partition int32) error) error {
	partitions, err := s.log.Partitions(ctx)
	if err != nil {
		return err
	}
	return s.each(partitions, func(p int32) error {
		if err := orderlog.CatchUp(ctx, s.log, p, s.store.Passed); err != nil {
			return err
		}
		return then(p)
	})
}

// Pay pays a placed order that is to be paid; by is the operator who says so, empty:
// nobody with a name. An order that has been paid before
// is returned as it is; in any other state it comes with ErrFinal.
func (s *Settler) Pay(ctx context.Context, id sale.OrderID, by string) (sale.Order, error) {
	return s.end(ctx, id, by, sale.KindPay, sale.Paid)
}

// Cancel cancels a placed order that is to be paid, and frees its unit; by is the
// operator who wants it, empty: its buyer. An order
// that has been cancelled before is returned as it is; in any other state it
// comes with ErrFinal.
func (s *Settler) Cancel(ctx context.Context, id sale.OrderID, by string) (sale.Order, error) {
	return s.end(ctx, id, by, sale.KindCancel, sale.Cancelled)
}

func (s *Settler) end(ctx context.Context, id sale.OrderID, by string, kind sale.Kind, wanted sale.Status) (sale.Order, error) {
	o, err := s.Find(ctx, id)
	if err != nil {
		return o, err
	}
	if o.Status == sale.Placed && !o.PayBy.IsZero() {
		if err := s.command(ctx, o.Position.Partition, s.record(kind, o, by)); err != nil {
			return o, err
		}
		if o, err = s.store.Order(ctx, id); err != nil {
			return o, err
		}
	}
	if o.Status != wanted {
		return o, sale.ErrFinal
	}
	return o, nil
}

// command appends a record, and waits until the store has applied it.
func (s *Settler) command(ctx context.Context, partition int32, r sale.Record) error {
	crash.At("settle: a command is to be appended")
	at, err := s.log.Append(ctx, partition, []sale.Record{r})
	if err != nil {
		return err
	}
	crash.At("settle: the log has the command")
	err = s.store.Passed(ctx, at)
	crash.At("settle: the store has applied the command")
	return err
}

func (s *Settler) record(kind sale.Kind, o sale.Order, by string) sale.Record {
	return sale.Record{Kind: kind, ProductID: o.ProductID, Epoch: o.Epoch, OrderID: o.ID, By: by, At: s.now()}
}

// expireChunk bounds the orders that are expired at once.
const expireChunk = 1000

// Expire ends the orders of one partition whose payment window has passed, all of
// them, and returns how many.
func (s *Settler) Expire(ctx context.Context, partition int32) (n int, err error) {
	for {
		ended, err := s.expire(ctx, partition)
		if n += ended; err != nil || ended < expireChunk {
			return n, err
		}
	}
}

func (s *Settler) expire(ctx context.Context, partition int32) (int, error) {
	if due, err := s.store.Due(ctx, partition, 1); err != nil || len(due) == 0 {
		return 0, err // nearly always, and the log need not be asked
	}
	if err := orderlog.CatchUp(ctx, s.log, partition, s.store.Passed); err != nil {
		return 0, err
	}
	due, err := s.store.Due(ctx, partition, expireChunk)
	if err != nil || len(due) == 0 {
		return 0, err
	}
	records := make([]sale.Record, len(due))
	for i, o := range due {
		records[i] = s.record(sale.KindExpire, o, "")
	}
	at, err := s.log.Append(ctx, partition, records)
	if err != nil {
		return 0, err
	}
	crash.At("settle: the log has an expiry")
	return len(due), s.store.Passed(ctx, at)
}
