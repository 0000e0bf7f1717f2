package cluster

import (
	"strings"
	"syscall"
	"testing"

	"seckill/internal/devstack"
)

// Those that sell are told to end while Kafka is away, and end well: what it has
// not taken is in the outbox, of which they tell, and is placed by those who come
// after them.
func TestTermWhileKafkaIsAway(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	s := c.sell(3_000)
	each(on.kafka.Nodes, (*devstack.Node).Kill)
	s.until("orders are queued", func() bool { return s.queued() >= pace })
	for _, api := range c.apis {
		api.Signal(syscall.SIGTERM)
	}
	for _, api := range c.apis {
		code, said := api.Wait(), api.Out.String()
		if code != 0 || !strings.Contains(said, "left in the outbox") {
			t.Errorf("exit code %d:\n%s", code, tail(said))
		}
	}
	up(t, on.kafka.Nodes...)
	for range sellers {
		c.launchAPI()
	}
	c.await()
	s.isOpenedAgain("SIGTERM while Kafka was away")
	s.finish()
	s.noneRejected()
}
