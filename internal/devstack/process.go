package devstack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// A process is one that runs or has run, with those that it started itself.
type process struct {
	cmd   *exec.Cmd
	log   string
	from  int64         // where in the log this run begins
	ended chan struct{} // it and all its children are gone
}

// starter runs what it is given on a thread that lives as long as we do. The
// kernel ends a child with the thread that started it, which need not be the end
// of the process.
var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// start starts a command that the kernel ends with us.
func start(cmd *exec.Cmd) error {
	endWithParent(cmd)
	started := make(chan error)
	starter() <- func() { started <- cmd.Start() }
	return <-started
}

// run runs a command to its end.
func run(ctx context.Context, cmd *exec.Cmd, input string) error {
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &said, &said
	if err := start(cmd); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })() // it may have ended
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), errors.Join(context.Cause(ctx), err), said.Bytes())
	}
	return nil
}

// launch starts a command; what it says is added to the log.
func launch(cmd *exec.Cmd, log string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	at, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		_ = out.Close() // it is for people, and none of the server's data
		return nil, err
	}
	// Not the file itself: through a pipe, Wait returns when the last of the
	// children that hold its other end is gone too.
	cmd.Stdout = struct{ io.Writer }{out}
	cmd.Stderr = cmd.Stdout
	if err := start(cmd); err != nil {
		_ = out.Close()
		return nil, err
	}
	p := &process{cmd: cmd, log: log, from: at, ended: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // ProcessState tells
		_ = out.Close()
		close(p.ended)
	}()
	return p, nil
}

func (p *process) runs() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) } // it may have ended

// lastWords is the error of a process that ended by itself.
func (p *process) lastWords() error {
	said, _ := os.ReadFile(p.log)
	said = bytes.TrimSpace(said[min(int(p.from), len(said)):])
	const enough = 2000
	if len(said) > enough {
		said = said[len(said)-enough:]
	}
	return fmt.Errorf("%v; it said: …%s", p.cmd.ProcessState, strings.ToValidUTF8(string(said), "?"))
}
