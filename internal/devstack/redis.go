package devstack

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A Redis is one server.
type Redis struct {
	*Node
	port     int
	bus      int // of a Redis Cluster: for the nodes among themselves
	password string

	mu       sync.Mutex
	replicas []*Redis
}

// clusterEnabled is the setting of a node of a Redis Cluster.
const clusterEnabled = "cluster-enabled yes"

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
	r, err := newRedis(dir, "", settings...)
	if err != nil {
		return nil, err
	}
	return r, r.Start(ctx)
}

// newRedis is one that is down, and asks for a password, if it is not empty.
func newRedis(dir, password string, settings ...string) (*Redis, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	r := &Redis{port: port, password: password}
	if slices.Contains(settings, clusterEnabled) { // else ten thousand above port, which a connection may have got
		if r.bus, err = freePort(); err != nil {
			return nil, err
		}
		settings = append(settings, fmt.Sprintf("cluster-port %d", r.bus))
	}
	if password != "" {
		settings = append(settings, "requirepass "+password, "masterauth "+password)
	}
	r.Node, err = redisNode("Redis", dir, port, redisSettings+strings.Join(settings, "\n"))
	if err == nil {
		r.Node.answers = func(ctx context.Context) error { return r.answers(ctx, "PING", "+PONG") }
	}
	return r, err
}

// redisNode is the node of a redis-server with these settings, and what more it is told.
func redisNode(name, dir string, port int, settings string, more ...string) (*Node, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("redis-server: %w", ErrMissing)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	conf := filepath.Join(dir, "redis.conf")
	n := &Node{
		name:    name,
		dir:     dir,
		command: func() *exec.Cmd { return exec.Command(program, append([]string{conf}, more...)...) },
		prepare: func(context.Context) error { return nil }, // it makes what it needs
		orderly: syscall.SIGTERM,
	}
	// Written once, so that what it writes there itself outlasts a restart.
	text := fmt.Sprintf("bind %s\nport %d\ndir %s\n%s\n", loopback, port, strconv.Quote(n.Data()), settings)
	return n, errors.Join(os.MkdirAll(n.Data(), 0o700), os.WriteFile(conf, []byte(text), 0o600))
}

// URL is where it is.
func (r *Redis) URL() string {
	at := url.URL{Scheme: "redis", Host: address(r.port), Path: "/0"}
	if r.password != "" {
		at.User = url.UserPassword("", r.password)
	}
	return at.String()
}

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
	if err := replica.follows(ctx); err != nil {
		replica.Close()
		return nil, err
	}
	return replica, nil
}

// follows waits until a replica has all data, on its disk too.
func (r *Redis) follows(ctx context.Context) error {
	err := eventually(ctx, func() error {
		return r.answers(ctx, "INFO", "master_link_status:up", "aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0")
	})
	if err != nil {
		return fmt.Errorf("waiting for the replica to have all data: %w", err)
	}
	return nil
}

// eventually tries again and again until that has worked.
func eventually(ctx context.Context, try func() error) error {
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; the last answer: %w", context.Cause(ctx), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
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
	got, err := redisSays(ctx, r.port, r.password, command)
	for _, text := range want {
		if err == nil && !strings.Contains(got, text) {
			err = fmt.Errorf("%s is answered %q", command, got)
		}
	}
	return err
}

// redisSays is what a redis-server answers to a command, after a password, if it is not empty.
func redisSays(ctx context.Context, port int, password, command string) (string, error) {
	if password != "" {
		command = "AUTH " + password + "\r\n" + command
	}
	got, err := exchange(ctx, port, []byte(command+"\r\n"), 64<<10)
	return string(got), err
}
