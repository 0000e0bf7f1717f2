package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"seckill/internal/httpapi"
)

// opsListen is where a process tells those who run it what it tells nobody else; empty:
// nobody else reaches it at Listen, and all is told there.
func (c Config) opsListen() string {
	host, port, _ := net.SplitHostPort(c.Listen)
	if c.OpsListen != "" || isLoopback(host) {
		return c.OpsListen
	}
	n, _ := strconv.Atoi(port)
	if n > 0 {
		n++
	}
	return net.JoinHostPort("localhost", strconv.Itoa(n))
}

// An opsServer answers there, whatever else the program is at.
type opsServer struct {
	listener net.Listener
	server   http.Server
	handler  atomic.Pointer[http.Handler]
}

// listenOps takes the address.
func (p *Program) listenOps() error {
	at := p.cfg.opsListen()
	if at == "" {
		return nil
	}
	ln, err := net.Listen("tcp", at)
	if err != nil {
		return fmt.Errorf("--ops-listen %s: %w", at, err)
	}
	o := &opsServer{listener: ln}
	o.server.ReadHeaderTimeout = 10 * time.Second
	o.server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*o.handler.Load()).ServeHTTP(w, r) })
	p.ops = o
	p.tellOps(httpapi.Config{
		Auth:  p.newOperators(nil), // tokens are not there yet
		Ready: func(ctx context.Context) httpapi.Condition { return httpapi.Condition{Missing: p.waits.names(ctx)} },
	})
	return nil
}

// tellOps has it tell what c has, from now on.
func (p *Program) tellOps(c httpapi.Config) {
	if p.ops == nil {
		return
	}
	c.Trusted, c.Hosts, c.Started, c.Metrics, c.Log, c.Since, c.Pause = p.trusted, p.cfg.Hosts, p.ready.Load, p.counts.Handler(), p.cfg.Log, since(), sleep
	h := httpapi.Ops(p.work, c)
	p.ops.handler.Store(&h)
}

// serveOps answers until done is called.
func (p *Program) serveOps() (done func()) {
	if p.ops == nil {
		return func() {}
	}
	go func() { _ = p.ops.server.Serve(p.overTLS(p.ops.listener)) }() // until it is closed
	return func() { _ = p.ops.server.Close() }
}

// publicMetrics are those at Listen; nil: there are none.
func (p *Program) publicMetrics() http.Handler {
	if p.ops != nil {
		return nil
	}
	return p.counts.Handler()
}
