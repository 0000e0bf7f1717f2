package connlimit

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// unread reports whether a connection was sent something that nobody has read yet.
func unread(c net.Conn) (some bool) {
	control(c, func(fd int) {
		n, _, err := unix.Recvfrom(fd, make([]byte, 1), unix.MSG_PEEK|unix.MSG_DONTWAIT)
		some = n > 0 && err == nil
	})
	return some
}

// silence is for how long a new connection has been there and was sent nothing.
func silence(c net.Conn) (d time.Duration) {
	control(c, func(fd int) {
		if info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			d = time.Duration(info.Last_data_recv) * time.Millisecond
		}
	})
	if unread(c) {
		return 0
	}
	return d
}

func control(c net.Conn, do func(fd int)) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	if raw, err := s.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { do(int(fd)) }) // one that is closed has nothing to tell
	}
}
