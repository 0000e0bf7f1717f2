package cluster

import (
	"strings"
	"testing"

	"seckill/internal/devstack"
	"seckill/test/program"
)

// What Kafka had not written when it was killed is appended again.
func TestKafkaKilledWithAppendsInItsHands(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	s := killWithAppends(c, on)
	if rejected := s.finish(); rejected > 0 {
		t.Errorf("%d of those who were queued did not get their order", rejected)
	}
}

// The test above would see a program that does not wait for Kafka's word: units
// are gone that no order holds.
func TestAProducerWithoutAcksIsFoundOut(t *testing.T) {
	hasty := program.Broken(t, "internal/orderlog/kafkalog/kafkalog.go", "kgo.RequiredAcks(kgo.AllISRAcks())",
		"kgo.RequiredAcks(kgo.NoAck()), kgo.DisableIdempotentWrite()")
	on := ownServers(t, 1)
	c := start(t, hasty, on.flags())
	s := killWithAppends(c, on)
	s.close()
	if found := most(judged(t, c)); !strings.Contains(found, "FINDING") {
		t.Errorf("a producer without acks was found to do nothing worse than: %s", found)
	} else {
		t.Log(found)
	}
}

// killWithAppends kills Kafka while it has orders that it was given and has not read.
func killWithAppends(c *cluster, on *servers) *sale {
	c.t.Helper()
	s := c.sell(3_000)
	on.kafka.Nodes[0].Freeze()
	s.until("orders are queued", func() bool { return s.queued() >= pace/4 })
	on.kafka.Nodes[0].Kill()
	up(c.t, on.kafka.Nodes[0])
	s.goesOn("Kafka killed with appends in its hands")
	return s
}

// A Redis that answers before it has synced may lose what it answered only with
// the machine, or while a sync lasts: no test can bring that about in a time that
// is bounded. So it has to be told.
func TestARedisThatAnswersTooEarlyIsToldOf(t *testing.T) {
	on := sharedServers(t)
	hasty, err := devstack.StartRedis(t.Context(), t.TempDir(), "appendfsync everysec")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hasty.Close)
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--roles", "projector", "--redis", hasty.URL()}, on.flags()[2:]...)
	p := program.Launch(t, bin, args...)
	if !p.Out.Await("appendfsync everysec") {
		t.Errorf("it did not warn:\n%s", p.Out.String())
	}
}
