package kafkalog_test

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/orderlog/kafkalog"
)

// plainClient is any other program's client of the same Kafka.
func plainClient(t testing.TB, brokers kafkalog.Brokers, more ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append(more, brokers.Options()...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func admin(t testing.TB, brokers kafkalog.Brokers) *kadm.Client {
	return kadm.NewClient(plainClient(t, brokers))
}

// setTopic changes settings of a topic, as an operator might, and waits until the
// broker goes by them.
func setTopic(t testing.TB, a *kadm.Client, topic string, settings ...string) {
	t.Helper()
	var change []kadm.AlterConfig
	want := map[string]string{}
	for i := 0; i < len(settings); i += 2 {
		change = append(change, kadm.AlterConfig{Name: settings[i], Value: &settings[i+1]})
		want[settings[i]] = settings[i+1]
	}
	answers, err := a.AlterTopicConfigs(t.Context(), change, topic)
	if err == nil {
		err = answers[0].Err
	}
	for err == nil && len(want) > 0 {
		var found kadm.ResourceConfigs
		if found, err = a.DescribeTopicConfigs(t.Context(), topic); err != nil {
			break
		}
		for _, c := range found[0].Configs {
			if want[c.Key] == c.MaybeValue() {
				delete(want, c.Key)
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// deleteTopic returns when the broker knows of it, too: at first the controller alone does.
func deleteTopic(t testing.TB, a *kadm.Client, topic string) {
	t.Helper()
	answers, err := a.DeleteTopics(t.Context(), topic)
	if err == nil {
		err = answers.Error()
	}
	for there := true; err == nil && there; {
		var known kadm.TopicDetails
		known, err = a.ListTopics(t.Context(), topic)
		there = known.Has(topic)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// deleteRecords removes what is before an offset of partition 0, as retention does.
func deleteRecords(t testing.TB, brokers kafkalog.Brokers, topic string, before int64) error {
	var offsets kadm.Offsets
	offsets.AddOffset(topic, 0, before, -1)
	answers, err := admin(t, brokers).DeleteRecords(t.Context(), offsets)
	if err != nil {
		return err
	}
	return answers.Error()
}

// awaitCopies waits until so many brokers are in sync with every partition.
func awaitCopies(t testing.TB, a *kadm.Client, copies int) {
	t.Helper()
	for {
		topics, err := a.ListTopics(t.Context(), kafkalog.Topic)
		if err != nil {
			t.Fatal(err)
		}
		lagging := 0
		for _, p := range topics[kafkalog.Topic].Partitions {
			if len(p.ISR) < copies {
				lagging++
			}
		}
		if lagging == 0 {
			return
		}
	}
}

// awaitBrokers waits until no more than so many are up: the controller takes a moment to miss one.
func awaitBrokers(t testing.TB, a *kadm.Client, most int) {
	t.Helper()
	for up := most + 1; up > most; {
		listed, err := a.ListBrokers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		up = len(listed)
	}
}

// leaderOf is the id of the broker that leads a partition.
func leaderOf(t testing.TB, a *kadm.Client, partition int32) int32 {
	t.Helper()
	topics, err := a.ListTopics(t.Context(), kafkalog.Topic)
	if err != nil {
		t.Fatal(err)
	}
	return topics[kafkalog.Topic].Partitions[partition].Leader
}
