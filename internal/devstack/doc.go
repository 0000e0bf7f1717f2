// Package devstack runs a real Redis, Postgres and Kafka on this machine, and a
// PgBouncer, without Docker: for cmd/devstack, and for tests, which may kill them.
//
// It promises that a server answers on a loopback port when its Start function
// returns, keeps that port and its data from one start of a node to the next,
// and is gone, with everything that it had started itself, when Kill, Stop or
// Close returns. Each start takes a folder, which the caller removes. A folder that was
// used before is used again, on new ports.
//
//	down ──Start──► up ──Freeze──► frozen ──Thaw──► up
//	  ▲──Kill, Stop───┴──────────────┘
//
// A node is one process of a server: Redis, Postgres and PgBouncer are one, Kafka is one a
// broker. Any method of any node may be called at any time; those of one node
// wait for each other.
//
// No process outlives the one that started it: on Linux the kernel ends it, even if
// its parent was killed, except for the children of a Postgres that is frozen at that
// moment. Elsewhere Close has to do it.
package devstack

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
)

// ErrMissing is the kind of error if a program that a server needs is not installed.
var ErrMissing = errors.New("not installed (make deps)")

// loopback is the only address that anything here listens on.
const loopback = "127.0.0.1"

// freePort finds a port that nobody listens on, below those that systems give to
// connections (Linux: from 32768, others: from 49152). A server that is down must
// find its port free again, and a client that tries to reach it meanwhile must
// not be given that very port, as it would then connect to itself.
//
// The port stays this process's as long as it runs: no server uses the UDP port of
// that number, and who holds it keeps the TCP port from every other devstack.
func freePort() (int, error) {
	const from, to = 10_000, 32_000
	for range 100 {
		port := from + rand.IntN(to-from)
		held, err := net.ListenPacket("udp", address(port))
		if err != nil {
			continue
		}
		l, err := net.Listen("tcp", address(port))
		if err != nil {
			_ = held.Close()
			continue
		}
		ports.Store(port, held) // else it would be closed when it is collected
		return port, l.Close()
	}
	return 0, fmt.Errorf("no port between %d and %d is free", from, to)
}

// ports holds what keeps each port that freePort found.
var ports sync.Map

func address(port int) string { return net.JoinHostPort(loopback, strconv.Itoa(port)) }

// FreeAddress is a loopback address that nobody listens on, for a server that is started
// there by somebody else: like those of the servers here it is given to nobody else.
func FreeAddress() (string, error) {
	port, err := freePort()
	return address(port), err
}
