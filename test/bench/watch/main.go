// Command watch is very many browsers that watch a product: each has an event
// stream, and reads whatever comes.
//
//	watch HOST:PORT PRODUCT WATCHERS
//
// It says "ready" once every stream has had its first event, and when it is told
// to stop, how many events came and how many streams were cut off, as JSON.
package main

import (
	"bytes"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
)

// atOnce is how many streams are being opened at a time: what they cost while
// they are open is to be measured, and not a rush to open them.
const atOnce = 100

var events, cut atomic.Int64

func main() {
	address, product := os.Args[1], os.Args[2]
	watchers, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	request := "GET /api/products/" + product + "/events HTTP/1.1\r\nHost: " + address + "\r\n\r\n"
	opening := make(chan struct{}, atOnce)
	for range watchers {
		opening <- struct{}{}
		c, err := net.Dial("tcp", address)
		if err == nil {
			_, err = c.Write([]byte(request))
		}
		if err != nil {
			log.Fatal(err)
		}
		go follow(c, sync.OnceFunc(func() { <-opening }))
	}
	for range atOnce {
		opening <- struct{}{} // the last ones have had their first event
	}
	fmt.Println("ready")
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	<-stop
	fmt.Printf("{\"events\":%d,\"cut\":%d}\n", events.Load(), cut.Load())
}

// follow reads a stream to its end. The name of an event may lie across two
// reads, which a count of thousands can bear.
func follow(c net.Conn, seen func()) {
	defer cut.Add(1)
	defer seen()
	b := make([]byte, 2048)
	for {
		n, err := c.Read(b)
		if err != nil {
			return
		}
		if k := bytes.Count(b[:n], []byte("event: ")); k > 0 {
			events.Add(int64(k))
			seen()
		}
	}
}
