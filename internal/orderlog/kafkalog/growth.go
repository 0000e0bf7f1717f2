package kafkalog

import (
	"context"
	"time"
)

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
