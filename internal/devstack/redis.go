package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A Redis is one server.
type Redis struct {
	*Node
	port int

	mu       sync.Mutex
	replicas []*Redis
}

// redisSettings are what a sale needs of a Redis: nothing that it answered may
// be lost with the process, and nothing may be evicted. A replica is synced at
// once, and not after waiting for others.
const redisSettings = `appendonly yes
appendfsync always
maxmemory-policy noeviction
save ""
repl-diskless-sync-delay 0
`

// StartRedis starts a Redis in the folder. The settings are lines for its
// configuration, such as "appendfsync everysec", and win over the defaults:
// append-only file, synced before every answer, no eviction, no snapshots.
func StartRedis(ctx context.Context, dir string, settings ...string) (*Redis, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("redis-server: %w", ErrMissing)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	r := &Redis{port: port}
	conf := filepath.Join(dir, "redis.conf")
	r.Node = &Node{
		name:    "Redis",
		dir:     dir,
		command: func() *exec.Cmd { return exec.Command(program, conf) },
		prepare: func(context.Context) error { return nil }, // it makes what it needs
		answers: func(ctx context.Context) error { return r.answers(ctx, "PING", "+PONG") },
		orderly: syscall.SIGTERM,
	}
	// Written once, so that what CONFIG REWRITE leaves there outlasts a restart.
	text := fmt.Sprintf("bind %s\nport %d\ndir %s\n%s%s\n", loopback, port, strconv.Quote(r.Data()), redisSettings, strings.Join(settings, "\n"))
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(conf, []byte(text), 0o600)); err != nil {
		return nil, err
	}
	return r, r.Start(ctx)
}

// URL is where it is.
func (r *Redis) URL() string { return "redis://" + address(r.port) + "/0" }

// Replica starts another Redis that follows this one, also after a restart of
// either, until it is told REPLICAOF NO ONE. It returns once the replica has all
// data, on its disk too. Close of this one ends it as well.
func (r *Redis) Replica(ctx context.Context, dir string, settings ...string) (*Redis, error) {
	replica, err := StartRedis(ctx, dir, append(settings, fmt.Sprintf("replicaof %s %d", loopback, r.port))...)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.replicas = append(r.replicas, replica)
	r.mu.Unlock()
	for replica.answers(ctx, "INFO", "master_link_status:up", "aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0") != nil {
		select {
		case <-ctx.Done():
			replica.Close()
			return nil, fmt.Errorf("waiting for the replica to have all data: %w", context.Cause(ctx))
		case <-time.After(10 * time.Millisecond):
		}
	}
	return replica, nil
}

// Close ends it and its replicas.
func (r *Redis) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, replica := range r.replicas {
		replica.Close()
	}
	r.Stop()
}

// answers sends one command and looks for some texts in the answer.
func (r *Redis) answers(ctx context.Context, command string, want ...string) error {
	got, err := exchange(ctx, r.port, []byte(command+"\r\n"), 64<<10)
	for _, text := range want {
		if err == nil && !strings.Contains(string(got), text) {
			err = fmt.Errorf("%s is answered %q", command, got)
		}
	}
	return err
}
