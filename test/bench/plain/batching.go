package main

import (
	"context"
	"strconv"

	"github.com/redis/rueidis"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// batching is rueidis and franz-go, which put into one round trip what waits for it.
type batching struct {
	redis rueidis.Client
	kafka *kgo.Client
}

func newBatching(ctx context.Context, redis string, brokers []string) (clients, error) {
	options, err := rueidis.ParseURL(redis)
	if err != nil {
		return nil, err
	}
	r, err := rueidis.NewClient(options)
	if err != nil {
		return nil, err
	}
	const topic = "plain.batching"
	k, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.DefaultProduceTopic(topic),
		kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ConsumeTopics(topic), kgo.ConsumerGroup(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.DisableAutoCommit())
	if err != nil {
		return nil, err
	}
	_, err = kadm.NewClient(k).CreateTopic(ctx, partitions, 1, nil, topic)
	return batching{r, k}, err
}

func (b batching) put(ctx context.Context, product string, quantity int64) error {
	if err := b.redis.Do(ctx, b.redis.B().Del().Key(users(product)).Build()).Error(); err != nil {
		return err
	}
	return b.redis.Do(ctx, b.redis.B().Set().Key(stock(product)).Value(strconv.FormatInt(quantity, 10)).Build()).Error()
}

var takeBatching = rueidis.NewLuaScript(take)

func (b batching) take(ctx context.Context, product, user string) (int64, error) {
	return takeBatching.Exec(ctx, b.redis, []string{stock(product), users(product)}, []string{user}).AsInt64()
}

func (b batching) produce(ctx context.Context, user string, order []byte) error {
	return b.kafka.ProduceSync(ctx, &kgo.Record{Key: []byte(user), Value: order}).FirstErr()
}

func (b batching) consume(ctx context.Context, w write) error {
	for {
		var orders [][]byte
		fetched := b.kafka.PollRecords(ctx, most)
		for _, r := range fetched.Records() {
			orders = append(orders, r.Value)
		}
		if err := w(ctx, orders); err != nil {
			return err
		}
		if err := b.kafka.CommitRecords(ctx, fetched.Records()...); err != nil {
			return err
		}
	}
}
