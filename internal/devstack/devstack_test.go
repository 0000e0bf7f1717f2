//go:build unix

package devstack

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// skipMissing ends the test if a server could not be started, and only skips
// it if that is for want of a program.
func skipMissing(t *testing.T, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrMissing):
		t.Skip("SKIPPED: ", err)
	case err != nil:
		t.Fatal(err)
	}
}

// A subject is how a test talks to a server.
type subject struct {
	put, has, lost func(*testing.T) // store something; it is there; it is not
}

// exerciseNode checks what every node promises.
func exerciseNode(t *testing.T, n *Node, end func(), s subject) {
	s.put(t)
	s.has(t)
	if err := n.Start(t.Context()); err == nil {
		t.Error("a second Start of one that is up worked")
	}
	if err := n.Wipe(); err == nil {
		t.Fatal("Wipe of one that is up worked")
	}

	first := n.tree()
	n.Kill()
	gone(t, first)
	if n.Pid() != 0 {
		t.Errorf("it is down and has the id %d", n.Pid())
	}
	restart(t, n)
	s.has(t)

	n.Stop()
	restart(t, n)
	s.has(t)

	n.Freeze()
	if err := n.silent(t); err != nil {
		t.Errorf("frozen: %v", err)
	}
	n.Thaw()
	s.has(t)

	n.Freeze()
	n.Stop()
	if err := n.Wipe(); err != nil {
		t.Fatal(err)
	}
	restart(t, n)
	s.lost(t)

	n.Freeze()
	last := n.tree()
	end()
	gone(t, last)
}

func restart(t *testing.T, n *Node) {
	t.Helper()
	began := time.Now()
	if err := n.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s answers after %v", n.name, time.Since(began).Round(time.Millisecond))
}

// tree is the process and its children.
func (n *Node) tree() []int { return append(childrenOf(n.Pid()), n.Pid()) }

// gone fails if one of the processes is there, and not on its way out.
func gone(t *testing.T, pids []int) {
	t.Helper()
	const exiting = 4 // PF_EXITING: it holds no memory and no file any more
	for _, pid := range pids {
		stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(stat), ") ")
		if flags, _ := strconv.Atoi(strings.Fields(after)[6]); flags&exiting == 0 {
			t.Errorf("process %d is still there: %s", pid, stat)
		}
	}
}

// silent is nil if the node takes a question and does not answer it.
func (n *Node) silent(t *testing.T) error {
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := n.answers(ctx)
	if err == nil {
		return errors.New("it answers")
	}
	if ctx.Err() == nil {
		return err
	}
	return nil
}

func TestPortsAreFreeAndNotThoseOfConnections(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", address(port))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if port >= 32768 {
		t.Errorf("%d may be given to a connection", port)
	}
	if other, err := net.ListenPacket("udp", address(port)); err == nil {
		other.Close()
		t.Errorf("while its server is down, another devstack may take %d", port)
	}
}
