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

// A logCheck keeps a process of a cluster from selling or writing into a log that is not
// the one which the tables were filled from, as what it sells there never becomes an
// order; and from going on beside what a newer program wrote. Once it bars, the process
// sells no more until it, or a newer one, is started.
type logCheck struct {
	log *slog.Logger
	why atomic.Pointer[error]

	mu    sync.Mutex
	marks map[int32]int64 // how far each partition was folded, as far as is known here
}

var errUnchecked = fmt.Errorf("%w: the log is not compared with the tables yet", sale.ErrUnavailable)

// newLogCheck is one that bars until its first check.
func newLogCheck(log *slog.Logger) *logCheck {
	c := &logCheck{log: log, marks: map[int32]int64{}}
	c.why.Store(&errUnchecked)
	return c
}

// barred is why nothing is sold; nil: it may be.
func (c *logCheck) barred() error {
	if why := c.why.Load(); why != nil {
		return *why
	}
	return nil
}

// bar keeps the gates shut.
func (c *logCheck) bar(because error) {
	said := "the gates are shut, as the log is not the one that the tables were filled from"
	if errors.Is(because, sale.ErrNewer) {
		said = "this process has halted"
	} else {
		because = fmt.Errorf("%w; %s", because, recoverIt)
	}
	why := fmt.Errorf("%w: %s: %v", sale.ErrUnavailable, said, because)
	if before := c.why.Swap(&why); before == nil || before == &errUnchecked {
		c.log.Error(said, "error", because)
	}
}

// check compares the log with the tables, and waits for both to be there. If the
// log is another, or a newer program's, it bars, and returns when ctx is done.
func (c *logCheck) check(ctx context.Context, log orderlog.Reader, p *projector.Projector) error {
	for {
		err := checkAll(ctx, log, p)
		switch {
		case err == nil:
			c.why.CompareAndSwap(&errUnchecked, nil)
			return nil
		case errors.Is(err, sale.ErrDamaged), errors.Is(err, sale.ErrNewer):
			c.bar(err)
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
		all.Go(func() error {
			if err := p.Check(ctx, partition); err != nil {
				return err
			}
			return p.CheckState(ctx, partition)
		})
	}
	return all.Wait()
}

// mark is how far a partition was folded at least.
func (c *logCheck) mark(partition int32) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.marks[partition]
}

// A checkedGate is shut while the check bars.
type checkedGate struct {
	gate.Keeper
	check *logCheck
}

func (k checkedGate) Admit(ctx context.Context, product string, try gate.Try, batch []gate.Request) (gate.Admission, error) {
	if why := k.check.barred(); why != nil {
		return gate.Admission{}, why
	}
	return k.Keeper.Admit(ctx, product, try, batch)
}

func (k checkedGate) Shut(ctx context.Context, product string, epoch int64) (incarnation string, now time.Time, err error) {
	if why := k.check.barred(); why != nil {
		return "", time.Time{}, why
	}
	return k.Keeper.Shut(ctx, product, epoch)
}

func (k checkedGate) View(ctx context.Context, product string) (gate.View, error) {
	if why := k.check.barred(); why != nil {
		return gate.View{}, why
	}
	return k.Keeper.View(ctx, product)
}

// A checkedLog takes nothing while the check bars, and looks where it put what it took.
type checkedLog struct {
	orderlog.Keeper
	check *logCheck
}

func (k checkedLog) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	if why := k.check.barred(); why != nil {
		return sale.Position{}, why
	}
	folded := k.check.mark(partition) // before: what is appended now comes behind it
	at, err := k.Keeper.Append(ctx, partition, records)
	first := at.Offset - int64(len(records)) + 1 // they stand next to each other
	if err == nil && len(records) > 0 && first < folded {
		err = fmt.Errorf("%w: the tables hold partition %d up to %d, and a record came to be at %d", sale.ErrDamaged, partition, folded, first)
	}
	if errors.Is(err, sale.ErrDamaged) { // the process goes on, to say so
		k.check.bar(err)
		err = fmt.Errorf("%w: %v", sale.ErrUnknownOutcome, err)
	}
	return at, err
}

// A checkedStore tells the check how far the log was folded.
type checkedStore struct {
	orderstore.Keeper
	check *logCheck
}

func (k checkedStore) Mark(ctx context.Context, partition int32) (orderstore.Mark, error) {
	m, err := k.Keeper.Mark(ctx, partition)
	if err == nil {
		k.check.mu.Lock()
		defer k.check.mu.Unlock()
		k.check.marks[partition] = max(k.check.marks[partition], m.Next)
	}
	return m, err
}
