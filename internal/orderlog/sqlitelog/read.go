package sqlitelog

import (
	"context"
	"fmt"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// Partitions implements orderlog.Reader: there is one.
func (l *Log) Partitions(context.Context) (int32, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return 1, l.over
}

// Partition implements orderlog.Appender.
func (l *Log) Partition(string) int32 { return 0 }

func (l *Log) checkPartition(partition int32) error {
	if partition != 0 {
		return fmt.Errorf("%w: %s has no partition %d", sale.ErrDamaged, l.path, partition)
	}
	return nil
}

// Source implements orderlog.Reader: the id that was made with the file.
func (l *Log) Source(_ context.Context, partition int32) (orderlog.Source, error) {
	if err := l.checkPartition(partition); err != nil {
		return orderlog.Source{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return orderlog.Source{Cluster: l.id}, l.over
}

// Bounds implements orderlog.Reader. Every line is kept.
func (l *Log) Bounds(_ context.Context, partition int32) (first, end int64, err error) {
	if err := l.checkPartition(partition); err != nil {
		return 0, 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return 0, l.end, l.over
}

// Read implements orderlog.Reader.
func (l *Log) Read(ctx context.Context, partition int32, from int64, max int) ([]orderlog.Line, error) {
	if err := l.checkPartition(partition); err != nil {
		return nil, err
	}
	end, err := l.waitBeyond(ctx, from)
	if err != nil {
		return nil, err
	}
	count := int(min(int64(max), end-from))
	if r := l.begun.Load(); r != nil && r.has(from) {
		return l.result(r.lines(make([]orderlog.Line, 0, min(int64(count), r.end()-from)), from, count))
	}
	return l.readRows(from, end, count)
}

// waitBeyond waits until the log has a durable line at offset from, and returns its end.
func (l *Log) waitBeyond(ctx context.Context, from int64) (end int64, err error) {
	for {
		l.mu.Lock()
		end, err = l.end, l.over
		grown := l.grown
		l.mu.Unlock()
		switch {
		case err != nil:
			return 0, err
		case from < 0 || from > end:
			return 0, fmt.Errorf("%w: offset %d is asked of %s, which has 0 to %d", sale.ErrDamaged, from, l.path, end-1)
		case from < end:
			return end, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return 0, fmt.Errorf("%w: read %s: %w", sale.ErrUnavailable, l.path, ctx.Err())
		}
	}
}

// result is what Read returns of the lines of rows.
func (l *Log) result(lines []orderlog.Line, err error) ([]orderlog.Line, error) {
	if err != nil {
		err = fault(l.path, "read", err)
	}
	return orderlog.Readable(lines, err)
}

// readMost is how many bytes of rows are read at once, or little more: chunks of a
// state are large.
const readMost = 16 << 20

// readRows reads count durable lines from the file, or fewer if they are large, and
// checks the rows that they are in.
func (l *Log) readRows(from, end int64, count int) ([]orderlog.Line, error) {
	rows, err := l.query.Query(from)
	if err != nil {
		return nil, fault(l.path, "read", err)
	}
	defer rows.Close() //nolint:errcheck // it only reads, and rows.Err tells
	lines := make([]orderlog.Line, 0, count)
	var last *row
	size := 0
	for len(lines) < count && size < readMost && rows.Next() {
		r := &row{}
		if err := r.scan(rows, &r.frames); err != nil {
			return nil, fault(l.path, "read", err)
		}
		if err := r.follow(last); err != nil {
			return nil, fault(l.path, "read", err)
		}
		if lines, err = r.lines(lines, from, count); err != nil {
			return l.result(lines, err)
		}
		last = r
		size += len(r.frames)
	}
	if err := rows.Err(); err != nil {
		return nil, fault(l.path, "read", err)
	}
	if len(lines) < count && size < readMost {
		return nil, fault(l.path, "read", damaged("the row with offset %d is missing, and the log has %d records",
			from+int64(len(lines)), end))
	}
	l.begun.Store(last)
	return lines, nil
}
