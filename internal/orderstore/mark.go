package orderstore

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"seckill/internal/orderlog"
)

// A Mark is how far a partition has been folded, and of which log.
type Mark struct {
	Next   int64  // offset of the first record that was not folded
	Sum    uint32 // of the line before it, as orderlog.Line has it; 0: kept before marks had one
	Source orderlog.Source
}

// Fits reports whether the log, of which this partition is kept from the offset
// first on, still holds the line that was folded last. A log that was cut off behind
// the mark and grew again has another there. It must reach to the mark.
func (m Mark) Fits(ctx context.Context, log orderlog.Reader, partition int32, first int64) (bool, error) {
	if m.Sum == 0 || m.Next <= first {
		return true, nil // nothing to compare, or nothing to compare with
	}
	lines, err := log.Read(ctx, partition, m.Next-1, 1)
	return err == nil && lines[0].Sum == m.Sum, err
}

// Folded is how many records the log has been given, and how many of them the store
// has folded. The partitions are asked all at once: each is some round trips.
func Folded(ctx context.Context, log orderlog.Reader, store interface {
	Mark(ctx context.Context, partition int32) (Mark, error)
}) (records, folded int64, err error) {
	partitions, err := log.Partitions(ctx)
	if err != nil {
		return 0, 0, err
	}
	var given, applied atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for partition := range partitions {
		g.Go(func() error {
			mark, err := store.Mark(ctx, partition) // first: so that it is not ahead
			if err != nil {
				return err
			}
			_, end, err := log.Bounds(ctx, partition)
			given.Add(end)
			applied.Add(mark.Next)
			return err
		})
	}
	err = g.Wait()
	return given.Load(), applied.Load(), err
}
