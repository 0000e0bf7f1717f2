package connlimit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A house is a server that gives back each line, but where it begins with "wait",
// once leave is closed.
type house struct {
	*Listener
	t       *testing.T
	leave   chan struct{}
	clock   atomic.Int64
	entered atomic.Int64
}

func open(t *testing.T, max int) *house {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, leave: make(chan struct{})}
	elapsed := func() time.Duration { return time.Duration(h.clock.Add(1)) } // no two at the same time
	h.Listener = New(ln.(*net.TCPListener), max, elapsed, slog.New(slog.DiscardHandler))
	h.silence = func(net.Conn) time.Duration { return 0 } // which is by another clock
	t.Cleanup(func() { h.Close() })
	return h
}

func (h *house) Accept() (net.Conn, error) {
	c, err := h.Listener.Accept()
	h.entered.Add(1)
	return c, err
}

// pass lets the time go by after which one is idle.
func (h *house) pass() { h.clock.Add(int64(idleFor)) }

func (h *house) serve() {
	go func() {
		for {
			c, err := h.Accept()
			if err != nil {
				return
			}
			go h.answer(c)
		}
	}()
}

func (h *house) answer(c net.Conn) {
	defer c.Close()
	lines := bufio.NewReader(c)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		if line == "wait\n" {
			<-h.leave
		}
		if _, err := io.WriteString(c, line); err != nil {
			return
		}
	}
}

// A guest is a client.
type guest struct {
	net.Conn
	t *testing.T
}

func (h *house) enter() guest {
	h.t.Helper()
	c, err := net.Dial("tcp", h.Addr().String())
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	return guest{c, h.t}
}

// came is a guest who comes when all others are idle, and has been let in before the
// next comes.
func (h *house) came() guest {
	h.t.Helper()
	h.pass()
	before := h.entered.Load()
	g := h.enter()
	h.until(func() bool { return h.entered.Load() > before })
	return g
}

func (h *house) until(so func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); !so(); runtime.Gosched() {
		if time.Now().After(deadline) {
			h.t.Fatal("it never came to pass")
		}
	}
}

func (g guest) say(line string) error {
	_, err := io.WriteString(g, line+"\n")
	return err
}

func (g guest) hear() error {
	_, err := bufio.NewReader(g).ReadString('\n')
	return err
}

// asks demands that a guest is answered, and waits until they are idle again.
func (h *house) asks(g guest) {
	h.t.Helper()
	if err := errors.Join(g.say("hello"), g.hear()); err != nil {
		h.t.Fatalf("%v: %v", g.LocalAddr(), err)
	}
	h.until(func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, c := range h.open {
			if c.RemoteAddr().String() == g.LocalAddr().String() {
				return c.state.Load() > 0
			}
		}
		return false
	})
}

func (g guest) closed() {
	g.t.Helper()
	if n, err := g.Read(make([]byte, 1)); err == nil {
		g.t.Errorf("%v read %d bytes and was not closed", g.LocalAddr(), n)
	}
}

func TestTheOldestIdleOneIsClosed(t *testing.T) {
	h := open(t, 4)
	h.serve()
	var guests []guest
	for range 4 {
		g := h.came()
		h.asks(g)
		guests = append(guests, g)
	}
	late := h.came()
	h.asks(late)
	guests[0].closed()
	h.asks(guests[1])
	h.asks(h.came()) // guests[1] has just asked
	guests[2].closed()
	h.asks(guests[1])
	h.asks(guests[3])
	h.asks(late)
	if n := h.Len(); n != 4 {
		t.Errorf("%d connections", n)
	}
}

