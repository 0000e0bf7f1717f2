package kafkalog

import (
	"cmp"
	"context"
	"fmt"
)

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
	warn(s.brokers < copies && settings["flush.messages"] != "1", "flush.messages is %s, not 1: with fewer than %d brokers a machine that loses power loses placed orders", settings["flush.messages"], copies)
	warn(s.brokers >= copies && s.copies < copies, "replication is %d on %d brokers, not %d: one lost broker can stop or lose the log", s.copies, s.brokers, copies)
	warn(s.brokers >= copies && settings["min.insync.replicas"] == "1", "min.insync.replicas is 1, not 2: an order is placed while one broker alone has it")
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
