package redisgate

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// A cutter stands before a server. It passes everything on, and ends every
// connection on which a script has come, before its answer.
type cutter struct {
	net.Listener
	server  string
	scripts atomic.Int64
}

func cut(t *testing.T, server string) *cutter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	t.Cleanup(func() { l.Close() })
	c := &cutter{Listener: l, server: server}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go c.pass(client)
		}
	}()
	return c
}

func (c *cutter) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(client, server) }()
	buf := make([]byte, 1<<20)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if scripts := bytes.Count(buf[:n], []byte("EVAL")); scripts > 0 {
			c.scripts.Add(int64(scripts))
			return
		}
		if _, err := server.Write(buf[:n]); err != nil {
			return
		}
	}
}

// TestSentOnce: what may have happened is never sent a second time.
func TestSentOnce(t *testing.T) {
	c := cut(t, strings.TrimSuffix(strings.TrimPrefix(server(t).URL(), "redis://"), "/0"))
	g := connect(t, Options{URL: "redis://" + c.Addr().String() + "/0"})
	sent := int64(0)
	for what, call := range map[string]func() error{
		"Admit": func() error {
			_, err := g.Admit(t.Context(), product, gate.Try{}, []gate.Request{buy("a", 1)})
			return err
		},
		"Load": func() error {
			return g.Load(t.Context(), product, 1, "any", []gate.Holding{{User: "a", Order: order(1)}})
		},
		"Forget": func() error { return g.Forget(t.Context(), product, []gate.EntryID{"1-1"}) },
		"Remove": func() error { return g.Remove(t.Context(), product, 1) },
	} {
		is(t, call(), sale.ErrUnknownOutcome)
		if sent++; c.scripts.Load() != sent {
			t.Fatalf("%s was sent %d times", what, c.scripts.Load()-sent+1)
		}
	}
}