// Nobody is closed whom something is being worked on for: a new one waits.
func TestWhoIsServedIsNotClosed(t *testing.T) {
	h := open(t, 2)
	h.serve()
	served := []guest{h.came(), h.came()}
	for _, g := range served {
		if err := g.say("wait"); err != nil {
			t.Fatal(err)
		}
	}
	h.until(func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.open) == 2 && h.open[0].state.Load() < 0 && h.open[1].state.Load() < 0
	})
	waits := h.enter()
	answered := make(chan error)
	go func() { answered <- errors.Join(waits.say("hello"), waits.hear()) }()
	select {
	case err := <-answered:
		t.Fatalf("a third was answered: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(h.leave)
	for _, g := range served {
		if err := errors.Join(g.hear(), g.Close()); err != nil {
			t.Error(err)
		}
	}
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

// More than there is room for, who all speak, are all answered, each in turn.
func TestWhoSpeaksIsAnswered(t *testing.T) {
	h := open(t, 4)
	h.serve()
	var guests sync.WaitGroup
	defer guests.Wait()
	for range 3 {
		if err := h.came().say("wait"); err != nil { // they leave little room
			t.Fatal(err)
		}
	}
	for range 200 {
		g := h.enter()
		guests.Go(func() {
			if err := errors.Join(g.say("hello"), g.hear(), g.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}

// waitsFor demands that nobody is let in until change.
func (h *house) waitsFor(change func()) {
	h.t.Helper()
	in := make(chan error)
	go func() {
		_, err := h.Accept()
		in <- err
	}()
	select {
	case err := <-in:
		h.t.Fatalf("one was let in: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	change()
	if err := <-in; err != nil {
		h.t.Error(err)
	}
}

// Who has just come is not idle.
func TestWhoHasJustComeIsNotClosed(t *testing.T) {
	h := open(t, 2)
	for range 3 {
		h.enter()
	}
	for range 2 {
		if _, err := h.Accept(); err != nil {
			t.Fatal(err)
		}
	}
	h.waitsFor(h.pass)
}

// Somebody whose word nobody has read yet is not idle, for as long as it can be
// that somebody is about to read it.
func TestWhoIsUnreadIsNotClosed(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: only Linux tells")
	}
	h := open(t, 2)
	for range 3 {
		if err := h.enter().say("hello"); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		c, err := h.Accept()
		if err != nil {
			t.Fatal(err)
		}
		h.until(func() bool { return unread(c.(*conn).Conn) })
	}
	h.pass()
	h.waitsFor(h.pass)
}

// Who waited in the system's queue, and said nothing there, is idle since then.
func TestSilenceBeginsInTheQueue(t *testing.T) {
	h := open(t, 2)
	h.silence = func(net.Conn) time.Duration { return idleFor }
	h.pass()
	for range 20 {
		h.enter()
	}
	for range 20 {
		if _, err := h.Accept(); err != nil {
			t.Fatal(err)
		}
	}
}

// However many come who say nothing: they close each other, and nobody who was answered.
func TestTheSilentTakeHalfOfTheRoom(t *testing.T) {
	h := open(t, 16)
	h.serve()
	var kept []guest
	for range 8 {
		g := h.came()
		h.asks(g)
		kept = append(kept, g)
	}
	var silent []guest
	for range 200 {
		silent = append(silent, h.came())
	}
	for _, g := range kept {
		h.asks(g)
	}
	h.asks(silent[len(silent)-1])
	silent[0].closed()
	if n := h.Len(); n != 16 {
		t.Errorf("%d connections", n)
	}
}

// slow never takes what it is sent, until it is closed.
type slow struct {
	net.Conn
	closed chan struct{}
	once   sync.Once
}

func (c *slow) Write([]byte) (int, error) {
	<-c.closed
	return 0, net.ErrClosed
}

func (c *slow) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// slowly makes those who come next slow, while on is set.
func (h *house) slowly() (on *atomic.Bool) {
	really := h.accept
	on = &atomic.Bool{}
	on.Store(true)
	h.accept = func() (net.Conn, error) {
		c, err := really()
		if err == nil && on.Load() {
			c = &slow{Conn: c, closed: make(chan struct{})}
		}
		return c, err
	}
	return on
}

// writes waits until so many are being written to.
func (h *house) writes(want int) {
	h.t.Helper()
	h.until(func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		n := 0
		for _, c := range h.open {
			n += int(c.writes.Load() % 2)
		}
		return n == want
	})
}

// Whoever does not take their answer is not served, however long that is waited for: they make room.
func TestWhoDoesNotTakeTheirAnswerIsIdle(t *testing.T) {
	h := open(t, 2)
	on := h.slowly()
	h.serve()
	for range 2 {
		if err := h.came().say("hello"); err != nil {
			t.Fatal(err)
		}
	}
	h.writes(2)
	on.Store(false)
	late := h.enter()
	answered := make(chan error, 1)
	go func() { answered <- errors.Join(late.say("hello"), late.hear()) }()
	h.until(func() bool {
		h.pass()
		return len(answered) > 0
	})
	if err := <-answered; err != nil {
		t.Error(err)
	}
	h.writes(1)
}

// What anybody is sent who begins to shake hands is no answer: those who go no further have half of the room, too.
func TestAHandshakeIsNoAnswer(t *testing.T) {
	h := open(t, 16)
	go func() {
		for {
			c, err := h.Accept()
			if err != nil {
				return
			}
			go func() {
				shakes := c.(*conn)
				shakes.ShakeHands(true)
				_, err := io.ReadFull(c, make([]byte, 6))
				if err == nil {
					_, err = io.WriteString(c, "hello\n")
				}
				if shakes.ShakeHands(false); err == nil {
					h.answer(c)
				}
			}()
		}
	}()
	var kept []guest
	for range 8 {
		g := h.came()
		h.asks(g)
		h.asks(g)
		kept = append(kept, g)
	}
	for range 200 {
		h.asks(h.came())
	}
	for _, g := range kept {
		h.asks(g)
	}
}

// Who sends a piece now and then of what they never finish is idle.
func TestWhoNeverFinishesIsIdle(t *testing.T) {
	h := open(t, 2)
	h.serve()
	slow := h.came()
	if _, err := io.WriteString(slow, "h"); err != nil {
		t.Fatal(err)
	}
	h.asks(h.came())
	h.asks(h.came())
	slow.closed()
}

// An accept that finds no file left is tried again, and makes room.
func TestNoFileIsLeft(t *testing.T) {
	for _, shortage := range []error{syscall.EMFILE, syscall.ENFILE} {
		h := open(t, 100)
		fails := 0
		really := h.accept
		h.accept = func() (net.Conn, error) {
			if fails > 0 {
				fails--
				return nil, &net.OpError{Op: "accept", Net: "tcp", Err: fmt.Errorf("accept4: %w", shortage)}
			}
			return really()
		}
		go func() {
			for range 2 {
				c, err := h.Accept()
				if err != nil {
					t.Error(err)
					return
				}
				fails = 3
				go h.answer(c)
			}
		}()
		first := h.came()
		h.asks(h.came())
		first.closed()
	}
}

func TestClosedWhileOneWaitsForRoom(t *testing.T) {
	h := open(t, 2)
	ended := make(chan error)
	go func() {
		for {
			c, err := h.Accept()
			if err != nil {
				ended <- err
				return
			}
			if _, err := c.Read(make([]byte, 1)); err != nil { // and it works on that for ever
				t.Error(err)
			}
		}
	}()
	for range 2 {
		if err := h.came().say(""); err != nil {
			t.Fatal(err)
		}
	}
	waits := h.enter()
	h.Close()
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %v", err)
	}
	waits.closed()
}

func TestFit(t *testing.T) {
	for files, want := range map[uint64]int{
		0: most, 1 << 62: most, 1 << 20: most, 20_000: 17_500, 1024: 896, 256: 192, 100: 36, 64: 16, 1: 2,
	} {
		if got := fit(files); got != want {
			t.Errorf("%d files: %d connections, not %d", files, got, want)
		}
	}
}

// What it costs a request: two reads, the first of them half of it, and a write.
func BenchmarkRequest(b *testing.B) {
	began := time.Now()
	l := New(nil, 10, func() time.Duration { return time.Since(began) }, slog.New(slog.DiscardHandler))
	c, err := l.admit(nothing{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		_, _ = c.Read(nil)
		_, _ = c.Read(nil)
		_, _ = c.Write(nil)
	}
}

type nothing struct{ net.Conn }

func (nothing) RemoteAddr() net.Addr      { return nil }
func (nothing) Read([]byte) (int, error)  { return 0, nil }
func (nothing) Write([]byte) (int, error) { return 0, nil }

// Busy are those that something is being worked on for.
func TestWhoIsBusy(t *testing.T) {
	h := open(t, 9)
	h.serve()
	h.asks(h.came())
	if err := h.came().say("wait"); err != nil {
		t.Fatal(err)
	}
	h.until(func() bool { return h.Busy() == 1 })
	close(h.leave)
	h.until(func() bool { return h.Busy() == 0 })
	if h.Len() != 2 {
		t.Errorf("%d connections", h.Len())
	}
}
