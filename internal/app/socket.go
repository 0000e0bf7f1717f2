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
	ln, err := c.socket()
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", c.Listen, err)
	}
	return ln, nil
}

func (c Config) socket() (*net.TCPListener, error) {
	if len(c.Sockets) == 0 {
		ln, err := net.Listen("tcp", c.Listen)
		if err != nil {
			return nil, err
		}
		return ln.(*net.TCPListener), nil
	}
	var all []net.Listener
	var err error
	for _, file := range c.Sockets {
		ln, wrong := net.FileListener(file)
		err = errors.Join(err, wrong, file.Close()) // a listener has a copy of its own
		if wrong == nil {
			all = append(all, ln)
		}
	}
	ln, ok := all[0].(*net.TCPListener)
	if err == nil && (!ok || len(all) > 1) {
		err = fmt.Errorf("systemd gives %d sockets, and one of TCP is wanted", len(all))
	}
	if err == nil {
		err = c.isAt(ln.Addr().(*net.TCPAddr))
	}
	if err != nil {
		for _, ln := range all {
			err = errors.Join(err, ln.Close())
		}
		return nil, err
	}
	return ln, nil
}

// isAt wants the socket to be where Listen says, by which it is decided who may reach it.
func (c Config) isAt(socket *net.TCPAddr) error {
	host, port, _ := net.SplitHostPort(c.Listen) // it has been checked
	if n, _ := strconv.Atoi(port); isLoopback(host) != socket.IP.IsLoopback() || n != socket.Port {
		return fmt.Errorf("systemd's socket is at %s: ListenStream has to be the same", socket)
	}
	return nil
}
