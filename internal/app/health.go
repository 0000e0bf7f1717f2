package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"seckill/internal/connlimit"
	"seckill/internal/httpapi"
)

// A healthServer answers for a process that does not sell: its servers are away yet, or
// it only projects.
type healthServer struct{ server *http.Server }

func (p *Program) newHealthServer(missing func(context.Context) []string) *healthServer {
	operators := p.operators
	if operators == nil { // tokens are not there yet, nor is the secret of sessions
		operators = p.newOperators(nil)
	}
	ctx, cancel := context.WithCancel(p.work)
	h := &healthServer{&http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: httpapi.HealthOnly(ctx, httpapi.Config{
		Auth: operators, Trusted: p.trusted, Started: p.ready.Load, Metrics: p.publicMetrics(), Log: p.cfg.Log, Since: since(), Pause: sleep,
		Ready: func(ctx context.Context) httpapi.Condition { return httpapi.Condition{Missing: missing(ctx)} },
	})}}
	h.server.RegisterOnShutdown(cancel)
	return h
}

func (h *healthServer) Serve(ln net.Listener) error {
	if err := h.server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (h *healthServer) Shutdown(ctx context.Context) error { return h.server.Shutdown(ctx) }

// connect connects to the servers. Until they are there a healthServer answers, and says
// what it waits for.
func (p *Program) connect(ctx context.Context) error {
	p.waits.begin()
	h := p.newHealthServer(p.waits.names)
	left := make(chan error, 1)
	go func() { left <- h.Serve(p.overTLS(borrowed{p.listener})) }()
	waiting := func(server string, away error) {
		if p.waits.note(server, away) {
			p.cfg.Log.Info("waiting", "for", server, "because", away)
		}
	}
	k, err := p.mode.connect(ctx, waiting)
	var s secrets
	if err == nil {
		p.keepers = k
		s, err = p.join(ctx, k, waiting)
	}
	late, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = h.Shutdown(late) // who is still being told to wait will ask again
	if err := errors.Join(err, <-left, p.listener.SetDeadline(time.Time{})); err != nil {
		return err
	}
	p.wire(s, nil)
	return nil
}

// borrowed is a listener that goes on after whoever borrowed it has closed it.
type borrowed struct{ *connlimit.Listener }

func (b borrowed) Accept() (net.Conn, error) {
	c, err := b.Listener.Accept()
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, net.ErrClosed
	}
	return c, err
}

func (b borrowed) Close() error { return b.SetDeadline(time.Unix(1, 0)) }

var errNotYet = errors.New("not connected yet")

// gatesShut is what a process lacks from its start until its gates are open.
const gatesShut = "the gates are not open yet"

// waits are the servers that are waited for.
type waits struct {
	mu   sync.Mutex
	away map[string]error
}

func (w *waits) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.away = map[string]error{redis: errNotYet, kafka: errNotYet, postgres: errNotYet}
}

// up tells of each server whether it is there.
func (w *waits) up() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	up := map[string]bool{}
	for server, away := range w.away {
		up[server] = away == nil
	}
	return up
}

// note takes down that a server is away, or with nil that it is there. It reports
// whether that is news worth telling.
func (w *waits) note(server string, away error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.away[server]
	w.away[server] = away
	return away != nil && (before == nil || before.Error() != away.Error())
}

// names is never empty: when all servers are there the gates are still to be opened.
func (w *waits) names(context.Context) (names []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, server := range [...]string{redis, kafka, postgres} {
		if w.away[server] != nil {
			names = append(names, strings.ReplaceAll(server+" ("+w.away[server].Error()+")", "\n", " "))
		}
	}
	if names == nil {
		names = []string{gatesShut}
	}
	return names
}
