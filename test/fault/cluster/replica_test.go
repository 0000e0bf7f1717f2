package cluster

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"seckill/internal/devstack"
	"seckill/test/ledger"
)

// A replica that has missed orders becomes the primary; and then, of every other
// trial, it is made a replica of the one that it followed, which lacks all since, and
// the primary again.
func TestOlderDataOfAReplica(t *testing.T) {
	on := sharedServers(t)
	first, err := devstack.StartRedis(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(first.Close)
	second, err := devstack.StartRedis(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Close)
	front := newFront(t, first)
	c := start(t, bin, append([]string{"--redis", front.url()}, on.flags()[2:]...))
	ledger.Trials(t, "stale failover", 2, func(t *ledger.Trial) {
		follow(t, second, first)
		c.trial(t, 3_000, pace, func(s *sale) { // so many that they are not sold out before the last fault
			second.Freeze()
			tell(t, first, "CLIENT KILL TYPE replica", ":1")
			s.sold(1 + t.IntN(pace)) // of which the replica hears nothing
			first.Kill()
			second.Thaw()
			tell(t, second, "REPLICAOF NO ONE", "+OK")
			front.turn(second)
			if t.Seed%2 == 0 {
				return
			}
			s.sold(1 + t.IntN(50))
			up(t, first.Node)
			follow(t, second, first)
			tell(t, second, "REPLICAOF NO ONE", "+OK")
		})
		up(t, first.Node)
		first, second = second, first
	})
}

// follow makes a Redis the replica of another, and waits until it has the other's data.
func follow(t testing.TB, replica, of *devstack.Redis) {
	t.Helper()
	host, port, _ := strings.Cut(addressOf(of), ":")
	tell(t, replica, "REPLICAOF "+host+" "+port, "+OK")
	for began := time.Now(); !strings.Contains(answerOf(t, replica, "INFO replication"), "master_link_status:up"); <-time.After(50 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatal("it never has the other's data")
		}
	}
}

// A front is one address for several Redises, as a name is that is moved.
type front struct {
	t  testing.TB
	at net.Listener

	mu     sync.Mutex
	behind *devstack.Redis
	conns  []net.Conn
}

func newFront(t testing.TB, behind *devstack.Redis) *front {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{t: t, at: l, behind: behind}
	go f.serve()
	t.Cleanup(func() { _ = l.Close(); f.hangUp() }) // the test is over
	return f
}

func (f *front) url() string { return "redis://" + f.at.Addr().String() + "/0" }

// turn has who comes from now on talk to another, and hangs up on all others.
func (f *front) turn(to *devstack.Redis) {
	f.mu.Lock()
	f.behind = to
	f.mu.Unlock()
	f.hangUp()
}

func (f *front) hangUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		_ = c.Close() // which is all there is to it
	}
	f.conns = nil
}

func (f *front) serve() {
	for {
		c, err := f.at.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			f.connect(c)
		}
	}
}

func (f *front) connect(c net.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var d net.Dialer
	to, err := d.DialContext(context.Background(), "tcp", addressOf(f.behind))
	if err != nil {
		_ = c.Close() // it is away
		return
	}
	f.conns = append(f.conns, c, to)
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from) // either end may hang up
		_, _ = to.Close(), from.Close()
	}
	go pipe(to, c)
	go pipe(c, to)
}
