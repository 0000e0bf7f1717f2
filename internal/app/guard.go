package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/projector"
	"seckill/internal/sale"
)

// A guard keeps a process of a cluster from selling or writing into a log that is not
// the one which the tables were filled from: what it sells there never becomes an order.
// Once it bars, the process sells no more until it is started again.
type guard struct {
	log *slog.Logger
	why atomic.Pointer[error]

	mu    sync.Mutex
	marks map[int32]int64 // how far each partition was folded, as far as is known here
}

var errUnchecked = fmt.Errorf("%w: the log is not compared with the tables yet", sale.ErrUnavailable)

// newGuard is one that bars until its first check.
func newGuard(log *slog.Logger) *guard {
	g := &guard{log: log, marks: map[int32]int64{}}
	g.why.Store(&errUnchecked)
	return g
}

// barred is why nothing is sold; nil: it may be.
func (g *guard) barred() error {
	if why := g.why.Load(); why != nil {
		return *why
	}
	return nil
}

// bar keeps the gates shut.
func (g *guard) bar(damage error) {
	why := fmt.Errorf("%w: the gates are shut, as the log is not the one that the tables were filled from: %v", sale.ErrUnavailable, damage)
	if before := g.why.Swap(&why); before == nil || errors.Is(*before, errUnchecked) {
		g.log.Error("the gates are shut: the log is not the one that the tables were filled from", "error", damage)
	}
}

// check compares the log with the tables, and waits for both to be there. Where the
// log is another, it bars, and returns when ctx is done.
func (g *guard) check(ctx context.Context, log orderlog.Reader, p *projector.Projector) error {
	for {
		err := checkAll(ctx, log, p)
		switch {
		case err == nil:
			g.why.Store(nil)
			return nil
		case errors.Is(err, sale.ErrDamaged):
			g.bar(err)
			<-ctx.Done()
			return ctx.Err()
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

func checkAll(ctx context.Context, log orderlog.Reader, p *projector.Projector) error {
	n, err := log.Partitions(ctx)
	if err != nil {
		return err
	}
	all, ctx := errgroup.WithContext(ctx)
	for partition := range n {
		all.Go(func() error { return p.Check(ctx, partition) })
	}
	return all.Wait()
}

// mark is how far a partition was folded at least.
func (g *guard) mark(partition int32) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.marks[partition]
}

// A guardedGate is shut while the guard bars.
type guardedGate struct {
	gate.Keeper
	guard *guard
}

func (k guardedGate) Admit(ctx context.Context, product string, by time.Time, batch []gate.Request) (gate.Admission, error) {
	if why := k.guard.barred(); why != nil {
		return gate.Admission{}, why
	}
	return k.Keeper.Admit(ctx, product, by, batch)
}

func (k guardedGate) Shut(ctx context.Context, product string, epoch int64) (incarnation string, now time.Time, err error) {
	if why := k.guard.barred(); why != nil {
		return "", time.Time{}, why
	}
	return k.Keeper.Shut(ctx, product, epoch)
}

func (k guardedGate) View(ctx context.Context, product string) (gate.View, error) {
	if why := k.guard.barred(); why != nil {
		return gate.View{}, why
	}
	return k.Keeper.View(ctx, product)
}

// A guardedLog takes nothing while the guard bars, and looks where it put what it took.
type guardedLog struct {
	orderlog.Keeper
	guard *guard
}

func (k guardedLog) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	if why := k.guard.barred(); why != nil {
		return sale.Position{}, why
	}
	folded := k.guard.mark(partition) // before: what is appended now comes behind it
	at, err := k.Keeper.Append(ctx, partition, records)
	first := at.Offset - int64(len(records)) + 1 // they stand next to each other
	if err == nil && len(records) > 0 && first < folded {
		err = fmt.Errorf("%w: the tables hold partition %d up to %d, and a record came to be at %d", sale.ErrDamaged, partition, folded, first)
	}
	if errors.Is(err, sale.ErrDamaged) { // the process goes on, to say so
		k.guard.bar(err)
		err = fmt.Errorf("%w: %v", sale.ErrUnknownOutcome, err)
	}
	return at, err
}

// A guardedStore tells the guard how far the log was folded.
type guardedStore struct {
	orderstore.Keeper
	guard *guard
}

func (k guardedStore) Mark(ctx context.Context, partition int32) (orderstore.Mark, error) {
	m, err := k.Keeper.Mark(ctx, partition)
	if err == nil {
		k.guard.mu.Lock()
		defer k.guard.mu.Unlock()
		k.guard.marks[partition] = max(k.guard.marks[partition], m.Next)
	}
	return m, err
}
