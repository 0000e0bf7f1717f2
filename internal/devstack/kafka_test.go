//go:build unix

package devstack

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func newKafka(t *testing.T, brokers int) (*Kafka, *kgo.Client) {
	t.Helper()
	began := time.Now()
	k, err := StartKafka(t.Context(), t.TempDir(), brokers)
	skipMissing(t, err)
	t.Logf("%d brokers answer after %v", brokers, time.Since(began).Round(time.Millisecond))
	t.Cleanup(k.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split(k.Addr(), ",")...), kgo.DefaultProduceTopic("kept"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return k, client
}

// create makes the topic, with as many replicas as the cluster finds right.
func create(t *testing.T, c *kgo.Client) {
	t.Helper()
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = "kept", 1, -1
	ask := kmsg.NewPtrCreateTopicsRequest()
	ask.Topics = append(ask.Topics, topic)
	got, err := ask.RequestWith(t.Context(), c)
	if err == nil {
		err = kerr.ErrorForCode(got.Topics[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func produce(t *testing.T, c *kgo.Client) {
	t.Helper()
	if err := c.ProduceSync(t.Context(), kgo.StringRecord("v")).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// topic is the topic as the cluster knows it: its error and its only partition.
func topic(t *testing.T, c *kgo.Client) (error, kmsg.MetadataResponseTopicPartition) {
	t.Helper()
	name := "kept"
	ask := kmsg.NewPtrMetadataRequest()
	ask.Topics = []kmsg.MetadataRequestTopic{{Topic: &name}}
	got, err := ask.RequestWith(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := kerr.ErrorForCode(got.Topics[0].ErrorCode); err != nil {
		return err, kmsg.MetadataResponseTopicPartition{}
	}
	return nil, got.Topics[0].Partitions[0]
}

func TestKafkaKeepsItsPromisesAboutANode(t *testing.T) {
	k, client := newKafka(t, 1)
	exerciseNode(t, k.Nodes[0], k.Close, subject{
		put: func(t *testing.T) { create(t, client); produce(t, client) },
		has: func(t *testing.T) {
			reader, err := kgo.NewClient(kgo.SeedBrokers(k.Addr()), kgo.ConsumeTopics("kept"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			if got := reader.PollRecords(t.Context(), 1); got.Err() != nil || got.NumRecords() != 1 {
				t.Fatalf("%d records, %v", got.NumRecords(), got.Err())
			}
		},
		lost: func(t *testing.T) {
			if err, _ := topic(t, client); !errors.Is(err, kerr.UnknownTopicOrPartition) {
				t.Fatalf("the topic: %v", err)
			}
		},
	})
}

func TestThreeBrokersDoWithoutOne(t *testing.T) {
	k, client := newKafka(t, 3)
	create(t, client)
	produce(t, client)
	_, kept := topic(t, client)
	if len(kept.Replicas) != 3 {
		t.Fatalf("the topic has the replicas %v", kept.Replicas)
	}
	lost := k.Nodes[kept.Leader-1]
	lost.Kill()
	produce(t, client)
	if err := lost.Wipe(); err != nil {
		t.Fatal(err)
	}
	restart(t, lost)
	for kept.ISR = nil; len(kept.ISR) != 3; {
		_, kept = topic(t, client)
	}
	produce(t, client)
	brokers := []int{k.Nodes[0].Pid(), k.Nodes[1].Pid(), k.Nodes[2].Pid()}
	k.Close()
	gone(t, brokers)
}

func TestABrokerThatCannotStartSaysWhy(t *testing.T) {
	k, _ := newKafka(t, 1)
	k.brokers[0].cluster = "another"
	if err := k.configure("/proc/nowhere"); err == nil {
		t.Error("a folder that cannot be made was made")
	}
	k.Close()
	k.brokers[0].controllerPort = k.brokers[0].port
	if err := k.brokers[0].configure("1@127.0.0.1:1", 1); err != nil {
		t.Fatal(err)
	}
	if err := k.Nodes[0].Start(t.Context()); err == nil || !strings.Contains(err.Error(), "listeners") {
		t.Errorf("got %v", err)
	}
}
