package cluster

import (
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"seckill/test/program"
)

// A cluster is the processes of a sale, and where its servers are.
type cluster struct {
	t       testing.TB
	program string
	flags   []string
	shop    func(user string) (token string) // where buyers are known

	mu         sync.Mutex
	apis       []*program.Server
	projectors []*program.Process
}

const (
	sellers    = 2
	projecting = 2
)

// start starts a sale on the servers that flags name, and waits until it sells. It
// is stopped with the test.
func start(t testing.TB, binary string, flags []string) *cluster {
	t.Helper()
	c := launch(t, binary, flags)
	c.await()
	return c
}

// launch starts one that need not find its servers yet.
func launch(t testing.TB, binary string, flags []string) *cluster {
	t.Helper()
	c := &cluster{t: t, program: binary, flags: flags}
	for range projecting {
		c.launchProjector()
	}
	for range sellers {
		c.launchAPI()
	}
	t.Cleanup(c.leave)
	return c
}

func (c *cluster) launchAPI() *program.Server {
	c.t.Helper()
	s := c.join(program.Serve(c.t, c.program, append([]string{"--roles", "api"}, c.flags...)...))
	if s.URL == "" {
		c.t.Fatalf("it ended:\n%s", s.Out.String())
	}
	return s
}

// join makes a server one of those that sell, once it says where it is.
func (c *cluster) join(s *program.Server) *program.Server {
	c.t.Helper()
	s.HTTP.Timeout = time.Minute // longer than any answer takes on the busiest machine
	s.Token = os.Getenv("SECKILL_ADMIN_TOKEN")
	if s.Address(c.t) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.apis = append(c.apis, s)
	}
	return s
}

func (c *cluster) launchProjector() {
	c.t.Helper()
	p := program.Launch(c.t, c.program, append([]string{"serve", "--listen", "127.0.0.1:0", "--roles", "projector"}, c.flags...)...)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.projectors = append(c.projectors, p)
}

// await waits until those that sell are ready.
func (c *cluster) await() {
	c.t.Helper()
	for _, s := range c.apis {
		if s.Running() && !s.Ready(c.t) {
			c.t.Fatalf("it ended before it was ready:\n%s", s.Out.String())
		}
	}
}

// lend has what a trial meets fail that trial.
func (c *cluster) lend(t testing.TB) {
	owner := c.t
	c.t = t
	t.Cleanup(func() { c.t = owner })
}

// all is every process that runs.
func (c *cluster) all() (running []*program.Process) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.apis {
		running = append(running, s.Process)
	}
	running = append(running, c.projectors...)
	n := 0
	for _, p := range running {
		if p.Running() {
			running[n] = p
			n++
		}
	}
	return running[:n]
}

// any is one of those that sell, nil if none runs.
func (c *cluster) any() *program.Server {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range rand.Perm(len(c.apis)) {
		if c.apis[i].Running() {
			return c.apis[i]
		}
	}
	return nil
}

// leave ends all processes, so that those of the next test need not wait for
// their places. What they said is of interest if the test failed.
func (c *cluster) leave() {
	all := c.all()
	for _, p := range all {
		p.Signal(syscall.SIGCONT)
		p.Signal(syscall.SIGTERM)
	}
	for _, p := range all {
		if code := p.Wait(); code != 0 {
			c.t.Errorf("SIGTERM: exit code %d\n%s", code, tail(p.Out.String()))
		}
	}
	if c.t.Failed() {
		for _, s := range c.apis {
			c.t.Logf("a process that sold said:\n%s", tail(s.Out.String()))
		}
		for _, p := range c.projectors {
			c.t.Logf("a projector said:\n%s", tail(p.Out.String()))
		}
	}
}

func tail(said string) string {
	const enough = 4000
	if len(said) > enough {
		said = "…" + said[len(said)-enough:]
	}
	return said
}
