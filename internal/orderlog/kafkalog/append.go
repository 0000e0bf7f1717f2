package kafkalog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/crash"
	"seckill/internal/sale"
)

// An appending is one Append under way.
type appending struct {
	mu   sync.Mutex
	left int   // records whose outcome is not known yet
	last int64 // offset of the last record
	err  error // of the first record that failed
	done chan struct{}
}

func (a *appending) finish(r *kgo.Record, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		a.last = max(a.last, r.Offset)
	} else if a.err == nil {
		a.err = err
	}
	if a.left--; a.left == 0 {
		close(a.done)
	}
}

// Append implements orderlog.Appender. It answers within patience; the outcome is
// unknown if the brokers have not answered by then, or when ctx is done.
func (l *Log) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	if err := l.checkPartition(ctx, partition); err != nil {
		return sale.Position{}, err
	}
	if err := ctx.Err(); err != nil {
		return sale.Position{}, l.unavailable("append to partition", err)
	}
	if len(records) == 0 {
		return sale.Position{Partition: partition, Offset: -1}, nil
	}
	last, err := l.append(ctx, encode(l.options.Topic, partition, records))
	return sale.Position{Partition: partition, Offset: last}, err
}

func (l *Log) append(ctx context.Context, records []kgo.Record) (last int64, err error) {
	a := &appending{left: len(records), last: -1, done: make(chan struct{})}
	l.putting.Lock()
	for i := range records {
		// The records' context is none that ends: Kafka's client would fail with
		// them whatever else goes to their partition.
		l.client.TryProduce(context.Background(), &records[i], a.finish)
	}
	l.putting.Unlock()
	crash.At("kafkalog: records are given to the client")
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-a.done:
		crash.At("kafkalog: records are acknowledged")
		return a.last, l.outcome(ctx, a.err)
	case <-ctx.Done():
		return 0, l.outcome(ctx, ctx.Err())
	case <-limit.C:
		return 0, l.outcome(ctx, errors.New("no answer"))
	}
}

// outcome translates the error of an Append. Whether a record that failed was
// written, Kafka's client does not tell.
func (l *Log) outcome(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, kerr.UnknownTopicID) || errors.Is(err, kerr.UnknownTopicOrPartition) {
		if other := l.isSame(ctx); errors.Is(other, sale.ErrDamaged) {
			return other
		}
	}
	return fmt.Errorf("%w: append to %s: %w", sale.ErrUnknownOutcome, l.options.Topic, err)
}
