package tlspair

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Listener gives the connections of ln, over TLS. A handshake is made by who reads first.
func (p *Pair) Listener(ln net.Listener) net.Listener { return listener{ln, p.config} }

type listener struct {
	net.Listener
	config *tls.Config
}

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: tls.Server(c, l.config)}, nil
}

// A conn answers who does not speak TLS, and tells the connection below what is written before anybody is answered.
type conn struct {
	*tls.Conn
	shaken bool // for who reads
}

// Handshake implements what of *tls.Conn servers look for.
func (c *conn) Handshake() error {
	if below, ok := c.NetConn().(interface{ ShakeHands(on bool) }); ok {
		below.ShakeHands(true)
		defer below.ShakeHands(false)
	}
	err := c.Conn.Handshake()
	if plain, ok := errors.AsType[tls.RecordHeaderError](err); ok && plain.Conn != nil && isHTTP(plain.RecordHeader) {
		refuse(plain.Conn)
	}
	c.shaken = err == nil
	return err
}

func (c *conn) Read(b []byte) (int, error) {
	if !c.shaken {
		if err := c.Handshake(); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(b)
}

// isHTTP reports whether a request may begin so.
func isHTTP(begin [5]byte) bool {
	return begin[0] >= 'A' && begin[0] <= 'Z' && begin[1] >= 'A' && begin[1] <= 'Z'
}

const notTLS = "This address is asked over TLS: https://\n"

// refuse answers who asks without TLS, and lets them read it: a connection that is closed over what nobody has read is reset.
func refuse(c net.Conn) {
	_ = c.SetDeadline(time.Now().Add(time.Second)) // an error of this or any other is theirs
	_, _ = fmt.Fprintf(c, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"+
		"X-Content-Type-Options: nosniff\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(notTLS), notTLS)
	_, _ = io.CopyN(io.Discard, c, 64<<10)
}

// Own is how a process of this machine asks the server beside it, or itself: it knows the address, and the
// certificate has the name of the sale.
func Own() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true} // as said above
}
