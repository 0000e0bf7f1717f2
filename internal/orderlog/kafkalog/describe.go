package kafkalog

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"seckill/internal/sale"
)

// An identity is one life of a topic.
type identity struct {
	cluster string
	topic   [16]byte // zero: there is no such topic
}

func (i identity) exists() bool { return i.topic != [16]byte{} }

// topicID is written as Kafka's own tools write it.
func (i identity) topicID() string { return base64.RawURLEncoding.EncodeToString(i.topic[:]) }

// A description is what the brokers say of the topic.
type description struct {
	identity
	brokers    int
	copies     int     // of the partition that has the fewest
	leaderless int     // partitions without a leader
	epochs     []int32 // of the partitions' leaders
}

// describe asks every broker, as one that lags behind the others would tell of an
// older topic or an older leader, which must not be taken for a log that went
// back. Brokers that contradict each other are ErrUnavailable: it passes.
func (l *Log) describe(ctx context.Context) (description, error) {
	if err := l.isOpen(); err != nil {
		return description{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	first, err := l.aboutTopic().RequestWith(ctx, l.client)
	if err != nil {
		return description{}, l.unavailable("metadata", err)
	}
	s, err := l.descriptionOf(first)
	if err != nil {
		return description{}, err
	}
	for _, answer := range l.askEach(ctx, first.Brokers) {
		other, err := l.descriptionOf(answer)
		if err != nil {
			return description{}, err
		}
		if other.identity != s.identity || len(other.epochs) != len(s.epochs) {
			return description{}, l.unavailable("metadata", errors.New("the brokers do not agree on the topic yet"))
		}
		for p, epoch := range other.epochs {
			s.epochs[p] = max(s.epochs[p], epoch)
		}
		s.leaderless = max(s.leaderless, other.leaderless)
	}
	l.epochs.raise(s.epochs)
	return s, l.grow(ctx, s)
}

// aboutTopic is a new request each time, as Kafka's client writes into it.
func (l *Log) aboutTopic() *kmsg.MetadataRequest {
	request := kmsg.NewPtrMetadataRequest()
	topic := kmsg.NewMetadataRequestTopic()
	topic.Topic = &l.options.Topic
	request.Topics = append(request.Topics, topic)
	return request
}

// askEach returns the answers of those brokers that can be reached.
func (l *Log) askEach(ctx context.Context, brokers []kmsg.MetadataResponseBroker) []*kmsg.MetadataResponse {
	answers := make(chan *kmsg.MetadataResponse, len(brokers))
	var all sync.WaitGroup
	for _, b := range brokers {
		all.Go(func() {
			answer, err := l.client.Broker(int(b.NodeID)).Request(ctx, l.aboutTopic())
			if err == nil {
				answers <- answer.(*kmsg.MetadataResponse)
			}
		})
	}
	all.Wait()
	close(answers)
	var got []*kmsg.MetadataResponse
	for a := range answers {
		got = append(got, a)
	}
	return got
}

func (l *Log) descriptionOf(m *kmsg.MetadataResponse) (description, error) {
	s := description{brokers: len(m.Brokers)}
	if m.ClusterID != nil {
		s.cluster = *m.ClusterID
	}
	if len(m.Topics) != 1 {
		return description{}, l.unavailable("metadata", fmt.Errorf("an answer of %d topics", len(m.Topics)))
	}
	topic := &m.Topics[0]
	switch err := kerr.ErrorForCode(topic.ErrorCode); {
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return s, nil
	case err != nil:
		return description{}, l.unavailable("metadata", err)
	}
	s.topic = topic.TopicID
	s.epochs = make([]int32, len(topic.Partitions))
	for i, p := range topic.Partitions {
		if int(p.Partition) >= len(s.epochs) {
			return description{}, l.unavailable("metadata", fmt.Errorf("partition %d of %d", p.Partition, len(s.epochs)))
		}
		s.epochs[p.Partition] = p.LeaderEpoch
		if i == 0 || len(p.Replicas) < s.copies {
			s.copies = len(p.Replicas)
		}
		if p.Leader < 0 {
			s.leaderless++
		}
	}
	return s, nil
}

// isSame is nil where the brokers still have the topic that was opened.
func (l *Log) isSame(ctx context.Context) error {
	s, err := l.describe(ctx)
	switch {
	case err != nil:
		return err
	case s.cluster != l.opened.cluster:
		return fmt.Errorf("%w: the brokers are of cluster %s, and were of %s", sale.ErrDamaged, s.cluster, l.opened.cluster)
	case !s.exists():
		return l.unavailable("topic", kerr.UnknownTopicOrPartition)
	case s.topic != l.opened.topic:
		return l.anew(s.topic)
	}
	return nil
}

func (l *Log) anew(topic [16]byte) error {
	return fmt.Errorf("%w: topic %s was deleted and made anew: it is %s, and was %s",
		sale.ErrDamaged, l.options.Topic, identity{topic: topic}.topicID(), l.opened.topicID())
}

func (l *Log) unavailable(doing string, err error) error {
	return fmt.Errorf("%w: kafka: %s of %s: %w", sale.ErrUnavailable, doing, l.options.Topic, err)
}
