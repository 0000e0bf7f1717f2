package orderlog

import (
	"context"
	"slices"
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

// Writable is r as it may be written now: without the name of an operator, as long as a
// process that is alive could not read that; it stands in no history then. Its error is that
// of allow if what is left may not be written either.
func Writable(ctx context.Context, r sale.Record, allow Allow) (sale.Record, error) {
	err := allow(ctx, r.Version())
	if err != nil && r.By != "" {
		r.By = ""
		err = allow(ctx, r.Version())
	}
	return r, err
}

// A Versioned is a log that takes no record which a process that is alive could
// not read: it asks before the first one of each version.
type Versioned struct {
	Keeper
	allow Allow
}

// NewVersioned makes a Versioned of log.
func NewVersioned(log Keeper, allow Allow) *Versioned { return &Versioned{log, AskOnce(allow)} }

// Append implements Appender, and appends each record as it is Writable. Its error is
// that of allow if that has one, and then nothing was appended.
func (v *Versioned) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	needs, named := 1, false
	for i := range records {
		needs = max(needs, records[i].Version())
		named = named || records[i].By != ""
	}
	err := v.allow(ctx, needs)
	if err != nil && named {
		records, err = v.writable(ctx, records)
	}
	if err != nil {
		return sale.Position{}, err
	}
	return v.Keeper.Append(ctx, partition, records)
}

func (v *Versioned) writable(ctx context.Context, records []sale.Record) (_ []sale.Record, err error) {
	records = slices.Clone(records) // they are the caller's
	for i := range records {
		if records[i], err = Writable(ctx, records[i], v.allow); err != nil {
			return nil, err
		}
	}
	return records, nil
}
