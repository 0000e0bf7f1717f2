package orderlog

import (
	"context"
	"sync/atomic"

	"seckill/internal/sale"
)

// A Versioned is a log that takes no record which a process that is alive could
// not read: it asks before the first one of each version. Records of version 1
// everybody reads.
type Versioned struct {
	Keeper
	allow   func(ctx context.Context, version int) error
	allowed atomic.Int64
}

// NewVersioned makes a Versioned of log. allow is nil if records of a version may
// be written from now on, for good; package orderstore has the contract.
func NewVersioned(log Keeper, allow func(ctx context.Context, version int) error) *Versioned {
	v := &Versioned{Keeper: log, allow: allow}
	v.allowed.Store(1)
	return v
}

// Append implements Appender. Its error is that of allow where that has one, and
// then nothing was appended.
func (v *Versioned) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	needs := int64(0)
	for i := range records {
		needs = max(needs, int64(records[i].Version()))
	}
	if needs > v.allowed.Load() {
		if err := v.allow(ctx, int(needs)); err != nil {
			return sale.Position{}, err
		}
		v.allowed.Store(needs)
	}
	return v.Keeper.Append(ctx, partition, records)
}
