package program

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"seckill/internal/devstack/devtest"
)

// An Nginx is the front that ships, before the processes that its configuration names.
type Nginx struct {
	*Process
	At    string            // where it listens
	TLS   string            // and over TLS; empty: it does not
	Plain string            // from where it leads there
	APIs  map[string]string // addresses by name
	t     testing.TB
	dir   string
	turn  func(conf string) string
}

// StartNginx starts it, over TLS, too, if there is a certificate. turn may change the configuration; nil: it is as it ships.
func StartNginx(t testing.TB, apis map[string]string, cert *Certificate, turn func(conf string) string) *Nginx {
	t.Helper()
	name, err := nginx()
	if err != nil {
		t.Skip("SKIPPED: there is no nginx: make deps")
	}
	n := &Nginx{At: devtest.FreeAddress(t), APIs: apis, t: t, dir: t.TempDir(), turn: turn}
	if cert != nil {
		n.TLS, n.Plain = devtest.FreeAddress(t), devtest.FreeAddress(t)
		err = errors.Join(os.Link(cert.Cert, n.file("fullchain.pem")), os.Link(cert.Key, n.file("privkey.pem")))
		if err != nil {
			t.Fatal(err)
		}
	}
	n.configure()
	n.Process = Launch(t, name, "-e", "stderr", "-p", n.dir, "-c", n.file("nginx.conf"))
	t.Cleanup(func() { // killed, it would leave its workers
		n.Signal(syscall.SIGTERM)
		n.Wait()
	})
	return n
}

// nginx is where it is, also for those who are not root.
func nginx() (string, error) {
	name, err := exec.LookPath("nginx")
	if err != nil {
		name, err = exec.LookPath("/usr/sbin/nginx")
	}
	return name, err
}

func (n *Nginx) file(name string) string { return filepath.Join(n.dir, name) }

// configure writes where the processes are now, as an upstream that is resolved anew has it.
func (n *Nginx) configure() {
	n.t.Helper()
	said := strings.Replace(n.shipped("nginx.conf"), "error_log stderr warn", "error_log stderr notice", 1)
	said = strings.Replace(said, "listen 3000 ", "listen "+n.At+" ", 1)
	for name, at := range n.APIs {
		said = strings.Replace(said, "server "+name+":3000", "server "+at, 1)
	}
	if len(n.APIs) == 1 {
		said = regexp.MustCompile(`(?m)^ *server api-\d:.*\n`).ReplaceAllString(said, "")
	}
	if n.turn != nil {
		said = n.turn(said)
	}
	n.write("nginx.conf", "daemon off;\n"+said)
	if n.TLS == "" {
		return
	}
	tls := n.shipped("nginx-tls.conf")
	_, port, _ := strings.Cut(n.Plain, ":")
	for from, to := range map[string]string{"listen 80 ": "listen " + n.Plain + " ", "listen 443 ": "listen " + n.TLS + " ", "$server_port = 80": "$server_port = " + port} {
		tls = strings.Replace(tls, from, to, 1)
	}
	n.write("tls.conf", tls)
}

func (n *Nginx) shipped(name string) string {
	n.t.Helper()
	root, err := Source()
	if err != nil {
		n.t.Fatal(err)
	}
	conf, err := os.ReadFile(filepath.Join(root, "deploy", name))
	if err != nil {
		n.t.Fatal(err)
	}
	return string(conf)
}

func (n *Nginx) write(name, text string) {
	n.t.Helper()
	if err := os.WriteFile(n.file(name), []byte(text), 0o600); err != nil {
		n.t.Fatal(err)
	}
}

// Reload has nginx resolve its upstreams anew, and waits until its new workers are there.
func (n *Nginx) Reload() {
	n.t.Helper()
	n.configure()
	const began = "start worker process "
	before := strings.Count(n.Out.String(), began)
	n.Signal(syscall.SIGHUP)
	for since := time.Now(); strings.Count(n.Out.String(), began) == before; <-time.After(20 * time.Millisecond) {
		if time.Since(since) > time.Minute {
			n.t.Fatalf("nginx never starts its new workers:\n%s", n.Out.String())
		}
	}
}
