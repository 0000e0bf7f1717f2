package app

import (
	"errors"
	"fmt"
	"net"
	"strconv"
)

// listen takes the address, or the socket that a supervisor keeps for it over restarts: whoever
// connects in between waits.
func (c Config) listen() (*net.TCPListener, error) {
	if len(c.Sockets) == 0 {
		ln, err := net.Listen("tcp", c.Listen)
		if err != nil {
			return nil, err
		}
		return ln.(*net.TCPListener), nil
	}
	var all []net.Listener
	wrong := errors.New("systemd has to give one socket of TCP, and no other")
	for _, file := range c.Sockets {
		ln, err := net.FileListener(file)
		if err = errors.Join(err, file.Close()); err != nil { // a listener has a copy of its own
			wrong = fmt.Errorf("%w: %w", wrong, err)
		}
		if ln != nil {
			all = append(all, ln)
		}
	}
	if len(c.Sockets) == 1 && len(all) == 1 {
		if ln, ok := all[0].(*net.TCPListener); ok {
			if wrong = c.isAt(ln.Addr().(*net.TCPAddr)); wrong == nil {
				return ln, nil
			}
		}
	}
	for _, ln := range all {
		wrong = errors.Join(wrong, ln.Close())
	}
	return nil, wrong
}

// isAt wants the socket to be where Listen says, by which it is decided who may reach it.
func (c Config) isAt(socket *net.TCPAddr) error {
	host, port, _ := net.SplitHostPort(c.Listen) // it has been checked
	if n, _ := strconv.Atoi(port); isLoopback(host) != socket.IP.IsLoopback() || n != socket.Port {
		return fmt.Errorf("systemd's socket is at %s: ListenStream has to be the same", socket)
	}
	return nil
}
