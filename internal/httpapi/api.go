package httpapi

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttpadaptor"
)

const (
	// readTimeout is how long a whole request may take to arrive.
	readTimeout = 10 * time.Second
	// writeTimeout is how long an answer, or a piece of a long one, may take to be taken.
	writeTimeout = 30 * time.Second
	idleTimeout  = 2 * time.Minute
	// maxHeader bounds the headers: enough for a browser that also keeps the
	// cookies of everything else that ever ran on localhost.
	maxHeader = 8 << 10
)

// An API is the sale over HTTP.
type API struct {
	Config
	ctx        context.Context // of all work; done when Shutdown ran out of time
	cancel     context.CancelFunc
	waiting    context.Context // of buyers who would wait for placed, and of event streams
	endWaiting context.CancelFunc
	streams    *openStreams
	states     states
	closing    atomic.Bool
	draining   atomic.Bool
	ln         atomic.Pointer[net.Listener]

	server             *fasthttp.Server
	others             fasthttp.RequestHandler // every route but a buy and the event streams
	document           func() []byte           // OpenAPI, as JSON
	limits             limits
	tokens, signatures *brake // of those that are wrong
	count              [kindCount]func(took time.Duration)
	sold               [kindCount]func(product []byte, at time.Time, took time.Duration) // nil: it tells of no product
	index              http.Handler                                                      // the console's page
	loopback           bool                                                              // only reached from this machine
	logsBuys           bool
	start              string // names this start of the process in the ids of its requests
}

// New makes an API.
func New(c Config) *API {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{Config: c}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	a.waiting, a.endWaiting = context.WithCancel(a.ctx)
	a.tokens, a.signatures = newBrake(c.elapsed), newBrake(c.elapsed)
	a.streams, a.states = newStreams(&c), newStates()
	a.limits = newLimits(c.Rates)
	a.countAnswers()
	a.logsBuys, a.start = c.Log.Enabled(a.ctx, slog.LevelDebug), strings.ToLower(rand.Text()[:6])
	a.others = fasthttpadaptor.NewFastHTTPHandler(a.routes())
	a.server = a.newServer()
	return a
}

func (a *API) newServer() *fasthttp.Server {
	return &fasthttp.Server{
		Handler:       a.Handler(),
		ErrorHandler:  a.unreadable,
		ExpectHandler: expect,
		Logger:        quiet{a.Log},

		Concurrency:        1 << 18, // of connections: fewer would turn a rush away with 503
		ReadBufferSize:     maxHeader,
		MaxRequestBodySize: maxBody,
		// A larger body comes as a stream, so that it can be answered as we like.
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		ReadTimeout:                  readTimeout,
		WriteTimeout:                 writeTimeout,
		IdleTimeout:                  idleTimeout,
		CloseOnShutdown:              true,
		KeepHijackedConns:            true, // event streams go on without the request that began them
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
	}
}

// Serve answers on ln until Shutdown. It may be called once.
func (a *API) Serve(ln net.Listener) error {
	if tcp, ok := ln.Addr().(*net.TCPAddr); ok {
		a.loopback = tcp.IP.IsLoopback()
	}
	a.ln.Store(&ln)
	if a.closing.Load() { // Shutdown may not have seen the listener
		_ = ln.Close() // or it has closed it
		return nil
	}
	return a.server.Serve(ln)
}

// Drain has whoever is answered from now on ask the next time over a new
// connection, which may lead elsewhere.
func (a *API) Drain() { a.draining.Store(true) }

// Shutdown ends everything: no new connections, event streams closed, and every
// request answered. What still works when ctx is done is told to give up; then
// its error is returned.
func (a *API) Shutdown(ctx context.Context) error {
	a.closing.Store(true)
	a.endWaiting()
	defer a.cancel()
	err := a.server.ShutdownWithContext(ctx)
	if ln := a.ln.Load(); ln != nil {
		_ = (*ln).Close() // the server has, unless it was about to begin
	}
	if err == nil {
		a.streams.Wait() // each is told, and writes for a moment at most
	}
	return err
}

// Handler answers one request.
func (a *API) Handler() fasthttp.RequestHandler { return a.handle }

func (a *API) handle(ctx *fasthttp.RequestCtx) {
	defer a.recovered(ctx)
	if a.draining.Load() {
		ctx.SetConnectionClose()
	}
	if k, ok := a.precheck(ctx); !ok {
		problem(k).send(ctx)
		a.countRequest(ctx, noRoute)
		return
	}
	route, id := match(ctx)
	switch limited := a.addressLimited(ctx, route); {
	case limited && route == buyRoute:
		a.count[rateLimited](time.Since(ctx.Time()))
		return
	case limited:
		a.countRequest(ctx, cmp.Or(patterns[route], noRoute))
		return
	}
	switch route {
	case buyRoute:
		a.buy(ctx, id)
		return // counted with its answer
	case productEventsRoute:
		a.productEvents(ctx, id)
	case orderEventsRoute:
		a.orderEvents(ctx, id)
	case rehearsalEventsRoute:
		a.rehearsalEvents(ctx, id)
	case paymentRoute:
		a.receivePayment(ctx)
	default:
		a.other(ctx)
	}
	a.countRequest(ctx, patterns[route])
}

func (a *API) other(ctx *fasthttp.RequestCtx) {
	if !readable(ctx.RequestURI()) {
		problem(malformed).send(ctx)
		return
	}
	a.others(ctx)
}

// recovered answers if our code has failed; one request must not end a sale.
func (a *API) recovered(ctx *fasthttp.RequestCtx) {
	if v := recover(); v != nil {
		ctx.Response.Reset()
		problem(internal).send(ctx)
		a.unexpected(ctx, "panic", "value", v, "stack", string(debug.Stack()))
	}
}

// recoverer does the same on net/http, where the handler has a goroutine of its own.
func (a *API) recoverer(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(v) // it cuts off an answer that has begun
			}
			a.Log.Error("panic", "value", v, "stack", string(debug.Stack()))
			problem(internal).write(w)
		}()
		next.ServeHTTP(w, r)
	})
}

// quiet keeps what fasthttp has to say about broken connections out of the way.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(format string, args ...any) {
	q.log.Debug("fasthttp", "format", format, "args", args)
}
