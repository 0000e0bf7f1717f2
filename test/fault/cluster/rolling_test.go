package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"seckill/internal/devstack/devtest"
	"seckill/test/program"
)

// An nginx is the front that ships, before two processes.
type nginx struct {
	*program.Process
	t    *testing.T
	dir  string
	at   string // where it listens
	apis map[string]string
}

func startNginx(t *testing.T, apis map[string]string) *nginx {
	t.Helper()
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin")
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("SKIPPED: there is no nginx: make deps")
	}
	n := &nginx{t: t, dir: t.TempDir(), at: devtest.FreeAddress(t), apis: apis}
	n.configure()
	n.Process = program.Launch(t, "nginx", "-e", "stderr", "-p", n.dir, "-c", filepath.Join(n.dir, "nginx.conf"))
	t.Cleanup(func() { // killed, it would leave its workers
		n.Signal(syscall.SIGTERM)
		n.Wait()
	})
	return n
}

// configure writes where the processes are now, as an upstream that is resolved anew has it.
func (n *nginx) configure() {
	n.t.Helper()
	conf, err := os.ReadFile(filepath.Join(source(n.t), "deploy/nginx.conf"))
	if err != nil {
		n.t.Fatal(err)
	}
	said := strings.Replace(string(conf), "error_log stderr warn", "error_log stderr notice", 1)
	said = strings.Replace(said, "listen 3000 ", "listen "+n.at+" ", 1)
	for name, at := range n.apis {
		said = strings.Replace(said, "server "+name+":3000", "server "+at, 1)
	}
	if err := os.WriteFile(filepath.Join(n.dir, "nginx.conf"), []byte("daemon off;\n"+said), 0o600); err != nil {
		n.t.Fatal(err)
	}
}

// reload has nginx resolve its upstreams anew, and waits until its new workers are there.
func (n *nginx) reload() {
	n.t.Helper()
	n.configure()
	before := strings.Count(n.Out.String(), "start worker process ")
	n.Signal(syscall.SIGHUP)
	for began := time.Now(); strings.Count(n.Out.String(), "start worker process ") == before; <-time.After(20 * time.Millisecond) {
		if time.Since(began) > patience {
			n.t.Fatalf("nginx never starts its new workers:\n%s", n.Out.String())
		}
	}
}

// Each process that sells is replaced by one at another address, while 2,000 buyers a
// second come through nginx, over connections of their own: nobody gets an error.
func TestARollingRestart(t *testing.T) {
	on := sharedServers(t)
	c := &cluster{t: t, program: bin, flags: on.flags()}
	c.launchProjector()
	t.Cleanup(c.leave)
	run := func(address string) *program.Server {
		args := append([]string{"serve", "--listen", address, "--roles", "api", "--drain", "3s"}, c.flags...)
		s := c.join(program.NewServer(t, program.Launch(t, bin, args...)))
		if !s.Ready(t) {
			t.Fatal(s.Out.String())
		}
		return s
	}
	old := map[string]*program.Server{"api-1": run(devtest.FreeAddress(t)), "api-2": run(devtest.FreeAddress(t))}
	at := map[string]string{}
	for name, s := range old {
		at[name] = strings.TrimPrefix(s.URL, "http://")
	}
	front := startNginx(t, at)
	s := c.put(5_000)
	shop := &program.Server{URL: "http://" + front.at, HTTP: old["api-1"].HTTP}
	s.eventually("nginx answers", func() bool { a, err := shop.Get("/livez"); return err == nil && a.Status == 200 })

	const perSecond, seconds = 2_000, 30
	rush := program.Launch(t, bin, "rush", "--url", shop.URL, "--product", s.product,
		"--buyers", fmt.Sprint(perSecond*seconds), "--over", fmt.Sprintf("%ds", seconds), "--new-connections")
	s.eventually("they buy", func() bool { return s.look().Held > 0 })

	for name, ends := range old { // the one that takes over is ready before nginx is told of it
		front.apis[name] = devtest.FreeAddress(t)
		run(front.apis[name])
		front.reload()
		ends.Stop(t)
	}
	if !rush.Running() {
		t.Log("the machine was so busy that the rush was over before the restart")
	}

	code := rush.Wait()
	if out := rush.Out.String(); code != 0 || !regexp.MustCompile(`5,000 placed.*, 0 errors`).MatchString(out) {
		t.Errorf("rush: exit code %d\n%s", code, tail(out))
	} else {
		t.Log(tail(out))
	}
	if found := judged(t, c); len(found) > 0 {
		t.Error(most(found))
	}
}
