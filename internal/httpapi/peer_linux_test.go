package httpapi

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"runtime"
	"testing"

	"seckill/internal/connlimit"
	"seckill/internal/live"
)

// Who has gone is noticed at the next write, not at the one after it.
func TestWhoHasGoneIsNoticedAtTheNextWrite(t *testing.T) {
	t.Run("over TLS", func(t *testing.T) {
		ln, as := listenTLS(t)
		noticed(t, ln, func(c net.Conn) net.Conn { return tls.Client(c, as) })
	})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln = connlimit.New(ln.(*net.TCPListener), 10, newShop().elapsed, slog.New(slog.DiscardHandler)) // as it is served
	defer ln.Close()
	noticed(t, ln, func(c net.Conn) net.Conn { return c })
}

func noticed(t *testing.T, ln net.Listener, client func(net.Conn) net.Conn) {
	t.Helper()
	far, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far = client(far)
	end, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	asked := make(chan error, 1)
	go func() { _, err := io.WriteString(far, "GET"); asked <- err }()
	if _, err := io.ReadFull(end, make([]byte, 3)); err != nil || <-asked != nil { // TLS shakes hands by it
		t.Fatal(err)
	}
	a := New(newShop().config())
	defer a.cancel()
	silent := func() live.Build {
		return func(context.Context) (live.Frame, live.Word) { return live.Frame{}, live.Same }
	}
	st := &stream{}
	st.rings.Store(1)
	st.watchers = []*live.Watcher{a.Hub.Watch("1", "v", silent, st.ring)}
	a.streams.enter(st)
	if a.begin(st, end); st.rings.Load() != 0 {
		t.Fatal("it does not rest")
	}
	if _, err := io.ReadFull(far, make([]byte, len(streamHead))); err != nil {
		t.Fatal(err)
	}
	far.Close()
	st.beat.Store(true)
	for st.ring(); a.Hub.Watchers() > 0; runtime.Gosched() {
		if st.rings.Load() == 0 {
			t.Fatal("it has written, and rests again")
		}
	}
	a.streams.Wait()
}
