//go:build linux

// Command watch is very many browsers that watch a product: each has an event
// stream, and reads whatever comes.
//
//	watch HOST:PORT PRODUCT WATCHERS
//
// It says "ready" once every stream has had its first event, and when it is told
// to stop, how many events came and how many streams were cut off, as JSON.
//
// It stands for thousands of other machines, so it is to cost next to nothing on
// this one: one thread and one buffer read them all.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// atOnce is how many streams are being opened at a time: what they cost while
// they are open is to be measured, and not a rush to open them.
const atOnce = 100

func main() {
	at, err := net.ResolveTCPAddr("tcp4", os.Args[1])
	check(err)
	watchers, err := strconv.Atoi(os.Args[3])
	check(err)
	request := "GET /api/products/" + os.Args[2] + "/events HTTP/1.1\r\nHost: " + os.Args[1] + "\r\n\r\n"
	poll, err := unix.EpollCreate1(0)
	check(err)
	c := crowd{poll: poll, waiting: map[int32]struct{}{}}
	for range watchers {
		c.join(&unix.SockaddrInet4{Port: at.Port, Addr: [4]byte(at.IP.To4())}, request)
		for len(c.waiting) == atOnce {
			c.read()
		}
	}
	for len(c.waiting) > 0 {
		c.read()
	}
	fmt.Println("ready")
	told, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	for told.Err() == nil {
		c.read()
	}
	fmt.Printf("{\"events\":%d,\"cut\":%d}\n", c.events, c.cut)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// A crowd is all who watch.
type crowd struct {
	poll        int
	waiting     map[int32]struct{} // who have not had their first event
	events, cut int
	ready       [128]unix.EpollEvent
	buffer      [64 << 10]byte
}

func (c *crowd) join(at unix.Sockaddr, request string) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	check(err)
	check(unix.Connect(fd, at))
	_, err = unix.Write(fd, []byte(request))
	check(err)
	check(unix.EpollCtl(c.poll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)}))
	c.waiting[int32(fd)] = struct{}{}
}

// read reads from those to whom something has come, within a tenth of a second.
// The name of an event may lie across two reads, which a count of thousands can bear.
func (c *crowd) read() {
	n, err := unix.EpollWait(c.poll, c.ready[:], 100)
	if err != nil && err != unix.EINTR {
		log.Fatal(err)
	}
	for _, e := range c.ready[:max(n, 0)] {
		n, err := unix.Read(int(e.Fd), c.buffer[:])
		if err != nil || n == 0 {
			c.cut++
			delete(c.waiting, e.Fd)
			check(unix.Close(int(e.Fd)))
			continue
		}
		if k := bytes.Count(c.buffer[:n], []byte("event: ")); k > 0 {
			c.events += k
			delete(c.waiting, e.Fd)
		}
	}
}
