package kafkalog

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/sale"
)

// AppendRaw puts a record into the log that no Append would write.
func (l *Log) AppendRaw(ctx context.Context, partition int32, product string, kind sale.Kind, version int, epoch int64, raw []byte) error {
	_, err := l.append(ctx, []kgo.Record{{
		Topic: l.options.Topic, Partition: partition, Key: []byte(product), Headers: headers(kind, version, epoch), Value: raw,
	}})
	return err
}

// Options are for a client of the same Kafka.
func (b Brokers) Options() []kgo.Opt { return b.options() }

// Led takes the leader of a partition to be at an epoch that is later by so many, or earlier.
func (l *Log) Led(partition, later int32) {
	l.epochs.mu.Lock()
	defer l.epochs.mu.Unlock()
	l.epochs.of[partition] += later
}

// Deafen has the next Read of a partition from there be by a client that brings nothing, however late it comes.
func (l *Log) Deafen(partition int32, from int64) error {
	c, err := l.cursor(partition, from)
	if err != nil {
		return err
	}
	c.client.PauseFetchTopics(l.options.Topic)
	l.cursors.put(c)
	c.expiry.Reset(time.Hour)
	return nil
}
