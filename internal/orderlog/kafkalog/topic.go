package kafkalog

import (
	"cmp"
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

// prepare waits until the topic is there, and makes it if it is missing.
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

// Check returns a warning for each setting of the topic that endangers the promise.
func (l *Log) Check(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s, err := l.describe(ctx)
	if err != nil {
		return nil, err
	}
	settings, err := l.topicSettings(ctx)
	if err != nil {
		return []string{fmt.Sprintf("the settings of topic %s may not be asked for (%v): see to it that retention.ms is -1, "+
			"and with %d brokers min.insync.replicas 2", l.options.Topic, err, copies)}, nil
	}
	brokers := s.brokers
	if registered, err := l.registered(ctx); err == nil { // one that is away comes back
		brokers = max(brokers, registered)
	}
	var warnings []string
	warn := func(wrong bool, format string, args ...any) {
		if wrong {
			warnings = append(warnings, "topic "+l.options.Topic+": "+fmt.Sprintf(format, args...))
		}
	}
	warn(settings["cleanup.policy"] == "compact" || settings["cleanup.policy"] == "compact,delete" || settings["cleanup.policy"] == "delete,compact",
		"cleanup.policy is %s: Kafka removes records of the log", settings["cleanup.policy"])
	warn(settings["retention.ms"] != "-1", "retention.ms is %s, not -1: Kafka deletes the log's beginning, and what was sold cannot be proved", settings["retention.ms"])
	warn(settings["retention.bytes"] != "-1", "retention.bytes is %s, not -1: Kafka deletes the log's beginning, and what was sold cannot be proved", settings["retention.bytes"])
	warn(settings["unclean.leader.election.enable"] == "true", "unclean.leader.election.enable is true: a broker that lags may lead, and placed orders are lost")
	warn(brokers < copies && settings["flush.messages"] != "1", "flush.messages is %s, not 1: with fewer than %d brokers a machine that loses power loses placed orders", settings["flush.messages"], copies)
	warn(brokers >= copies && s.copies < copies, "replication is %d on %d brokers, not %d: one lost broker can stop or lose the log", s.copies, brokers, copies)
	warn(brokers >= copies && settings["min.insync.replicas"] == "1", "min.insync.replicas is 1, not 2: an order is placed while one broker alone has it")
	return warnings, nil
}

func (l *Log) topicSettings(ctx context.Context) (map[string]string, error) {
	all, err := l.admin().DescribeTopicConfigs(ctx, l.options.Topic)
	if err != nil {
		return nil, err
	}
	topic, err := all.On(l.options.Topic, nil)
	if err = cmp.Or(err, topic.Err); err != nil {
		return nil, err
	}
	settings := map[string]string{}
	for _, c := range topic.Configs {
		settings[c.Key] = c.MaybeValue()
	}
	return settings, nil
}
