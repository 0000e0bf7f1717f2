//go:build unix

package devstack

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func startRedis(t *testing.T, settings ...string) *Redis {
	t.Helper()
	r, err := StartRedis(t.Context(), t.TempDir(), settings...)
	skipMissing(t, err)
	t.Cleanup(r.Close)
	return r
}

// ask sends one command and fails unless the answer begins as wanted.
func (r *Redis) ask(t *testing.T, command, want string) {
	t.Helper()
	got, err := exchange(t.Context(), r.port, []byte(command+"\r\n"), 4<<10)
	if err != nil || !strings.HasPrefix(string(got), want) {
		t.Fatalf("%s: %q, %v; want %q", command, got, err, want)
	}
}

func TestRedisKeepsItsPromisesAboutANode(t *testing.T) {
	r := startRedis(t)
	exerciseNode(t, r.Node, r.Close, subject{
		put:  func(t *testing.T) { r.ask(t, "SET k v", "+OK") },
		has:  func(t *testing.T) { r.ask(t, "GET k", "$1\r\nv") },
		lost: func(t *testing.T) { r.ask(t, "GET k", "$-1") },
	})
}

func TestRedisIsSafeUnlessToldOtherwise(t *testing.T) {
	safe, told := startRedis(t), startRedis(t, "appendfsync everysec", "maxmemory 100mb")
	for _, c := range []struct {
		of         *Redis
		name, want string
	}{
		{safe, "appendonly", "yes"},
		{safe, "appendfsync", "always"},
		{safe, "maxmemory-policy", "noeviction"},
		{safe, "save", ""},
		{safe, "bind", "127.0.0.1"},
		{told, "appendfsync", "everysec"},
		{told, "maxmemory", "104857600"},
		{told, "appendonly", "yes"},
	} {
		if err := c.of.answers(t.Context(), "CONFIG GET "+c.name, "\r\n"+c.want+"\r\n"); err != nil {
			t.Error(err)
		}
	}
}

func TestAReplicaFollowsAndIsPromoted(t *testing.T) {
	r := startRedis(t)
	r.ask(t, "SET k v", "+OK")
	replica, err := r.Replica(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	replica.ask(t, "GET k", "$1\r\nv")
	replica.ask(t, "SET k w", "-READONLY")
	r.Kill()
	replica.ask(t, "REPLICAOF NO ONE", "+OK")
	replica.ask(t, "SET k w", "+OK")
	r.Close()
	if replica.Pid() != 0 {
		t.Error("the replica outlived its primary's Close")
	}
}

func TestARedisThatCannotStartSaysWhy(t *testing.T) {
	_, err := StartRedis(t.Context(), t.TempDir(), "no-such-setting yes")
	if err == nil || !strings.Contains(err.Error(), "no-such-setting") {
		skipMissing(t, err)
		t.Fatalf("got %v", err)
	}
}

// Each master has a third of the slots, and when it is killed, its replica has them.
// The port of a cluster's nodes among themselves is ten thousand above the other one, unless
// it is said: where connections get theirs, so that it was taken now and then.
func TestThePortOfNodesAmongThemselvesIsNoConnections(t *testing.T) {
	r, err := newRedis(t.TempDir(), "", clusterEnabled)
	skipMissing(t, err)
	if conf, err := os.ReadFile(filepath.Join(r.dir, "redis.conf")); err != nil || !strings.Contains(string(conf), fmt.Sprintf("cluster-port %d\n", r.bus)) || r.bus >= 32_000 {
		t.Errorf("%v; port %d in %s", err, r.bus, conf)
	}
}

func TestARedisClusterReplacesAMaster(t *testing.T) {
	c, err := StartRedisCluster(t.Context(), t.TempDir())
	skipMissing(t, err)
	t.Cleanup(c.Close)
	ok := func(r *Redis, command, want string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := eventually(ctx, func() error { return r.answers(ctx, command, want) }); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range c.Masters {
		m.ask(t, "CLUSTER COUNTKEYSINSLOT 0", ":0")
		if err := c.Replicas[i].answers(t.Context(), "INFO replication", fmt.Sprintf("master_port:%d\r", m.port)); err != nil {
			t.Error(err)
		}
	}
	c.Masters[0].ask(t, "SET {06S}k v", "+OK") // slot 0
	ok(c.Replicas[0], "READONLY\r\nGET {06S}k", "$1\r\nv")
	c.Masters[1].ask(t, "GET {06S}k", "-MOVED 0 ")
	c.Masters[0].Kill()
	ok(c.Replicas[0], "GET {06S}k", "$1\r\nv")
	restart(t, c.Masters[0].Node)
	ok(c.Masters[0], "INFO replication", fmt.Sprintf("master_port:%d\r", c.Replicas[0].port))
}

// A replica becomes the primary when that is killed, with passwords or without.
func TestSentinelsReplaceThePrimary(t *testing.T) {

	for _, o := range []SentinelOptions{{}, {Password: "secret", SentinelPassword: "other"}} {
		s, err := StartSentinel(t.Context(), t.TempDir(), o)
		skipMissing(t, err)
		t.Cleanup(s.Close)
		s.Primary.Kill()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := eventually(ctx, func() error { return s.Replica.answers(ctx, "INFO replication", "role:master") }); err != nil {
			t.Fatal(err)
		}
	}
}
