package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/devstack"
)

// startWithin is how long servers may take to start: longer is a hang.
const startWithin = 2 * time.Minute

// servers are what a sale is kept in.
type servers struct {
	dir      string
	redis    *devstack.Redis
	kafka    *devstack.Kafka
	postgres *devstack.Postgres
}

// shared are the servers of most tests, started by the first of them, with as many brokers as a shop would have.
var shared servers

// sharedServers are up, whatever the test before has done.
func sharedServers(t testing.TB) *servers {
	t.Helper()
	if shared.dir == "" {
		dir, err := os.MkdirTemp("", "seckill-fault-cluster-")
		if err != nil {
			t.Fatal(err)
		}
		shared.start(t, dir, 3)
	}
	each(shared.nodes(), (*devstack.Node).Thaw)
	up(t, shared.nodes()...)
	return &shared
}

// ownServers are a test's own, with more settings for Kafka.
func ownServers(t testing.TB, brokers int, kafka ...string) *servers {
	t.Helper()
	s := &servers{}
	s.start(t, t.TempDir(), brokers, kafka...)
	t.Cleanup(s.close)
	return s
}

func (s *servers) start(t testing.TB, dir string, brokers int, kafka ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	s.dir = dir
	var all errgroup.Group
	all.Go(func() (err error) { s.redis, err = devstack.StartRedis(ctx, s.folder("redis")); return err })
	all.Go(func() (err error) {
		s.kafka, err = devstack.StartKafka(ctx, s.folder("kafka"), brokers, kafka...)
		return err
	})
	all.Go(func() (err error) { s.postgres, err = devstack.StartPostgres(ctx, s.folder("postgres")); return err })
	err := all.Wait()
	switch {
	case errors.Is(err, devstack.ErrMissing):
		s.close()
		t.Skipf("SKIPPED: %v", err)
	case err != nil:
		s.close()
		t.Fatal(err)
	}
}

func (s *servers) folder(name string) string { return filepath.Join(s.dir, name) }

// close ends what was started, also if not all of it was.
func (s *servers) close() {
	if s.redis != nil {
		s.redis.Close()
	}
	if s.kafka != nil {
		s.kafka.Close()
	}
	if s.postgres != nil {
		s.postgres.Close()
	}
	_ = os.RemoveAll(s.dir) // what is left of it is the system's to remove
	*s = servers{}
}

func (s *servers) nodes() []*devstack.Node {
	return append([]*devstack.Node{s.redis.Node, s.postgres.Node}, s.kafka.Nodes...)
}

// flags are those of serve and verify.
func (s *servers) flags() []string {
	return []string{"--redis", s.redis.URL(), "--kafka", s.kafka.Addr(), "--postgres", s.postgres.URL()}
}

// each does something to all of them at once.
func each(nodes []*devstack.Node, do func(*devstack.Node)) {
	var all sync.WaitGroup
	for _, n := range nodes {
		all.Go(func() { do(n) })
	}
	all.Wait()
}

// up starts those that are down, at once: brokers wait for each other.
func up(t testing.TB, nodes ...*devstack.Node) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	var all errgroup.Group
	for _, n := range nodes {
		if n.Pid() == 0 {
			all.Go(func() error { return n.Start(ctx) })
		}
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
}

// wiped is a server that starts again with nothing.
func wiped(t testing.TB, nodes ...*devstack.Node) {
	t.Helper()
	emptied(t, nodes)
	up(t, nodes...)
}

// emptied kills a server, and takes away what it has.
func emptied(t testing.TB, nodes []*devstack.Node) {
	t.Helper()
	each(nodes, (*devstack.Node).Kill)
	for _, n := range nodes {
		if err := n.Wipe(); err != nil {
			t.Fatal(err)
		}
	}
}

// copied copies what a server has; back has it start with that.
func copied(t testing.TB, nodes ...*devstack.Node) (back func()) {
	t.Helper()
	dirs := make([]string, len(nodes))
	each(nodes, (*devstack.Node).Kill)
	for i, n := range nodes {
		dirs[i] = t.TempDir()
		if err := os.CopyFS(dirs[i], os.DirFS(n.Data())); err != nil {
			t.Fatal(err)
		}
	}
	up(t, nodes...)
	return func() {
		t.Helper()
		emptied(t, nodes)
		for i, n := range nodes {
			if err := os.CopyFS(n.Data(), os.DirFS(dirs[i])); err != nil {
				t.Fatal(err)
			}
		}
		up(t, nodes...)
	}
}
