package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"seckill/internal/devstack"
	"seckill/test/ledger"
	"seckill/test/program"
)

// shards are a Redis Cluster of the test's own, and the flags of a sale on it, beside
// other servers that have no products yet.
func shards(t testing.TB) (*devstack.RedisCluster, []string) {
	t.Helper()
	on := ownServers(t, 1)
	r, err := devstack.StartRedisCluster(t.Context(), t.TempDir())
	if errors.Is(err, devstack.ErrMissing) {
		t.Skipf("SKIPPED: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r, append([]string{"--redis", r.URL()}, on.flags()[2:]...)
}

// putOn puts a new product on sale whose gate is in a shard.
func (c *cluster) putOn(r *devstack.RedisCluster, shard, quantity int, terms string) *sale {
	c.t.Helper()
	s := c.newSale(quantity)
	for slotOf(s, r)*devstack.Shards/devstack.Slots != shard {
		s = c.newSale(quantity)
	}
	c.any().Put(c.t, s.product, fmt.Sprintf(`{"quantity":%d%s}`, quantity, terms))
	return s
}

// slotOf is the slot of a product's keys, as any node tells it.
func slotOf(s *sale, r *devstack.RedisCluster) (slot int) {
	s.t.Helper()
	for _, node := range append(r.Masters[:], r.Replicas[:]...) {
		if node.Pid() == 0 {
			continue
		}
		said := answerOf(s.t, node, "CLUSTER KEYSLOT {"+s.product+"}")
		if _, err := fmt.Sscanf(said, ":%d", &slot); err != nil {
			s.t.Fatalf("%q: %v", said, err)
		}
		return slot
	}
	s.t.Fatal("no node is up")
	return 0
}

// A shard is a master and its replica, whichever of the two is which just now.
type shard struct{ master, replica *devstack.Redis }

// shardOf waits until one of the two nodes is the other's master.
func shardOf(t testing.TB, r *devstack.RedisCluster, n int) (s shard) {
	t.Helper()
	nodes := []*devstack.Redis{r.Masters[n], r.Replicas[n]}
	for began := time.Now(); ; <-time.After(50 * time.Millisecond) {
		for i, node := range nodes {
			if strings.Contains(answerOf(t, node, "INFO replication"), "master_link_status:up") {
				return shard{nodes[1-i], node}
			}
		}
		if time.Since(began) > patience {
			t.Fatal("neither node follows the other")
		}
	}
}

func (s shard) nodes() []*devstack.Redis { return []*devstack.Redis{s.replica, s.master} }

// unavailable are the products that a process says it cannot sell. It has to answer.
func unavailable(t testing.TB, s *program.Server) []string {
	t.Helper()
	asked := time.Now()
	a, err := s.Get("/readyz")
	var health struct {
		Unavailable struct {
			Products int
			First    []string
		}
	}
	if err == nil && a.Status == 200 {
		err = json.Unmarshal([]byte(a.Body), &health)
	}
	if err != nil || health.Unavailable.Products != len(health.Unavailable.First) {
		t.Fatalf("after %v /readyz says %v, %v", time.Since(asked), a, err)
	}
	return health.Unavailable.First
}

// isUnavailable waits until a process says so of this product, and of no other of those given.
func (s *sale) isUnavailable(at *program.Server, others ...*sale) {
	s.t.Helper()
	s.eventually("/readyz names "+s.product+" alone", func() bool {
		named := unavailable(s.t, at)
		return slices.Contains(named, s.product) &&
			!slices.ContainsFunc(others, func(o *sale) bool { return slices.Contains(named, o.product) })
	})
}

// A product's keys go to another node one after the other while it is sold, and back.
func TestASlotMovesUnderSale(t *testing.T) {
	t.Parallel()
	r, flags := shards(t)
	c := start(t, bin, flags)
	s := c.putOn(r, 0, 4_000, "")
	s.open(pace)
	s.sold(pace)
	for _, to := range []int{1, 0} {
		move(s, r, r.Masters[1-to], r.Masters[to])
		s.goesOn("the product's slot moved to another node")
		s.sold(pace)
	}
	s.finish()
}

// move moves a product's slot from one node to another.
func move(s *sale, r *devstack.RedisCluster, from, to *devstack.Redis) {
	s.t.Helper()
	slot := fmt.Sprint(slotOf(s, r))
	id := func(r *devstack.Redis) string { return strings.Fields(answerOf(s.t, r, "CLUSTER MYID"))[1] }
	host, port, _ := strings.Cut(addressOf(to), ":")
	tell(s.t, to, "CLUSTER SETSLOT "+slot+" IMPORTING "+id(from), "+OK")
	tell(s.t, from, "CLUSTER SETSLOT "+slot+" MIGRATING "+id(to), "+OK")
	for {
		keys := strings.Fields(answerOf(s.t, from, "CLUSTER GETKEYSINSLOT "+slot+" 1"))
		if keys[0] == "*0" {
			break
		}
		tell(s.t, from, "MIGRATE "+host+" "+port+" "+keys[2]+" 0 10000", "+")
		<-time.After(100 * time.Millisecond) // in which buyers come
	}
	for _, node := range []*devstack.Redis{to, from} {
		tell(s.t, node, "CLUSTER SETSLOT "+slot+" NODE "+id(to), "+OK")
	}
}

// While a shard of Redis Cluster is gone, its own products are named, and are all
// that cannot be bought. They can again when it is back, or its replica has taken over,
// also if that lacks orders.
func TestAShardIsKilled(t *testing.T) {
	t.Parallel()
	r, flags := shards(t)
	c := start(t, bin, flags)
	ledger.Trials(t, "shard killed", len(shardDeaths), func(t *ledger.Trial) {
		death, n := shardDeaths[t.Seed%uint64(len(shardDeaths))], t.IntN(devstack.Shards)
		t.Point = death.name
		of := shardOf(t, r, n)
		c.lend(t)
		other := c.putOn(r, (n+1+t.IntN(devstack.Shards-1))%devstack.Shards, 3_000, "")
		other.open(pace / 2)
		s := c.putOn(r, n, 3_000, "")
		s.open(pace)
		s.sold(1 + t.IntN(50))
		death.harm(t, s, other, of)
		s.heals(t, time.Now())
		for _, node := range of.nodes() {
			up(t, node.Node)
		}
		s.conclude(t)
		other.conclude(t)
		s.remove() // or in the end more products are unavailable than are named
		other.remove()
	})
}

var shardDeaths = []struct {
	name string
	harm func(t *ledger.Trial, s, other *sale, of shard)
}{
	{"with its replica", func(t *ledger.Trial, s, other *sale, of shard) {
		for _, node := range of.nodes() {
			node.Kill()
		}
		s.isUnavailable(s.c.any(), other)
		other.sold(pace / 2)
		for _, node := range of.nodes() {
			up(t, node.Node)
		}
	}},
	{"the master alone", func(_ *ledger.Trial, _, other *sale, of shard) {
		of.master.Kill()
		other.sold(pace / 2)
	}},
	{"the master alone, of whose orders its replica lacks some", func(t *ledger.Trial, s, other *sale, of shard) {
		of.replica.Freeze()
		tell(t, of.master, "CLIENT KILL TYPE replica", ":1")
		s.sold(1 + t.IntN(pace/2)) // of which the replica hears nothing
		of.master.Kill()
		of.replica.Thaw()
		other.sold(pace / 2)
	}},
}

// Processes start while a shard is gone, and sell the products of the others.
func TestAShardIsGoneAtTheStart(t *testing.T) {
	t.Parallel()
	r, flags := shards(t)
	c := start(t, bin, flags)
	gone, other := c.putOn(r, 0, 500, ""), c.putOn(r, 1, 2_000, "")
	c.leave()
	of := shardOf(t, r, 0)
	for _, node := range of.nodes() {
		node.Kill()
	}
	again := start(t, bin, flags)
	gone.c, other.c = again, again
	other.open(pace)
	other.sold(pace)
	for _, api := range again.apis {
		gone.isUnavailable(api, other)
	}
	for _, node := range of.nodes() {
		up(t, node.Node)
	}
	gone.open(pace)
	gone.goesOn("a shard that was gone at the start is back")
	gone.finish()
	other.finish()
}

// A shard takes what it is sent, and answers nothing. On the others all goes on: orders
// expire and their units are sold again, a gate that is lost is opened anew, what a
// dead process has left in an outbox is appended, and who asks for an order that is
// not there is told so.
func TestAShardThatAnswersNothing(t *testing.T) {
	t.Parallel()
	r, flags := shards(t)
	c := start(t, bin, flags)
	held, other := c.putOn(r, 0, 3_000, ""), c.putOn(r, 1, 3_000, "")
	bills := c.putOn(r, 2, pace/2, `,"payment_window":"10s"`)
	held.open(slow)
	other.open(pace)
	held.sold(slow)
	of := shardOf(t, r, 0)
	for _, node := range of.nodes() {
		node.Freeze()
	}
	held.isUnavailable(c.any(), other, bills)
	bills.open(slow)
	bills.sold(bills.quantity + pace/4) // more than there are units: some have come back
	bills.close()
	tell(t, shardOf(t, r, 1).master, "FLUSHALL", "+OK")
	other.goesOn("FLUSHALL while another shard answered nothing")
	c.apis[0].Kill()
	c.launchAPI()
	other.goesOn("a process killed while a shard answered nothing")
	other.eventually("who asks for an order that is not there is told so", func() bool {
		a, err := c.any().Get("/api/orders/01900000-0000-7000-8000-000000000000")
		return err == nil && a.Status == 404
	})
	other.close()
	other.sellOut()
	other.follow()
	for _, node := range of.nodes() {
		node.Thaw()
	}
	held.goesOn("a shard that answered nothing")
	held.finish()
	other.finish() // the judge asks every gate
}
