package kafkalog

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

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
	answered   int     // of the brokers
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
		s.answered++
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
	l.epochs.raise(s)
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

// isSame is nil if the brokers still have the topic that was opened.
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

// watch looks for partitions that are added, until the Log is closed.
func (l *Log) watch() {
	tick := time.NewTicker(growth)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_, _ = l.describe(l.ctx) // brokers that are away have added none
		case <-l.ctx.Done():
			return
		}
	}
}

// grow takes note of partitions that were added to the topic, once the client that
// appends knows who leads them.
func (l *Log) grow(ctx context.Context, s description) error {
	known, now := l.count.Load(), int32(len(s.epochs))
	if known == 0 || now <= known || s.identity != l.opened || s.leaderless > 0 {
		return nil
	}
	for l.leads(0) && !l.leads(now-1) { // one that has appended nothing yet asks before it does
		l.client.ForceMetadataRefresh()
		select {
		case <-time.After(backoff):
		case <-ctx.Done():
			return l.unavailable("finding added partitions", ctx.Err())
		}
	}
	l.count.CompareAndSwap(known, now)
	l.options.Log.Info("the order log has more partitions", "topic", l.options.Topic, "partitions", now)
	return nil
}

// leads reports whether the client that appends knows who leads a partition.
func (l *Log) leads(partition int32) bool {
	leader, _, err := l.client.PartitionLeader(l.options.Topic, partition)
	return err == nil && leader >= 0
}

// leaderEpochs are the highest epochs of leaders that this process has seen, in the life of the topic that it
// has seen last: they begin again with each. A question that carries one is not answered by a broker that does
// not know yet that it no longer leads.
type leaderEpochs struct {
	mu   sync.Mutex
	life identity
	of   []int32
}

func (e *leaderEpochs) raise(seen description) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if seen.exists() && seen.identity != e.life {
		e.life, e.of = seen.identity, nil
	}
	for p, epoch := range seen.epochs {
		if p == len(e.of) {
			e.of = append(e.of, epoch)
		}
		e.of[p] = max(e.of[p], epoch)
	}
}

// at is -1, which Kafka takes for any, if that life of the topic has no such partition.
func (e *leaderEpochs) at(partition int32) int32 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if int(partition) >= len(e.of) {
		return -1
	}
	return e.of[partition]
}
