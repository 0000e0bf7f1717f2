package verify

import (
	"context"
	"errors"
	"fmt"

	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// looks is how often Live begins before it gives up on gates that keep moving.
const looks = 5

// A Store is what the judge needs of an order store.
type Store interface {
	orderstore.Auditor
	// Passed waits until the store has folded the record at this position, or ctx is done.
	Passed(ctx context.Context, at sale.Position) error
}

// Parts is what is judged.
type Parts struct {
	Gate  gate.Inspector // Live only
	Log   orderlog.Reader
	Store Store
	// Pause waits before a look that starts over, long enough for a gate to
	// open: about a second. Live only.
	Pause func(ctx context.Context) error
	// Firm tells that an order was answered as placed as soon as the log had it:
	// then none may be rejected.
	Firm bool
}

// Live judges a sale that runs. An error means that it could not judge: of the
// keepers' kinds, or ctx's where the store does not catch up with the log;
// ErrShut, ErrNoGate, ErrFenced or ErrChangedMeanwhile where a gate did not
// stand still in any of five looks.
func Live(ctx context.Context, p Parts) (Report, error) {
	var last error
	for look := range looks {
		if look > 0 {
			if err := p.Pause(ctx); err != nil {
				return Report{}, fmt.Errorf("%w (%v)", last, err)
			}
		}
		var r Report
		if r, last = p.look(ctx); !moved(last) {
			return r, last
		}
	}
	return Report{}, fmt.Errorf("no gate stood still in %d looks: %w", looks, last)
}

// Stopped judges what a sale that does not run has left behind, and leaves out
// what only a gate can tell. An error means that it could not judge.
func Stopped(ctx context.Context, p Parts) (Report, error) {
	return p.judge(ctx, nil)
}

// moved reports whether a look has to start over.
func moved(err error) bool {
	for _, kind := range []error{sale.ErrShut, sale.ErrNoGate, sale.ErrFenced, sale.ErrChangedMeanwhile} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

func (p Parts) look(ctx context.Context) (Report, error) {
	cuts, err := p.cut(ctx)
	if err != nil {
		return Report{}, err
	}
	crash.At("verify: the gates are cut")
	if err := p.catchUp(ctx); err != nil {
		return Report{}, fmt.Errorf("wait for the store to pass the log's end: %w", err)
	}
	return p.judge(ctx, cuts)
}

// catchUp waits until the store has passed what the log holds now.
func (p Parts) catchUp(ctx context.Context) error {
	n, err := p.Log.Partitions(ctx)
	if err != nil {
		return err
	}
	for partition := range n {
		first, end, err := p.Log.Bounds(ctx, partition)
		if err != nil {
			return err
		}
		if end > first {
			if err := p.Store.Passed(ctx, sale.Position{Partition: partition, Offset: end - 1}); err != nil {
				return err
			}
		}
	}
	return nil
}

// judge judges one snapshot of the store; cuts is nil where there are no gates.
func (p Parts) judge(ctx context.Context, cuts cuts) (Report, error) {
	d := newDocket()
	err := p.Store.Audit(ctx, func(s orderstore.Snapshot) error {
		d = newDocket() // the store may try a snapshot again
		c := &court{docket: d, log: p.Log, snapshot: s, cuts: cuts, firm: p.Firm}
		return c.sit(ctx)
	})
	if d.damaged(err, "") {
		d.leaveOut(Damage, "", "what comes behind the damage could not be judged")
		return d.report(), nil
	}
	if err != nil {
		return Report{}, err
	}
	return d.report(), nil
}
