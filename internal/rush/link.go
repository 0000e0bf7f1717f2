package rush

import (
	"bytes"
	"errors"
	"io"
	"net"
	"syscall"
	"time"
)

// link is one connection to the server. One goroutine uses it at a time, save
// for cut.
type link struct {
	conn    net.Conn
	raw     syscall.RawConn       // nil: there is no shortcut to the socket, as with TLS
	onReady func(fd uintptr) bool // writeRead, bound once: a closure for every exchange would be garbage
	buf     []byte                // what has been read
	out     []byte                // what writeRead is still to write
	err     error                 // what went wrong within writeRead
	used    time.Duration         // when it was last used, from the start of the rush
}

func newLink(conn net.Conn, buf []byte) *link {
	l := &link{conn: conn, buf: buf[:0]}
	if tcp, ok := conn.(*net.TCPConn); ok && haveRaw {
		if raw, err := tcp.SyscallConn(); err == nil {
			l.raw, l.onReady = raw, l.writeRead
		}
	}
	return l
}

// exchange sends request and reads the whole of its answer.
func (l *link) exchange(request []byte, a *answer) error {
	l.buf = l.buf[:0]
	if err := l.send(request); err != nil {
		return err
	}
	for {
		need, plain := parse(a, l.buf)
		switch {
		case !plain:
			return parseAny(a, io.MultiReader(bytes.NewReader(bytes.Clone(l.buf)), l.conn))
		case need > 0 && len(l.buf) >= need:
			// More than the answer: the server said what nobody asked for.
			a.close = a.close || len(l.buf) > need
			return nil
		case len(l.buf) > maxBody:
			return errors.New("the header of the answer has no end")
		}
		if err := l.more(); err != nil {
			return err
		}
	}
}

// send writes request and, if it can, waits for the first bytes of the
// answer in the same step.
func (l *link) send(request []byte) error {
	if l.raw == nil {
		_, err := l.conn.Write(request)
		return err
	}
	l.out, l.err = request, nil
	if err := l.raw.Read(l.onReady); err != nil {
		return err
	}
	if l.err != nil || len(l.out) == 0 {
		return l.err
	}
	_, err := l.conn.Write(l.out) // the socket was full: finish the slow way
	return err
}

// more reads what there is to read.
func (l *link) more() error {
	if len(l.buf) == cap(l.buf) {
		l.buf = append(l.buf, 0)[:len(l.buf)]
	}
	n, err := l.conn.Read(l.buf[len(l.buf):cap(l.buf)])
	l.buf = l.buf[:len(l.buf)+n]
	if n > 0 {
		return nil
	}
	return err
}

// cut makes the exchange under way fail at once. Any goroutine may call it.
func (l *link) cut() { _ = l.conn.SetDeadline(time.Unix(1, 0)) }
