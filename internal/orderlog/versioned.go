package orderlog

import (
	"context"
	"sync/atomic"

	"seckill/internal/sale"
)

// An Allow is nil if records of a version may be written from now on, for good;
// package orderstore has the contract.
type Allow func(ctx context.Context, version int) error

// AskOnce is allow, asked only until it is nil for a version. Records of version 1
// everybody reads.
func AskOnce(allow Allow) Allow {
	var allowed atomic.Int64
	allowed.Store(1)
	return func(ctx context.Context, version int) error {
		if int64(version) <= allowed.Load() {
			return nil
		}
		err := allow(ctx, version)
		if err == nil {
			allowed.Store(int64(version))
		}
		return err
	}
}

// A Versioned is a log that takes no record which a process that is alive could
// not read: it asks before the first one of each version.
type Versioned struct {
	Keeper
	allow Allow
}

// NewVersioned makes a Versioned of log.
func NewVersioned(log Keeper, allow Allow) *Versioned { return &Versioned{log, AskOnce(allow)} }

// Append implements Appender. Its error is that of allow where that has one, and
// then nothing was appended.
func (v *Versioned) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	needs := 1
	for i := range records {
		needs = max(needs, records[i].Version())
	}
	if err := v.allow(ctx, needs); err != nil {
		return sale.Position{}, err
	}
	return v.Keeper.Append(ctx, partition, records)
}
