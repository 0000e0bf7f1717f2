//go:build unix

package rush

import (
	"errors"
	"io"
	"syscall"
)

const haveRaw = true

// writeRead is one write and then one read of a request and its answer, run by
// [syscall.RawConn.Read]: first at once, then each time the socket has become
// readable, until it returns true.
//
// A plain Write and Read would ask the socket for an answer that cannot be
// there yet, and only then wait: one system call in three for nothing. Writing
// within the call of Read is what makes the wait safe: Read forgets the old
// readiness before it calls, so the answer's arrival cannot be missed.
func (l *link) writeRead(fd uintptr) bool {
	if len(l.out) > 0 {
		n, err := retry(func() (int, error) { return syscall.Write(int(fd), l.out) })
		if err != nil && !errors.Is(err, syscall.EAGAIN) {
			l.err = err
			return true
		}
		l.out = l.out[max(0, n):]
		return len(l.out) > 0 // not all of it went: send finishes the slow way
	}
	n, err := retry(func() (int, error) { return syscall.Read(int(fd), l.buf[:cap(l.buf)]) })
	if errors.Is(err, syscall.EAGAIN) {
		return false
	}
	if err == nil && n == 0 {
		err = io.EOF
	}
	l.buf, l.err = l.buf[:max(0, n)], err
	return true
}

func retry(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); !errors.Is(err, syscall.EINTR) {
			return n, err
		}
	}
}
