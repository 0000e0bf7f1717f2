package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// patience is how long Stop waits for an orderly end. A broker that has lost the
// rest of its cluster waits for it much longer.
const patience = 10 * time.Second

// A Node is one process of a server, with its port and its data.
type Node struct {
	name    string // for errors
	dir     string // the data, and beside it what the process says
	command func() *exec.Cmd
	prepare func(context.Context) error // sees to it, before every start, that the data are there
	answers func(context.Context) error // nil once it answers
	orderly syscall.Signal              // asks it to stop

	mu      sync.Mutex
	process *process // nil: never started
}

// Data is the folder that holds its data, and nothing else. It may be copied and
// changed while the node is down.
func (n *Node) Data() string { return filepath.Join(n.dir, "data") }

// Pid is its process id, 0 if it is down.
func (n *Node) Pid() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.up() {
		return 0
	}
	return n.process.cmd.Process.Pid
}

// up reports whether it runs. Caller holds mu.
func (n *Node) up() bool { return n.process != nil && n.process.runs() }

// Start starts it again, on its port, with its data, or as a new one if those
// were wiped. It returns once the node answers, and else says why it does not:
// it is down then.
func (n *Node) Start(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.up() {
		return fmt.Errorf("%s is up already", n.name)
	}
	if err := os.MkdirAll(n.Data(), 0o700); err != nil {
		return err
	}
	if err := n.prepare(ctx); err != nil {
		return fmt.Errorf("preparing %s: %w", n.name, err)
	}
	p, err := launch(n.command(), filepath.Join(n.dir, "log"))
	if err != nil {
		return fmt.Errorf("starting %s: %w", n.name, err)
	}
	n.process = p
	if err := n.await(ctx); err != nil {
		p.kill()
		return fmt.Errorf("starting %s: %w", n.name, err)
	}
	return nil
}

// await returns once the node answers. Caller holds mu.
func (n *Node) await(ctx context.Context) error {
	for {
		try, cancel := context.WithTimeout(ctx, time.Second)
		err := n.answers(try)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-n.process.ended:
			return n.process.lastWords()
		case <-ctx.Done():
			return fmt.Errorf("%w; its last answer: %w", context.Cause(ctx), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Kill ends it as a fault does, by SIGKILL.
func (n *Node) Kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.up() {
		n.process.kill()
	}
}

// Stop ends it in an orderly way, or kills it if that takes more than 10 s.
func (n *Node) Stop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.up() {
		return
	}
	n.process.thaw()
	for began := time.Now(); time.Since(began) < patience; {
		n.process.signal(n.orderly) // again and again: Redis refuses while it makes its first file
		select {
		case <-n.process.ended:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	n.process.kill()
}

// Freeze halts it where it is (SIGSTOP): its connections stay, and get no answer.
func (n *Node) Freeze() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.up() {
		n.process.freeze()
	}
}

// Thaw lets a frozen one go on.
func (n *Node) Thaw() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.up() {
		n.process.thaw()
	}
}

// Wipe empties the data folder of a node that is down. The next Start is that of
// a new one, on the same port.
func (n *Node) Wipe() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.up() {
		return fmt.Errorf("%s is up: only what is down can be wiped", n.name)
	}
	entries, err := os.ReadDir(n.Data())
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(n.Data(), e.Name())))
	}
	return err
}
