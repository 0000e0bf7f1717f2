package kafkalog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/sale"
)

// rest is how long a cursor is kept that nobody reads on from.
const rest = 5 * time.Second

// A place is where in the topic a cursor stands.
type place struct {
	partition int32
	next      int64
}

// A cursor is a client that reads one partition, from one place on. One Read at a
// time has it.
type cursor struct {
	place
	client *kgo.Client
	expiry *time.Timer
}

// unreadable is why what the topic holds is no record: a sum that is wrong, a cut batch.
type unreadable struct{ error }

// cursors are those that rest.
type cursors struct {
	mu     sync.Mutex
	at     map[place][]*cursor
	closed bool
}

// cursor is one that stands at from: that of whoever read up to there, or a new one.
func (l *Log) cursor(partition int32, from int64) (*cursor, error) {
	at := place{partition, from}
	if c := l.cursors.take(at); c != nil {
		return c, nil
	}
	client, err := kgo.NewClient(l.settings(
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{l.options.Topic: {partition: kgo.NewOffset().At(from)}}),
		kgo.ConsumeResetOffset(kgo.NoResetOffset()), // a place that is not there is told, and never replaced by another
		kgo.KeepControlRecords(),                    // or there would be holes
		kgo.FetchMaxBytes(4<<20),
	)...)
	if err != nil {
		return nil, fmt.Errorf("%w: kafka client: %w", sale.ErrUnavailable, err)
	}
	return &cursor{place: at, client: client}, nil
}

func (s *cursors) take(at place) *cursor {
	s.mu.Lock()
	defer s.mu.Unlock()
	resting := s.at[at]
	if len(resting) == 0 {
		return nil
	}
	c := resting[len(resting)-1]
	s.remove(c)
	return c
}

// put lets a cursor rest where it stands.
func (s *cursors) put(c *cursor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		c.client.Close()
		return
	}
	if s.at == nil {
		s.at = map[place][]*cursor{}
	}
	s.at[c.place] = append(s.at[c.place], c)
	c.expiry = time.AfterFunc(rest, func() { s.expire(c) })
}

func (s *cursors) expire(c *cursor) {
	s.mu.Lock()
	rested := s.remove(c)
	s.mu.Unlock()
	if rested {
		c.client.Close()
	}
}

// remove reports whether c was there. s.mu is held.
func (s *cursors) remove(c *cursor) bool {
	for i, other := range s.at[c.place] {
		if other != c {
			continue
		}
		c.expiry.Stop()
		s.at[c.place] = append(s.at[c.place][:i:i], s.at[c.place][i+1:]...)
		if len(s.at[c.place]) == 0 {
			delete(s.at, c.place)
		}
		return true
	}
	return false
}

func (s *cursors) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, resting := range s.at {
		for _, c := range resting {
			c.expiry.Stop()
			c.client.Close()
		}
	}
	s.at = nil
}

// poll waits for records, ctx or closed, and moves the cursor behind the records.
// It also returns the topic's id, if the broker that had them told it.
func (c *cursor) poll(ctx, closed context.Context, max int) (records []*kgo.Record, topic [16]byte, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(closed, cancel)()
	for len(records) == 0 && err == nil {
		fetches := c.client.PollRecords(ctx, max)
		topic, err = c.judge(fetches)
		records = fetches.Records()
	}
	c.next += int64(len(records))
	return records, topic, err
}

// judge returns what the fetches say besides records.
func (c *cursor) judge(fetches kgo.Fetches) (topic [16]byte, err error) {
	fetches.EachPartition(func(p kgo.FetchTopicPartition) {
		if p.Err != nil {
			err = p.Err
			// The broker has the record, and gave something that is none.
			if p.HighWatermark > c.next && !errors.As(err, new(*kerr.Error)) {
				err = &unreadable{err}
			}
		}
	})
	fetches.EachTopic(func(t kgo.FetchTopic) {
		if t.TopicID != [16]byte{} {
			topic = t.TopicID
		}
	})
	return topic, err
}
