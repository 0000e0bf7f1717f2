// Package connlimit accepts connections on an address for as long as its program
// lives, however many anybody opens.
//
// It promises that there are never more connections than a limit, and that an
// accept which fails for lack of files is tried again. At the limit, each new
// connection closes the one that has been idle longest: for which nothing has been
// done for at least a second, and which has sent nothing that is still unread; or which
// has been written to for as long, as its client does not take it.
// Connections that never got an answer have half of the room at most, so that no
// number of them closes one that is in use. If none is idle, the new one waits, as do
// those behind it in the system's queue. Of an address that has a quarter of the room in
// connections whose client takes nothing, those go first, and at once: nobody waits for
// them. The connections of one address may
// have a limit of their own, so that they never close anybody else's.
//
// It costs a request a few atomic operations on its own connection.
package connlimit

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// retry is when it is looked again for a file, or for one that is idle.
	retry = 5 * time.Millisecond
	// idleFor is how long a connection is idle at least before it is closed for another.
	idleFor = time.Second
	// tellEvery is how often it is logged that a limit is met.
	tellEvery = time.Minute
)

// A Listener listens on TCP. Accept is for one goroutine, all else for any.
type Listener struct {
	*net.TCPListener
	accept  func() (net.Conn, error)
	silence func(net.Conn) time.Duration
	max     int
	elapsed func() time.Duration
	log     *slog.Logger
	told    time.Time
	closed  atomic.Bool
	each    int // connections of one origin at most; 0: any number
	of      func(netip.Addr) netip.Prefix

	mu      sync.Mutex
	open    []*conn
	origins map[netip.Prefix][]*conn
	next    []idler // to be closed, if they are idle still; for Accept alone
}

// New makes a Listener of at most max connections, max >= 2. elapsed is a clock that
// is never set back.
func New(ln *net.TCPListener, max int, elapsed func() time.Duration, log *slog.Logger) *Listener {
	return &Listener{TCPListener: ln, accept: ln.Accept, silence: silence, max: max, elapsed: elapsed, log: log, origins: map[netip.Prefix][]*conn{}}
}

// now is the time as a state of a connection holds it: never 0.
func (l *Listener) now() int64 { return max(1, int64(l.elapsed())) }

// Len is how many connections there are.
func (l *Listener) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}

// Max is how many connections there are at most.
func (l *Listener) Max() int { return l.max }

// Busy is how many connections something is being worked on for.
func (l *Listener) Busy() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.open {
		if since := c.state.Load(); since < 0 && since != gone {
			n++
		}
	}
	return n
}

// Accept waits for the next connection, and until there is room for it.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		c, err := l.accept()
		switch {
		case err == nil && !l.mayCome(l.origin(c)):
			l.tell("an address has as many connections as it may", nil)
			_ = c.Close()
			continue
		case err == nil:
			return l.admit(c)
		case !isShortage(err):
			return nil, err
		}
		l.tell("no file is left for a connection: idle ones are closed", err)
		l.closeIdle()
		time.Sleep(retry)
	}
}

// isShortage reports whether an accept failed for want of files or memory.
func isShortage(err error) bool {
	return slices.ContainsFunc([]error{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM},
		func(want error) bool { return errors.Is(err, want) })
}

// Close ends Accept. Connections stay.
func (l *Listener) Close() error {
	l.closed.Store(true)
	return l.TCPListener.Close()
}

// CloseStuck closes, until ctx is done, the connections whose clients let a write wait for a
// second or two: a server that ends, and waits for who is being answered, waits for nobody else.
func (l *Listener) CloseStuck(ctx context.Context) {
	tick := time.NewTicker(idleFor)
	defer tick.Stop()
	for {
		var stuck []idler
		now := l.now()
		l.mu.Lock()
		for _, c := range l.open {
			if i, idle := c.look(now); idle && i.was < 0 && now-i.since >= int64(idleFor) {
				stuck = append(stuck, i)
			}
		}
		l.mu.Unlock()
		for _, i := range stuck {
			l.evict(i)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// admit makes room for a connection and counts it in.
func (l *Listener) admit(c net.Conn) (net.Conn, error) {
	for l.Len() >= l.max {
		l.tell("connections are at their limit: idle ones are closed", nil)
		if l.closeIdle() {
			continue
		}
		if l.closed.Load() {
			return nil, errors.Join(net.ErrClosed, c.Close())
		}
		time.Sleep(retry)
	}
	n := &conn{Conn: c, l: l, from: l.origin(c)}
	n.state.Store(max(1, l.now()-int64(l.silence(c)))) // it may have waited in the system's queue
	l.mu.Lock()
	defer l.mu.Unlock()
	n.at = len(l.open)
	l.open = append(l.open, n)
	l.join(n)
	return n, nil
}

func (l *Listener) tell(what string, err error) {
	if now := time.Now(); now.Sub(l.told) >= tellEvery {
		l.told = now
		l.log.Warn(what, "connections", l.Len(), "limit", l.max, "error", err)
	}
}

// An idler is a connection that was in a state in which it was idle, and since when.
type idler struct {
	*conn
	was, since int64
}

// fresh reports whether nobody has answered it yet.
func (i idler) fresh() bool { return max(i.was, -i.was) < answeredOnce }

// closeIdle closes the connection that is to go first. It reports whether there is one.
func (l *Listener) closeIdle() bool {
	for range 2 {
		for len(l.next) > 0 {
			first := l.next[0]
			l.next = l.next[1:]
			if first.was > 0 && first.spared.was != first.was && unread(first.Conn) {
				first.spared.was, first.spared.until = first.was, l.now()+int64(idleFor)
				continue
			}
			if l.evict(first) {
				return true
			}
		}
		l.next = l.idlers()
	}
	return false
}

// idlers are those to be closed next: an eighth of them at once, as it takes a look at all.
func (l *Listener) idlers() []idler {
	var silent, answered []idler
	taking := map[netip.Prefix][]idler{} // nothing that they are sent
	unanswered, now := 0, l.now()
	l.mu.Lock()
	for _, c := range l.open {
		i, idle := c.look(now)
		if idle && i.fresh() {
			unanswered++
		}
		if idle && i.was < 0 && c.from.IsValid() {
			taking[c.from] = append(taking[c.from], i)
		}
		switch {
		case !idle, now-i.since < int64(idleFor), c.spared.was == i.was && now < c.spared.until:
		case i.fresh():
			silent = append(silent, i)
		default:
			answered = append(answered, i)
		}
	}
	l.mu.Unlock()
	if unanswered >= l.max/2 || len(answered) == 0 {
		answered = silent
	}
	for _, theirs := range taking {
		if len(theirs) >= max(2, l.max/4) { // whoever has so many is served by none of them
			answered = theirs
		}
	}
	slices.SortFunc(answered, func(a, b idler) int { return cmp.Compare(a.since, b.since) })
	return answered[:(len(answered)+7)/8]
}

func (l *Listener) remove(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := len(l.open) - 1
	l.open[c.at] = l.open[last]
	l.open[c.at].at = c.at
	l.open[last] = nil
	l.open = l.open[:last]
	l.leave(c)
}
