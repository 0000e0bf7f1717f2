package cluster

import (
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"seckill/internal/devstack"
)

// Kafka and Postgres are new, and Redis is kept: its gates, and what their outboxes
// hold, are another store's.
func TestRedisOfAnotherStore(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 1)
	c := start(t, bin, on.flags())
	s := c.put(20)
	s.reopen(5)
	each(on.kafka.Nodes, (*devstack.Node).Kill)
	left, err := c.any().Buy(s.product, "left-behind", "")
	if err != nil || left.Status != 202 {
		t.Fatalf("with no log a buy was answered %v, %v", left, err)
	}
	for _, p := range c.all() {
		p.Kill() // the order is in the outbox, and in no log
	}
	wiped(t, append(on.kafka.Nodes, on.postgres.Node)...)

	s.c = start(t, bin, on.flags())
	if a, err := s.c.any().Buy(s.product, "too-early", ""); err != nil || a.Status != 404 {
		t.Errorf("of a product that was never put a buy was answered %v, %v", a, err)
	}
	s.c.any().Put(t, s.product, fmt.Sprintf(`{"quantity":%d}`, s.quantity))
	s.open(pace)
	s.sold(1)
	s.finish()
	if lines := s.lines(on); strings.Contains(lines, "left-behind") {
		t.Errorf("another store's order is in the log:\n%s", lines)
	}
}

// Kafka and Postgres are put back to copies that were made at one time, and Redis is
// kept: its gates are ahead of the tables, and one is of a product that these do not have.
func TestLogAndTablesPutBack(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 1)
	c := start(t, bin, on.flags())
	s := c.put(200)
	s.open(pace)
	s.sold(20)
	s.close()
	c.leave()
	back := copied(t, append(on.kafka.Nodes, on.postgres.Node)...)

	c = start(t, bin, on.flags())
	s.c = c
	s.reopen(4)
	unknown := c.put(10)
	for _, of := range []*sale{s, unknown} {
		if a, err := place(t, c.any(), of.product, "afterwards", ""); err != nil || a.Status != 201 {
			t.Fatalf("a buy was answered %v, %v", a, err)
		}
	}
	c.leave()
	back()

	c = start(t, bin, on.flags())
	if a, err := c.any().Buy(unknown.product, "too-early", ""); err != nil || a.Status != 404 {
		t.Errorf("of a product that is not there a buy was answered %v, %v", a, err)
	}
	c.any().Put(t, unknown.product, `{"quantity":10}`)
	for _, of := range []*sale{s, unknown} {
		of.c = c
		of.open(pace)
		of.sold(1)
		of.finish()
	}
}

// reopen has the gate opened so many times more.
func (s *sale) reopen(times int) {
	s.t.Helper()
	for range times {
		s.c.any().Put(s.t, s.product, fmt.Sprintf(`{"quantity":%d}`, s.quantity))
	}
}

// lines is all that the product's partition holds, as far as it was folded.
func (s *sale) lines(on *servers) string {
	s.t.Helper()
	partition, end := s.partition(on), int64(0)
	s.ask1(on, &end, `SELECT next FROM seckill_position JOIN seckill_product USING (partition) WHERE id = $1`)
	client := plainClient(s.t, on, kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {partition: kgo.NewOffset().AtStart()}}))
	var all strings.Builder
	for last := int64(-1); last+1 < end; {
		client.PollFetches(s.t.Context()).EachRecord(func(r *kgo.Record) {
			last = r.Offset
			fmt.Fprintf(&all, "%s\n", r.Value)
		})
		if err := s.t.Context().Err(); err != nil {
			s.t.Fatal(err)
		}
	}
	return all.String()
}
