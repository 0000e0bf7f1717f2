package program

import (
	"errors"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A Process is one that a test started. Its methods may be called at any time.
type Process struct {
	Out   Transcript // both of its outputs
	cmd   *exec.Cmd
	ended chan struct{}
	code  int // once ended; -1: by a signal
}

// Launch starts a command that is killed with the test, if not before.
func Launch(t testing.TB, name string, args ...string) *Process {
	t.Helper()
	p := &Process{cmd: exec.Command(name, args...), ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.Out, &p.Out
	p.cmd.SysProcAttr = DieWithParent()
	if err := errors.Join(look(), p.cmd.Start()); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // ProcessState tells
		p.code = p.cmd.ProcessState.ExitCode()
		p.Out.finish()
		close(p.ended)
	}()
	t.Cleanup(p.Kill)
	return p
}

// Pid is by what the system knows it.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Signal sends it a signal, if it has not ended.
func (p *Process) Signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) } // nothing to tell it any more

// Running reports whether it has not ended yet.
func (p *Process) Running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// Ended is closed at its end.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Wait waits for its end and returns the exit code, -1 after a signal.
func (p *Process) Wait() int {
	<-p.ended
	return p.code
}

// Kill ends it as a fault does.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.ended
}

// Stop ends it as an operator does, which has to go well.
func (p *Process) Stop(t testing.TB) {
	t.Helper()
	p.Signal(syscall.SIGTERM)
	if code := p.Wait(); code != 0 {
		t.Errorf("SIGTERM: exit code %d\n%s", code, p.Out.String())
	}
}

// Run runs a command to its end.
func Run(t testing.TB, name string, args ...string) (code int, output string) {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit != nil {
		code = exit.ExitCode()
	}
	return code, string(out)
}

// A Transcript is what a process has written, for those who wait for it.
type Transcript struct {
	mu    sync.Mutex
	text  strings.Builder
	over  bool
	grown chan struct{} // closed at the next change
}

// Write implements io.Writer.
func (w *Transcript) Write(b []byte) (int, error) {
	w.change(func() { w.text.Write(b) })
	return len(b), nil
}

func (w *Transcript) finish() { w.change(func() { w.over = true }) }

func (w *Transcript) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
	if w.grown != nil {
		close(w.grown)
		w.grown = nil
	}
}

// String is all of it, so far.
func (w *Transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// Await waits until the text holds what is wanted; false: it ended without, or has not
// come to say it in three minutes, however busy the machine.
func (w *Transcript) Await(what string) bool {
	for limit := time.After(3 * time.Minute); ; {
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
		select {
		case <-grown:
		case <-limit:
			return false
		}
	}
}
