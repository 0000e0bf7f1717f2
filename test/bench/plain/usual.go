package main

import (
	"context"

	"github.com/IBM/sarama"
	"github.com/redis/go-redis/v9"
)

// usual is go-redis and sarama's SyncProducer as they come, which is what flash
// sales in Go are mostly built of: docs/decisions/0013-plain-handler.md. What is
// set is acks of all, and what a consumer group of a new topic needs.
type usual struct {
	redis    *redis.Client
	producer sarama.SyncProducer
	group    sarama.ConsumerGroup
}

const usualTopic = "plain.usual"

func newUsual(_ context.Context, url string, brokers []string) (clients, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	config := sarama.NewConfig()
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Return.Successes = true // a SyncProducer asks for it
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	admin, err := sarama.NewClusterAdmin(brokers, config)
	if err != nil {
		return nil, err
	}
	if err := admin.CreateTopic(usualTopic, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1}, false); err != nil {
		return nil, err
	}
	producer, err := sarama.NewSyncProducer(brokers, config)
	if err != nil {
		return nil, err
	}
	group, err := sarama.NewConsumerGroup(brokers, usualTopic, config)
	return usual{redis.NewClient(options), producer, group}, err
}

func (u usual) put(ctx context.Context, product string, quantity int64) error {
	if err := u.redis.Del(ctx, users(product)).Err(); err != nil {
		return err
	}
	return u.redis.Set(ctx, stock(product), quantity, 0).Err()
}

var takeUsual = redis.NewScript(take)

func (u usual) take(ctx context.Context, product, user string) (int64, error) {
	return takeUsual.Run(ctx, u.redis, []string{stock(product), users(product)}, user).Int64()
}

func (u usual) produce(_ context.Context, user string, order []byte) error {
	_, _, err := u.producer.SendMessage(&sarama.ProducerMessage{
		Topic: usualTopic, Key: sarama.StringEncoder(user), Value: sarama.ByteEncoder(order)})
	return err
}

func (u usual) consume(ctx context.Context, w write) error {
	for { // a session ends when partitions move
		if err := u.group.Consume(ctx, []string{usualTopic}, claims(w)); err != nil {
			return err
		}
	}
}

// claims writes what each partition has, and marks it for the commit.
type claims write

func (claims) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (claims) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (w claims) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for m := range claim.Messages() {
		orders := [][]byte{m.Value}
		for len(claim.Messages()) > 0 && len(orders) < most {
			m = <-claim.Messages()
			orders = append(orders, m.Value)
		}
		if err := w(session.Context(), orders); err != nil {
			return err
		}
		session.MarkMessage(m, "")
	}
	return nil
}
