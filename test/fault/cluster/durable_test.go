package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

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

// The test above would see a program that does not wait for Kafka's word, if it went
// on selling: Kafka does not tell it where its records came to be, and by that it is
// found out sooner (rule 16).
func TestAProducerWithoutAcksIsFoundOut(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 1)
	c := start(t, hasty(t, "NoAck"), on.flags())
	s := c.put(3_000)
	s.open(pace)
	for _, api := range c.apis {
		s.eventually("its gates are shut", func() bool { return refuses(api, notTheLog) })
	}
	s.end()
}

// A producer that waits for the leader's word only is found out when that dies
// before it has told the others. As what was lost is missed, its units are sold.
func TestAProducerWithOneAckIsFoundOut(t *testing.T) {
	t.Parallel()
	on := ownServers(t, 3)
	c := start(t, hasty(t, "LeaderAck"), on.flags())
	s := c.sell(6_000)
	killLeaderAlone(s, on)
	s.wantLost()
	s.finish()
}

// hasty builds a program that appends with fewer acks than all.
func hasty(t *testing.T, acks string) string {
	t.Helper()
	return program.Broken(t, "internal/orderlog/kafkalog/kafkalog.go", "kgo.RequiredAcks(kgo.AllISRAcks())",
		"kgo.RequiredAcks(kgo."+acks+"()), kgo.DisableIdempotentWrite()")
}

// wantLost lets nobody come any more and demands that Kafka has lost orders that it
// was given: after a while they are rejected.
func (s *sale) wantLost() {
	s.t.Helper()
	s.close()
	s.follow()
	if s.rejected(time.Now()) == 0 {
		s.t.Error("a producer without all acks lost nothing")
	}
}

// killWithAppends kills Kafka while it has orders that it was given and has not read.
func killWithAppends(c *cluster, on *servers) *sale {
	c.t.Helper()
	s := c.sell(10_000)
	each(on.kafka.Nodes, (*devstack.Node).Freeze)
	s.until("orders are queued", func() bool { return s.queued() >= pace/4 })
	each(on.kafka.Nodes, (*devstack.Node).Kill)
	up(c.t, on.kafka.Nodes...)
	s.goesOn("Kafka killed with appends in its hands")
	return s
}

// What a buyer was told is queued outlives Redis, though all else died that had it,
// and the disk is slow.
func TestQueuedOrdersOutliveRedis(t *testing.T) {
	if lost := killAllThatKnow(t, "appendfsync always", 50*time.Millisecond); lost > 0 {
		t.Errorf("%d of those who were queued did not get their order", lost)
	}
}

// A Redis that answers before it has synced is found out in the same way: while a
// sync lasts it puts its writes off for up to 2 s, and answers. serve warns of it.
// A kill that comes just after such a write loses nothing.
func TestARedisThatAnswersTooEarlyIsFoundOut(t *testing.T) {
	for range 3 {
		if killAllThatKnow(t, "appendfsync everysec", 3*time.Second) > 0 {
			return
		}
	}
	t.Error("no order was lost")
}

// killAllThatKnow kills a Redis whose every sync takes so long, the processes that
// sell and Kafka, which stood still before. It returns how many orders were lost
// whose buyers were told that they are queued.
func killAllThatKnow(t *testing.T, setting string, sync time.Duration) int {
	on := sharedServers(t)
	redis, err := devstack.StartRedis(t.Context(), t.TempDir(), setting)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(redis.Close)
	t.Setenv("SECKILL_WAIT", "200ms") // less than Redis puts writes off
	c := start(t, bin, append([]string{"--redis", redis.URL()}, on.flags()[2:]...))
	if warned := strings.Contains(c.any().Out.String(), setting); warned != (setting != "appendfsync always") {
		t.Errorf("warned of %s: %t", setting, warned)
	}
	s := c.sell(3_000)
	slowDisk(t, redis.Pid(), sync)
	each(on.kafka.Nodes, (*devstack.Node).Freeze)
	queued := s.queued()
	s.until("orders are queued", func() bool { return s.queued() >= queued+pace })
	redis.Kill()
	killed := time.Now()
	for range sellers {
		c.any().Kill()
	}
	each(on.kafka.Nodes, (*devstack.Node).Kill)
	up(t, append(on.kafka.Nodes, redis.Node)...)
	for range sellers {
		c.launchAPI()
	}
	s.isOpenedAgain("all killed that had the queued orders, " + setting)
	s.finish()
	return s.rejected(killed)
}

// slowDisk makes every sync of a process take so long.
func slowDisk(t *testing.T, pid int, sync time.Duration) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIPPED: there is no strace; as root: apt-get install -y strace")
	}
	p := program.Launch(t, strace, "-f", "-o", os.DevNull, "-e", "trace=fsync,fdatasync",
		"-e", fmt.Sprintf("inject=fsync,fdatasync:delay_enter=%d", sync.Microseconds()), "-p", strconv.Itoa(pid))
	if !p.Out.Await("attached") {
		t.Skipf("SKIPPED: strace may not watch a process here (ptrace): %s", p.Out.String())
	}
}
