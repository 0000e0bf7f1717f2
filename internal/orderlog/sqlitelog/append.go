package sqlitelog

import (
	"context"
	"fmt"
	"sync"

	"seckill/internal/sale"
)

// A batch is what one commit makes durable.
type batch struct {
	frames []byte
	count  int64
	done   chan struct{} // closed when first and err are set
	first  int64         // offset of its first record
	err    error
}

func newBatch(buffer []byte) *batch {
	return &batch{frames: buffer[:0], done: make(chan struct{})}
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// Append implements orderlog.Appender. It stops waiting when ctx is done; the
// outcome is unknown then, as the records are on their way. No records end where
// the log ends.
func (l *Log) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	if err := l.checkPartition(partition); err != nil {
		return sale.Position{}, err
	}
	if err := ctx.Err(); err != nil {
		return sale.Position{}, fmt.Errorf("%w: append to %s: %w", sale.ErrUnavailable, l.path, err)
	}
	if len(records) == 0 {
		_, end, err := l.Bounds(ctx, partition)
		return sale.Position{Offset: end - 1}, err
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	*buffer = (*buffer)[:0]
	for i := range records {
		*buffer = appendRecord(*buffer, &records[i])
	}
	return l.append(ctx, *buffer, int64(len(records)))
}

// append puts framed records into the log and waits for them.
func (l *Log) append(ctx context.Context, frames []byte, count int64) (sale.Position, error) {
	b, at, err := l.enqueue(frames, count)
	if err != nil {
		return sale.Position{}, err
	}
	select {
	case <-b.done:
	case <-ctx.Done():
		return sale.Position{}, fmt.Errorf("%w: append to %s: %w", sale.ErrUnknownOutcome, l.path, ctx.Err())
	}
	return sale.Position{Offset: b.first + at + count - 1}, b.err
}

// enqueue adds framed records to the batch that is committed next, and returns
// where in it they begin.
func (l *Log) enqueue(frames []byte, count int64) (b *batch, at int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over != nil {
		return nil, 0, l.over
	}
	b, at = l.pending, l.pending.count
	b.frames = append(b.frames, frames...)
	b.count += count
	l.work.Signal()
	return b, at, nil
}
