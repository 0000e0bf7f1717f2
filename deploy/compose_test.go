// Package deploy_test starts what compose.yaml would, on this machine.
package deploy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	"seckill/internal/devstack/devtest"
	"seckill/test/program"
)

func TestMain(m *testing.M) { devtest.Main(m) }

func compose(t *testing.T) *types.Project {
	t.Helper()
	o, err := cli.NewProjectOptions([]string{"../compose.yaml"}, cli.WithOsEnv, cli.WithProfiles([]string{"*"}), cli.WithName("seckill"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whatever is kept outlives its container, whatever serves is watched, and no
// image changes by itself.
func TestEveryService(t *testing.T) {
	p := compose(t)
	for name, s := range p.Services {
		if name != "jmeter" && s.HealthCheck == nil {
			t.Errorf("%s has no health check", name)
		}
		if _, tag, _ := strings.Cut(s.Image, ":"); s.Build == nil && strings.Count(tag, ".") < 2 {
			t.Errorf("%s has image %q: not pinned", name, s.Image)
		}
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s is published at %q: without a token it is for this machine", name, port.HostIP)
			}
		}
	}
	for _, name := range []string{"redis", "kafka", "postgres"} {
		if len(p.Services[name].Volumes) == 0 {
			t.Errorf("%s has no volume", name)
		}
	}
	for _, want := range []string{"always", "noeviction"} {
		if !slices.Contains(p.Services["redis"].Command, want) {
			t.Errorf("redis is started without %s", want)
		}
	}
}

// What is said to a container is understood by the binary, and sells.
func TestTheServicesStart(t *testing.T) {
	servers := strings.NewReplacer(
		"redis://redis:6379/0", devtest.Redis(t), "kafka:9092", devtest.Kafka(t),
		"postgres://seckill:seckill@postgres:5432/seckill?sslmode=disable", devtest.Postgres(t))
	binary := program.Built(t)
	ours := 0
	for name, s := range compose(t).Services {
		if s.Image != "seckill" {
			continue
		}
		ours++
		t.Run(name, func(t *testing.T) {
			address := devtest.FreeAddress(t)
			settings := map[string]string{"SECKILL_LISTEN": address}
			for k, v := range s.Environment {
				settings[k] = servers.Replace(*v)
			}
			settings["SECKILL_OPS_LISTEN"] = devtest.FreeAddress(t)
			start(t, binary, s.Command, settings, address)
			check := exec.Command(binary, s.HealthCheck.Test[2:]...)
			check.Env = environment(settings)
			if s.HealthCheck.Test[1] != "/seckill" {
				t.Errorf("it is asked for its health by %q", s.HealthCheck.Test[1])
			}
			if out, err := check.CombinedOutput(); err != nil {
				t.Errorf("health check: %v, %s", err, out)
			}
		})
	}
	if ours != 3 {
		t.Errorf("%d services of ours, not two that sell and one that projects", ours)
	}
}

func environment(settings map[string]string) (env []string) {
	for k, v := range settings {
		env = append(env, k+"="+v)
	}
	return env
}

// start runs the binary until the test ends, and returns once it is ready.
func start(t *testing.T, binary string, args []string, settings map[string]string, address string) {
	t.Helper()
	var said bytes.Buffer
	c := exec.Command(binary, args...)
	c.Env, c.Stdout, c.Stderr, c.Dir = environment(settings), &said, &said, t.TempDir()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- c.Wait() }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for !ready(ctx, address) {
		select {
		case err := <-gone:
			t.Fatalf("it ended before it was ready: %v\n%s", err, said.String())
		case <-ctx.Done():
			_ = c.Process.Kill() // then it is gone
			err := <-gone
			t.Fatalf("not ready in a minute, and ended with %v\n%s", err, said.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Cleanup(func() {
		err := c.Process.Signal(syscall.SIGTERM)
		if err = errors.Join(err, <-gone); err != nil {
			t.Errorf("end: %v\n%s", err, said.String())
		}
	})
}

func ready(ctx context.Context, address string) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	return answer.Body.Close() == nil && answer.StatusCode == http.StatusOK
}

// nginx passes on to the processes that compose names, and to no other.
func TestTheFrontKnowsTheServices(t *testing.T) {
	conf, err := os.ReadFile("nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range compose(t).Services {
		sells := s.Image == "seckill" && !slices.Contains(s.Command, "projector")
		if passed := bytes.Contains(conf, []byte("server "+name+":3000 ")); passed != sells {
			t.Errorf("nginx passes on to %s: %v, and it sells: %v", name, passed, sells)
		}
	}
}

// Docker gives a container another address whenever it is made anew, and nginx
// looks a name up once: those that it passes on to have addresses of their own.
func TestTheFrontFindsTheServices(t *testing.T) {
	p := compose(t)
	pools := p.Networks["default"].Ipam.Config
	if len(pools) != 1 {
		t.Fatalf("nobody's address is known: the network has %d pools", len(pools))
	}
	subnet, given := netip.MustParsePrefix(pools[0].Subnet), netip.MustParsePrefix(pools[0].IPRange)
	for name, hosts := range p.Services["nginx"].ExtraHosts {
		at := p.Services[name].Networks["default"]
		if at == nil || !slices.Equal(hosts, []string{at.Ipv4Address}) {
			t.Errorf("nginx looks for %s at %s, which is at %v", name, hosts, at)
			continue
		}
		if a := netip.MustParseAddr(at.Ipv4Address); !subnet.Contains(a) || given.Contains(a) {
			t.Errorf("%s is at %s: not of %s, or Docker may give it to another of %s", name, a, subnet, given)
		}
	}
	if n := len(p.Services["nginx"].ExtraHosts); n != 2 {
		t.Errorf("nginx knows the addresses of %d services, not of two", n)
	}
}

// The folder of nginx in its image has nothing but the configuration.
func TestTheFrontMakesWhatItNeeds(t *testing.T) {
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin")
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("SKIPPED: there is no nginx: make deps")
	}
	conf, err := os.ReadFile("nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	prefix := t.TempDir()
	file := filepath.Join(prefix, "nginx.conf")
	conf = regexp.MustCompile(`server api-\d:`).ReplaceAll(conf, []byte("server 127.0.0.1:"))
	if err := os.WriteFile(file, conf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("nginx", "-t", "-e", "stderr", "-p", prefix, "-c", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Kafka is well when it answers: a port that is open says nothing of that. It is
// asked often, and so without a JVM.
func TestKafkasHealth(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = mute.Close() }() // nothing was ever said to it
	if err := kafkasHealth(t, mute.Addr().String()); err == nil {
		t.Error("who never answers is well")
	}
	kafka := devtest.Kafka(t)
	err = kafkasHealth(t, kafka)
	for errors.Is(err, context.DeadlineExceeded) { // on a busy machine; Docker asks again, too
		err = kafkasHealth(t, kafka)
	}
	if err != nil {
		t.Error(err)
	}
}

// kafkasHealth is what compose's health check says of a Kafka at this address.
func kafkasHealth(t *testing.T, address string) error {
	t.Helper()
	check := compose(t).Services["kafka"].HealthCheck
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	var args []string
	for _, arg := range check.Test[1:] {
		args = append(args, strings.ReplaceAll(arg, "9092", port))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(*check.Timeout))
	defer cancel()
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.WaitDelay = time.Second // for its children, which hold its output
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", errors.Join(ctx.Err(), err), out)
	}
	return nil
}

// The builder sees no repository: compose.yaml tells it the version, and the image has it.
func TestTheImageKnowsItsVersion(t *testing.T) {
	const version = "v1.2.3-4-gabcdef0-dirty"
	t.Setenv("SECKILL_VERSION", version)
	said := compose(t).Services["api-1"].Build.Args["VERSION"]
	if said == nil || *said != version {
		t.Fatal("the builder is not told the version")
	}
	file, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	step := regexp.MustCompile(`(?s)\nARG VERSION\nRUN (CGO_ENABLED=0 go build [^&]*) -o /seckill (\./cmd/seckill) &&`).FindSubmatch(file)
	if step == nil {
		t.Fatal("the step that builds is not told the version")
	}
	binary := filepath.Join(t.TempDir(), "seckill")
	c := exec.Command("sh", "-c", fmt.Sprintf("%s -buildvcs=false -o %s %s", step[1], binary, step[2]))
	c.Dir, c.Env = "..", append(os.Environ(), "VERSION="+version)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := exec.Command(binary, "--version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "seckill "+version+" ") {
		t.Errorf("it says %q, %v", out, err)
	}
}

// The classic builder makes every stage before the one that it is asked for, and
// needs nothing that has to be pulled beside the images.
func TestTheImageIsMadeOfWhatItNeeds(t *testing.T) {
	file, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := bytes.Cut(file, []byte("AS seckill"))
	if !found || bytes.Contains(before, []byte("maven")) {
		t.Errorf("seckill waits for Maven:\n%s", before)
	}
	if bytes.Contains(file, []byte("# syntax=")) {
		t.Error("the builder itself has to be pulled")
	}
}
