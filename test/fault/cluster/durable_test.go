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
	s.finish()
	s.noneRejected()
}

// The test above would see a program that does not wait for Kafka's word: units
// are gone that no order holds.
func TestAProducerWithoutAcksIsFoundOut(t *testing.T) {
	on := ownServers(t, 1)
	killWithAppends(start(t, hasty(t, "NoAck"), on.flags()), on).wantLost()
}

// A producer that waits for the leader's word only is found out where that dies
// before it has told the others.
func TestAProducerWithOneAckIsFoundOut(t *testing.T) {
	on := ownServers(t, 3)
	c := start(t, hasty(t, "LeaderAck"), on.flags())
	s := c.sell(3_000)
	killLeaderAlone(s, on)
	s.wantLost()
}

// hasty builds a program that appends with fewer acks than all.
func hasty(t *testing.T, acks string) string {
	t.Helper()
	return program.Broken(t, "internal/orderlog/kafkalog/kafkalog.go", "kgo.RequiredAcks(kgo.AllISRAcks())",
		"kgo.RequiredAcks(kgo."+acks+"()), kgo.DisableIdempotentWrite()")
}

// wantLost lets nobody come any more and demands that the judge misses orders.
func (s *sale) wantLost() {
	s.t.Helper()
	s.close()
	const missing = "an admitted order is neither in the log nor in the outbox"
	if found := most(judged(s.t, s.c)); !strings.Contains(found, missing) {
		s.t.Errorf("a producer without all acks was found to do nothing worse than: %s", found)
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

// A Redis that answers before it has synced may lose what it answered with the
// machine, or while a sync lasts. No test here brings that about: this one holds
// that serve tells of it.
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
