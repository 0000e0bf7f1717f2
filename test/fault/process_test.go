package fault

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// A process is one that the test started.
type process struct {
	cmd   *exec.Cmd
	out   transcript // both of its outputs
	ended chan struct{}
	code  int // once ended; -1: by a signal
}

// launch starts a command that is killed with the test, if not before.
func launch(t testing.TB, name string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(name, args...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	p.cmd.SysProcAttr = dieWithParent()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // ProcessState tells
		p.code = p.cmd.ProcessState.ExitCode()
		p.out.finish()
		close(p.ended)
	}()
	t.Cleanup(func() { p.signal(syscall.SIGKILL); <-p.ended })
	return p
}

func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) } // it may have ended

// wait returns the exit code.
func (p *process) wait() int {
	<-p.ended
	return p.code
}

// A server is a process that runs seckill serve.
type server struct {
	*process
	url    string
	client *http.Client
}

// serve starts a server on a free port and waits until it is ready.
func serve(t testing.TB, program, data string, options ...string) *server {
	t.Helper()
	s := tryServe(t, program, data, options...)
	if !s.ready(t) {
		t.Fatalf("serve ended with exit code %d before it was ready:\n%s", s.wait(), s.out.String())
	}
	return s
}

// tryServe starts one that need not get ready.
func tryServe(t testing.TB, program, data string, options ...string) *server {
	t.Helper()
	return newServer(t, launch(t, program, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, options...)...))
}

func newServer(t testing.TB, p *process) *server {
	transport := &http.Transport{MaxIdleConnsPerHost: 1000}
	t.Cleanup(transport.CloseIdleConnections)
	return &server{process: p, client: &http.Client{Transport: transport}}
}

var console = regexp.MustCompile(`Console +http://localhost(:\d+)/`)

// ready waits until the server says that it is ready, and finds out where; false: it ended.
func (s *server) ready(t testing.TB) bool {
	t.Helper()
	if !s.out.await("msg=ready") {
		return false
	}
	at := console.FindStringSubmatch(s.out.String())
	if at == nil {
		t.Fatalf("it does not say where to click:\n%s", s.out.String())
	}
	s.url = "http://127.0.0.1" + at[1]
	if a, err := s.get("/readyz"); err != nil || a.status != 200 {
		t.Fatalf("it says that it is ready, and /readyz says %d, %v", a.status, err)
	}
	return true
}

func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// kill ends the server as a fault does.
func (s *server) kill() {
	s.signal(syscall.SIGKILL)
	<-s.ended
}

// stop ends the server as an operator does.
func (s *server) stop(t testing.TB) {
	t.Helper()
	s.signal(syscall.SIGTERM)
	if code := s.wait(); code != 0 {
		t.Errorf("SIGTERM: exit code %d\n%s", code, s.out.String())
	}
}

// run runs a command to its end.
func run(t testing.TB, program string, args ...string) (code int, output string) {
	t.Helper()
	out, err := exec.Command(program, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	return code, string(out)
}

// judged is what seckill verify finds in the folder, where it is not what it should be.
func judged(t testing.TB, data string) []string {
	t.Helper()
	code, out := run(t, bin, "verify", "--data", data)
	if code != 0 || !strings.Contains(out, "no findings") {
		return []string{"verify: exit code " + itoa(code) + "\n" + out}
	}
	return nil
}

// A transcript is what a process has written, for those who wait for it.
type transcript struct {
	mu    sync.Mutex
	text  strings.Builder
	over  bool
	grown chan struct{} // closed at the next change
}

func (w *transcript) Write(b []byte) (int, error) {
	w.change(func() { w.text.Write(b) })
	return len(b), nil
}

func (w *transcript) finish() { w.change(func() { w.over = true }) }

func (w *transcript) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
	if w.grown != nil {
		close(w.grown)
		w.grown = nil
	}
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// await waits until the text holds what is wanted; false: it ended without.
func (w *transcript) await(what string) bool {
	for {
		w.mu.Lock()
		has, over := strings.Contains(w.text.String(), what), w.over
		if w.grown == nil {
			w.grown = make(chan struct{})
		}
		grown := w.grown
		w.mu.Unlock()
		if has || over {
			return has
		}
		<-grown
	}
}

// copyFolder copies a data folder that no process uses.
func copyFolder(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}
