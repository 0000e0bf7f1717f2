package rush

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"
)

// Errors of [Run] before the first buyer is sent.
var (
	ErrUnreachable = errors.New("the server cannot be reached")
	ErrNoProduct   = errors.New("no such product")
)

// target is the server, resolved once: a rush is no test of the name service.
type target struct {
	host    string      // for the Host header
	prefix  string      // of every path, without a slash at its end
	address string      // numeric: with it a dial asks no name service
	tls     *tls.Config // nil: plain
	bargain             // with Config.Payments
}

// reach finds the server and asks it for the product.
func reach(ctx context.Context, c Config) (*target, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, err // Validate has been here
	}
	t := &target{host: u.Host, prefix: strings.TrimSuffix(u.EscapedPath(), "/")}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if u.Scheme == "https" {
		t.tls = c.TLS.Clone()
		if t.tls == nil {
			t.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: u.Hostname(), NextProtos: []string{"http/1.1"}}
		}
	}

	ctx, cancel := context.WithTimeout(ctx, min(c.Timeout, 5*time.Second))
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %s", ErrUnreachable, c.URL, plainly(err))
	}
	defer func() { _ = conn.Close() }() // it has been read to its end, or is of no use
	t.address = conn.RemoteAddr().String()
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()

	var a answer
	err = newLink(t.wrap(conn), make([]byte, 0, 4096)).exchange(getRequest(t, t.prefix+"/api/products/"+c.Product, ""), &a)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %s", ErrUnreachable, c.URL, plainly(err))
	case a.status == 404:
		return nil, fmt.Errorf("%w at %s: %q; put it on sale first", ErrNoProduct, c.URL, c.Product)
	case a.status != 200:
		return nil, fmt.Errorf("%s answered %d when asked for product %q: %s", c.URL, a.status, c.Product, excerpt(a.body))
	case c.Payments:
		if t.bargain, err = bargainOf(a.body); err != nil {
			return nil, fmt.Errorf("product %q at %s: %w", c.Product, c.URL, err)
		}
	}
	return t, nil
}

// dial opens a connection. It leaves out the four system calls that would
// switch keep-alive probes on: a silent server is found by Config.Timeout.
// Dialer.DialTCP would be shorter, but always binds the local end, and a port
// bound so cannot be used again until a minute after its connection.
func (t *target) dial(ctx context.Context, timeout time.Duration) (net.Conn, error) {
	dialer := net.Dialer{Timeout: timeout, KeepAlive: -1}
	conn, err := dialer.DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, err
	}
	return t.wrap(conn), nil
}

func (t *target) wrap(conn net.Conn) net.Conn {
	if t.tls == nil {
		return conn
	}
	return tls.Client(conn, t.tls)
}

// plainly is an error without what differs from one connection to the next,
// so that a thousand of a kind are one line.
func plainly(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "timed out"
	}
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	if name := (*net.DNSError)(nil); errors.As(err, &name) {
		return name.Err
	}
	text := err.Error()
	if text == "EOF" || text == "unexpected EOF" {
		return "the server closed the connection without an answer"
	}
	return strings.TrimPrefix(text, "connect: ")
}
