package kafkalog

import (
	"context"

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
