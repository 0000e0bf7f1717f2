package verify

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"seckill/internal/crash"
	"seckill/internal/gate"
	"seckill/internal/orderlog"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

const (
	// changes is how often Live meets another epoch than that of its cut before it
	// gives up.
	changes = 5
	// absences is how often it meets a gate that is away, with a pause between:
	// if its opener has died, whoever else sells takes it for dead after five
	// seconds in which they saw it shut, and only then opens it.
	absences = 15
	// catchUpWithin is how long it waits for the store to pass the log's end.
	catchUpWithin = 20 * time.Second
)

// ErrBehind is the error of a store that did not pass the log's end in time.
var ErrBehind = fmt.Errorf("%w: the store has not applied the log to its end in %v", sale.ErrUnavailable, catchUpWithin)

// A Store is what the audit needs of an order store.
type Store interface {
	orderstore.Auditor
	// Meta returns what is kept under this key, or nil.
	Meta(ctx context.Context, key string, propose []byte) ([]byte, error)
	// Passed waits until the store has folded the record at this position, or ctx is done.
	Passed(ctx context.Context, at sale.Position) error
	// Mark returns how far a partition has been folded.
	Mark(ctx context.Context, partition int32) (orderstore.Mark, error)
}

// Parts is what is judged.
type Parts struct {
	Gate  gate.Inspector // Live only
	Log   orderlog.Reader
	Store Store
	// Pause waits before a look that starts over: about a second. Live only.
	Pause func(ctx context.Context) error
	// Placed says what made an order placed: by the log, none may be rejected.
	Placed sale.PlacedBy
}

// Live judges a sale that runs. An error means that it could not judge: of the
// keepers' kinds, ErrUnavailable also if the store does not catch up with the log;
// ErrChangedMeanwhile if a gate was opened anew in each of five looks; ErrShut,
// ErrNoGate or ErrFenced if one was away for longer than anybody who sells leaves it so.
func Live(ctx context.Context, p Parts) (Report, error) {
	for changed, absent := 0, 0; ; {
		r, err := p.look(ctx)
		switch {
		case errors.Is(err, sale.ErrChangedMeanwhile):
			changed++
		case away(err):
			absent++
		default:
			return r, err
		}
		if changed == changes || absent == absences {
			return Report{}, fmt.Errorf("no gate stood still in %d looks: %w", changed+absent, err)
		}
		if ended := p.Pause(ctx); ended != nil {
			return Report{}, fmt.Errorf("%w (%v)", err, ended)
		}
	}
}

// Stopped judges what a sale that does not run has left behind, and leaves out
// what only a gate can tell. An error means that it could not judge.
func Stopped(ctx context.Context, p Parts) (Report, error) {
	return p.judge(ctx, nil)
}

// away reports whether err says that a gate is to be opened.
func away(err error) bool {
	return errors.Is(err, sale.ErrShut) || errors.Is(err, sale.ErrNoGate) || errors.Is(err, sale.ErrFenced)
}

func (p Parts) look(ctx context.Context) (Report, error) {
	cuts, err := p.cut(ctx)
	if err != nil {
		return Report{}, err
	}
	crash.At("verify: the gates are cut")
	if err := p.catchUp(ctx); err != nil {
		return Report{}, err
	}
	return p.judge(ctx, cuts)
}

// catchUp waits until the store has passed what the log holds now.
func (p Parts) catchUp(ctx context.Context) error {
	n, err := p.Log.Partitions(ctx)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeoutCause(ctx, catchUpWithin, ErrBehind)
	defer cancel()
	for partition := range n {
		err := orderlog.CatchUp(limited, p.Log, partition, p.Store.Passed)
		if err != nil && errors.Is(context.Cause(limited), ErrBehind) {
			return ErrBehind
		}
		if err != nil {
			return fmt.Errorf("waiting for the store to pass the log's end: %w", err)
		}
	}
	return nil
}

// judge judges one snapshot of the store; cuts is nil if there are no gates.
func (p Parts) judge(ctx context.Context, cuts cuts) (Report, error) {
	secret, err := p.Store.Meta(ctx, "secret", nil)
	if err != nil {
		return Report{}, err
	}
	d := newDraft()
	err = p.Store.Audit(ctx, func(s orderstore.Snapshot) error {
		d = newDraft() // the store may try a snapshot again
		a := &audit{draft: d, log: p.Log, snapshot: s, gate: p.Gate, cuts: cuts, firm: p.Placed == sale.PlacedByLog, secret: hex.EncodeToString(secret)}
		return a.run(ctx)
	})
	if d.damage(err, Statement{}) {
		d.leaveOut(Damage, "", behindDamage)
		return d.report(), nil
	}
	if err != nil {
		return Report{}, err
	}
	return d.report(), nil
}
