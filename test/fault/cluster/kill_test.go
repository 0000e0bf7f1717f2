package cluster

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"seckill/internal/devstack"
)

// Each process and each server is killed in turn, in the middle of one sale, and
// started again; and then all of them at once, started again in any order.
func TestKillsUnderLoad(t *testing.T) {
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	s := c.sell(20_000)
	revive := map[string]func(){
		"API":       func() { c.launchAPI() },
		"projector": func() { c.launchProjector() },
		"Redis":     func() { up(t, on.redis.Node) },
		"Kafka":     func() { up(t, on.kafka.Nodes...) },
		"Postgres":  func() { up(t, on.postgres.Node) },
	}
	kill := map[string]func(){
		"API":       func() { c.any().Kill() },
		"projector": func() { c.projectors[len(c.projectors)-1].Kill() },
		"Redis":     on.redis.Kill,
		"Kafka":     func() { each(on.kafka.Nodes, (*devstack.Node).Kill) },
		"Postgres":  on.postgres.Kill,
	}
	for _, what := range []string{"API", "projector", "Redis", "Kafka", "Postgres"} {
		s.sold(pace)
		kill[what]()
		revive[what]()
		s.goesOn(what + " killed")
	}
	s.sold(pace)
	var all sync.WaitGroup
	for _, n := range on.nodes() {
		all.Go(n.Kill)
	}
	for _, p := range c.all() {
		all.Go(p.Kill)
	}
	all.Wait()
	order := []string{"API", "API", "projector", "projector", "Redis", "Kafka", "Postgres"}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	t.Logf("started again: %s", strings.Join(order, ", "))
	for _, what := range order {
		revive[what]()
	}
	s.isOpenedAgain("all killed at once")
	s.finish()
}
