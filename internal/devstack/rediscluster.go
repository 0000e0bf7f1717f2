package devstack

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Shards is how many masters a Redis Cluster has, and Slots how many slots these share.
const (
	Shards = 3
	Slots  = 16384
)

// clusterSettings: a master that is silent for two seconds is replaced. If one is gone
// with its replica, the others go on.
const clusterSettings = `cluster-node-timeout 2000
cluster-require-full-coverage no
maxmemory 256mb`

// A RedisCluster is three masters, each with a third of the slots, and a replica of
// each, which becomes the master if that is away, and the master then its replica.
type RedisCluster struct {
	Masters, Replicas [Shards]*Redis // as they were at the start
}

// StartRedisCluster starts one in a folder that was not used before. The settings are lines for each node's
// configuration, as with StartRedis.
func StartRedisCluster(ctx context.Context, dir string, settings ...string) (*RedisCluster, error) {
	c := &RedisCluster{}
	all, within := errgroup.WithContext(ctx)
	for role, nodes := range map[string]*[Shards]*Redis{"master": &c.Masters, "replica": &c.Replicas} {
		for i := range nodes {
			with := append([]string{clusterEnabled, clusterSettings}, settings...)
			var err error
			if nodes[i], err = newRedis(filepath.Join(dir, fmt.Sprintf("%s-%d", role, i)), "", with...); err != nil {
				return nil, err
			}
			all.Go(func() error { return nodes[i].Start(within) })
		}
	}
	err := all.Wait()
	if err == nil {
		err = c.join(ctx)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// join makes a cluster of the nodes.
func (c *RedisCluster) join(ctx context.Context) error {
	var errs []error
	tell := func(r *Redis, command string) { errs = append(errs, r.answers(ctx, command, "+OK")) }
	for i, m := range c.Masters {
		tell(m, fmt.Sprintf("CLUSTER SET-CONFIG-EPOCH %d", i+1)) // or they argue about it
		tell(m, fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d %d", i*Slots/Shards, (i+1)*Slots/Shards-1))
	}
	for _, r := range c.nodes()[1:] {
		tell(r, fmt.Sprintf("CLUSTER MEET %s %d %d", loopback, c.Masters[0].port, c.Masters[0].bus))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	whole := func(also ...string) error {
		want := append(also, "cluster_state:ok", fmt.Sprintf("cluster_slots_ok:%d", Slots), fmt.Sprintf("cluster_known_nodes:%d", 2*Shards))
		for _, r := range c.nodes() {
			if err := eventually(ctx, func() error { return r.answers(ctx, "CLUSTER INFO", want...) }); err != nil {
				return fmt.Errorf("waiting for the cluster to come together: %w", err)
			}
		}
		return nil
	}
	if err := whole(); err != nil {
		return err
	}
	for i, r := range c.Replicas {
		id, err := redisSays(ctx, c.Masters[i].port, "", "CLUSTER MYID")
		if err != nil {
			return err
		}
		tell(r, "CLUSTER REPLICATE "+strings.Fields(id)[1]) // behind its length
		if err := errors.Join(errors.Join(errs...), r.follows(ctx)); err != nil {
			return err
		}
	}
	return whole()
}

func (c *RedisCluster) nodes() []*Redis { return append(c.Masters[:], c.Replicas[:]...) }

// Nodes are all of them.
func (c *RedisCluster) Nodes() (all []*Node) {
	for _, r := range c.nodes() {
		all = append(all, r.Node)
	}
	return all
}

// URL names every master and replica, so that any that is there leads to the others.
func (c *RedisCluster) URL() string {
	var others []string
	for _, r := range c.nodes()[1:] {
		others = append(others, "addr="+address(r.port))
	}
	return "redis://" + address(c.Masters[0].port) + "/0?" + strings.Join(others, "&")
}

// Close ends all nodes.
func (c *RedisCluster) Close() {
	for _, r := range c.nodes() {
		if r != nil {
			r.Kill() // at once: a replica need not take over
		}
	}
}
