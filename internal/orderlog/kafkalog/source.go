package kafkalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// Partition implements orderlog.Appender, by the rule of Kafka's own producers, so
// that whoever looks for a key finds it where they would have put it.
func (l *Log) Partition(product string) int32 {
	byKey := kgo.StickyKeyPartitioner(nil).ForTopic(l.options.Topic)
	return int32(byKey.Partition(&kgo.Record{Key: []byte(product)}, int(l.count.Load())))
}

// Partitions implements orderlog.Reader. Those that an operator adds are found within
// the time growth, or as soon as somebody speaks of them.
func (l *Log) Partitions(context.Context) (int32, error) {
	return l.count.Load(), l.isOpen()
}

// checkPartition looks for one that is not known here: another process may have found it.
func (l *Log) checkPartition(ctx context.Context, partition int32) error {
	if err := l.isOpen(); err != nil {
		return err
	}
	if partition >= l.count.Load() {
		if _, err := l.describe(ctx); err != nil {
			return err
		}
	}
	if partition < 0 || partition >= l.count.Load() {
		return fmt.Errorf("%w: %s has no partition %d", sale.ErrDamaged, l.options.Topic, partition)
	}
	return nil
}

// Source implements orderlog.Reader, by what the brokers say now: more than half of them, for one
// that is cut off from the others knows of no later leader, nor of what that has.
func (l *Log) Source(ctx context.Context, partition int32) (orderlog.Source, error) {
	if err := l.checkPartition(ctx, partition); err != nil {
		return orderlog.Source{}, err
	}
	s, err := l.describe(ctx)
	if err != nil {
		return orderlog.Source{}, err
	}
	if !s.exists() {
		return orderlog.Source{}, l.unavailable("source", kerr.UnknownTopicOrPartition)
	}
	if 2*s.answered <= s.brokers {
		return orderlog.Source{}, l.unavailable("source", fmt.Errorf("%d of %d brokers answer", s.answered, s.brokers))
	}
	return orderlog.Source{Cluster: s.cluster, Topic: s.topicID(), Leader: l.epochs.at(partition)}, nil
}

// Kafka's names for the ends of a partition, in place of a time.
const (
	latest   = -1
	earliest = -2
)

// Bounds implements orderlog.Reader.
func (l *Log) Bounds(ctx context.Context, partition int32) (first, end int64, err error) {
	if err := l.checkPartition(ctx, partition); err != nil {
		return 0, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if first, err = l.offset(ctx, partition, earliest); err != nil {
		return 0, 0, l.unavailable("bounds", err)
	}
	if end, err = l.offset(ctx, partition, latest); err != nil {
		return 0, 0, l.unavailable("bounds", err)
	}
	return first, end, nil
}

// offset asks the leader, again and again while that may help: nobody leads just now, or it is another
// than is known here, or one that has just begun to, and knows neither its epoch nor the end yet.
func (l *Log) offset(ctx context.Context, partition int32, of int64) (int64, error) {
	for {
		offset, err := l.offsetAt(ctx, partition, of)
		if !kerr.IsRetriable(err) || errors.Is(err, kerr.UnknownTopicOrPartition) { // a topic that is gone does not come back
			return offset, err
		}
		if errors.Is(err, kerr.FencedLeaderEpoch) {
			if _, err := l.describe(ctx); err != nil {
				return 0, err
			}
		}
		select {
		case <-time.After(backoff):
		case <-ctx.Done():
			return 0, err
		}
	}
}

func (l *Log) offsetAt(ctx context.Context, partition int32, of int64) (int64, error) {
	p := kmsg.NewListOffsetsRequestTopicPartition()
	p.Partition, p.Timestamp, p.CurrentLeaderEpoch = partition, of, l.epochs.at(partition)
	topic := kmsg.NewListOffsetsRequestTopic()
	topic.Topic, topic.Partitions = l.options.Topic, append(topic.Partitions, p)
	request := kmsg.NewPtrListOffsetsRequest()
	request.Topics = append(request.Topics, topic)
	answer, err := request.RequestWith(ctx, l.client)
	if err != nil {
		return 0, err
	}
	if len(answer.Topics) != 1 || len(answer.Topics[0].Partitions) != 1 {
		return 0, errors.New("an answer to another question")
	}
	got := &answer.Topics[0].Partitions[0]
	return got.Offset, kerr.ErrorForCode(got.ErrorCode)
}
