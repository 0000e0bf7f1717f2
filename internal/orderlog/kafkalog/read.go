package kafkalog

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// Read implements orderlog.Reader. While no broker can be reached it waits.
func (l *Log) Read(ctx context.Context, partition int32, from int64, max int) ([]orderlog.Line, error) {
	if err := l.checkPartition(ctx, partition); err != nil {
		return nil, err
	}
	if from < 0 { // Kafka's client has meanings of its own for these
		return nil, l.outside(partition, from)
	}
	if err := ctx.Err(); err != nil {
		return nil, l.unavailable("read", err)
	}
	c, err := l.cursor(partition, from)
	if err != nil {
		return nil, err
	}
	records, topic, err := l.poll(ctx, c, max)
	if err == nil || ctx.Err() != nil {
		l.cursors.put(c)
	} else {
		c.client.Close() // the next Read meets the error again, if it lasts
	}
	if len(records) > 0 {
		if topic != l.opened.topic && topic != [16]byte{} { // a cursor that is younger than the topic would not notice
			return nil, l.anew(topic)
		}
		return l.lines(partition, from, records)
	}
	return nil, l.fault(ctx, partition, from, err)
}

// errMissed: the leader has records that Kafka's client did not bring.
var errMissed = errors.New("nothing came of what the leader has")

// poll waits for records. A client can ask the same for ever, with an answer that it takes
// for one that passes: from time to time it is seen whether it misses what is there,
// and twice in a row is errMissed.
func (l *Log) poll(ctx context.Context, c *cursor, max int) ([]*kgo.Record, [16]byte, error) {
	for missed := false; ; {
		wait, cancel := context.WithTimeout(ctx, patience)
		records, topic, err := c.poll(wait, l.ctx, max)
		cancel()
		if len(records) > 0 || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return records, topic, err
		}
		_, end, err := l.Bounds(ctx, c.partition)
		if err == nil && end > c.next && missed {
			return nil, topic, errMissed
		}
		missed = err == nil && end > c.next
	}
}

// lines reads the records, which must be those from offset from on.
func (l *Log) lines(partition int32, from int64, records []*kgo.Record) ([]orderlog.Line, error) {
	lines := make([]orderlog.Line, len(records))
	for i, r := range records {
		if want := from + int64(i); r.Offset != want {
			return nil, fmt.Errorf("%w: partition %d of %s has offset %d where %d is asked for",
				sale.ErrDamaged, partition, l.options.Topic, r.Offset, want)
		}
		var err error
		if lines[i], err = line(r); err != nil {
			return orderlog.Readable(lines[:i], err)
		}
	}
	return lines, nil
}

// fault translates the error of a read.
func (l *Log) fault(ctx context.Context, partition int32, from int64, err error) error {
	switch {
	case l.isOpen() != nil:
		return l.isOpen()
	case errors.As(err, new(*kgo.ErrDataLoss)), errors.As(err, new(*unreadable)), errors.Is(err, kerr.CorruptMessage):
		return fmt.Errorf("%w: partition %d of %s, from offset %d on: %w", sale.ErrDamaged, partition, l.options.Topic, from, err)
	case errors.Is(err, kerr.OffsetOutOfRange):
		if _, err := l.Source(ctx, partition); err != nil { // else Bounds asks whom it heard of last
			return err
		}
		first, end, err := l.Bounds(ctx, partition)
		if err != nil || first <= from && from <= end {
			return l.unavailable("read", errors.Join(kerr.OffsetOutOfRange, err))
		}
		return l.outside(partition, from)
	case errors.Is(err, errMissed), errors.Is(err, kerr.UnknownTopicID), errors.Is(err, kerr.UnknownTopicOrPartition):
		if other := l.isSame(ctx); other != nil {
			return other
		}
	}
	return l.unavailable("read", err)
}

func (l *Log) outside(partition int32, from int64) error {
	return fmt.Errorf("%w: offset %d is asked of partition %d of %s, which does not have it",
		sale.ErrDamaged, from, partition, l.options.Topic)
}
