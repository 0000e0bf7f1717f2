package kafkalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"seckill/internal/crash"
	"seckill/internal/sale"
)

const (
	partitions = 12
	copies     = 3 // wherever there are so many brokers
)

// prepare waits until the topic is there, and makes it where it is missing.
func (l *Log) prepare(ctx context.Context) error {
	last, said := "", ""
	for {
		err := l.prepareOnce(ctx)
		if err == nil || errors.Is(err, sale.ErrNotFound) {
			return err
		}
		before := last
		last = err.Error()
		if last == before && last != said && ctx.Err() == nil { // it lasts, and is news
			said = last
			l.options.Log.Warn("waiting for the order log", "brokers", l.options.Brokers.String(), "error", err)
		}
		select {
		case <-time.After(2 * backoff):
		case <-ctx.Done():
			return l.unavailable("opening", fmt.Errorf("%w: %w", ctx.Err(), err))
		}
	}
}

func (l *Log) prepareOnce(ctx context.Context) error {
	s, err := l.describe(ctx)
	if err != nil {
		return err
	}
	if s.exists() && s.topic == l.deleted {
		return l.unavailable("making", errors.New("the topic before is not gone yet"))
	}
	if !s.exists() && l.options.Existing {
		return fmt.Errorf("%w: Kafka has no topic %s", sale.ErrNotFound, l.options.Topic)
	}
	if !s.exists() {
		if err := l.makeTopic(ctx, s.brokers); err != nil {
			return l.unavailable("making", err)
		}
		l.options.Log.Info("made the order log", "topic", l.options.Topic, "partitions", max(partitions, l.options.Least))
		return l.unavailable("making", errors.New("not every broker knows the topic yet"))
	}
	if s.leaderless > 0 {
		return l.unavailable("opening", fmt.Errorf("%d of %d partitions have no leader", s.leaderless, len(s.epochs)))
	}
	l.opened = s.identity
	l.count.Store(int32(len(s.epochs)))
	return nil
}

// makeTopic takes as many brokers for what there will be as it was told of, or as the
// controller knows, also those that are down: a topic that is made while two of three
// are away would have one copy for good.
func (l *Log) makeTopic(ctx context.Context, brokers int) error {
	registered, err := l.registered(ctx)
	if err != nil {
		return err
	}
	if want := min(copies, max(registered, len(l.options.Brokers.seeds))); brokers < want {
		return fmt.Errorf("%d of %d brokers are there, and a topic made now would have too few copies for good", brokers, want)
	}
	replication, settings := int16(1), map[string]*string{
		"cleanup.policy": new("delete"), "retention.ms": new("-1"), "retention.bytes": new("-1"), "unclean.leader.election.enable": new("false"),
	}
	if brokers >= copies {
		replication, settings["min.insync.replicas"] = copies, new("2")
	} else {
		settings["flush.messages"] = new("1") // a disk in place of replicas: docs/decisions/0019-a-lone-kafka-syncs.md
	}
	_, err = l.admin().CreateTopic(ctx, max(partitions, l.options.Least), replication, settings, l.options.Topic)
	if errors.Is(err, kerr.TopicAlreadyExists) {
		return nil
	}
	return err
}

func (l *Log) admin() *kadm.Client {
	a := kadm.NewClient(l.client)
	a.SetTimeoutMillis(int32(requestTime.Milliseconds()))
	return a
}

// registered is how many brokers the controller knows, those that are down included;
// of a Kafka older than 4.0, only those that are up.
func (l *Log) registered(ctx context.Context) (int, error) {
	request := kmsg.NewPtrDescribeClusterRequest()
	request.IncludeFencedBrokers = true
	answer, err := request.RequestWith(ctx, l.client)
	if err == nil {
		err = kerr.ErrorForCode(answer.ErrorCode)
	}
	if err != nil {
		return 0, err
	}
	return len(answer.Brokers), nil
}

// deleteTopic deletes the topic, if there is one.
func (l *Log) deleteTopic(ctx context.Context) error {
	s, err := l.describe(ctx)
	if err != nil || !s.exists() {
		return err
	}
	l.deleted = s.topic
	deleted, err := l.admin().DeleteTopics(ctx, l.options.Topic)
	if err == nil {
		err = deleted.Error()
	}
	if err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
		return l.unavailable("deleting", err)
	}
	crash.At("kafkalog: the topic is deleted")
	return nil
}
