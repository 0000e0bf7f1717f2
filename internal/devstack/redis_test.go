//go:build unix

package devstack

import (
	"strings"
	"testing"
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
