package fault

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// posts are the starts of requests with a body, one for each way in which it is read.
var posts = map[string]string{
	"buy":     "POST /api/products/1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
	"adaptor": "PUT /api/products/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n",
}

// victim is a server that sells, and a look at whether it still does: it may tell a buyer that nobody was asked in time on
// a busy machine, but not for minutes.
func victim(t *testing.T) (s *server, sells func()) {
	t.Helper()
	s = serve(t, bin, t.TempDir())
	s.Put(t, "1", `{"quantity":1000}`)
	n := 0
	return s, func() {
		t.Helper()
		n++
		if a, err := s.BuyPatiently("1", "honest-"+itoa(n), ""); err != nil || a.Status != 201 {
			t.Errorf("a buyer meanwhile: %v, %v", a, err)
		}
	}
}

// Who sends a request a byte at a time is let go of when its time is over, and
// holds up nobody until then.
func TestSlowRequests(t *testing.T) {
	s, sells := victim(t)
	var all sync.WaitGroup
	for name, head := range posts {
		for part, sent := range map[string]string{"headers": head, "body": head + "Content-Length: 100\r\n\r\n", "chunks": head + "Transfer-Encoding: chunked\r\n\r\n"} {
			for range 20 {
				all.Go(func() {
					if got, err := dripped(dial(t, s), sent); err != nil || !strings.HasPrefix(got, "HTTP/1.1 408 ") && !strings.HasPrefix(got, "HTTP/1.1 400 ") {
						t.Errorf("%s, slow %s: %q, %v", name, part, got, err)
					}
				})
			}
		}
	}
	gone := make(chan struct{})
	go func() { all.Wait(); close(gone) }()
	for {
		select {
		case <-gone:
			sells()
			return
		case <-time.After(100 * time.Millisecond):
			sells()
		}
	}
}

// dripped sends a start and then a byte each while, until the server has had
// enough, and returns what that said.
func dripped(c *net.TCPConn, start string) (string, error) {
	if _, err := io.WriteString(c, start); err != nil {
		return "", err
	}
	over := make(chan struct{})
	go func() {
		for {
			select {
			case <-over:
				return
			case <-time.After(200 * time.Millisecond):
				if _, err := io.WriteString(c, "1"); err != nil {
					return
				}
			}
		}
	}()
	defer close(over)
	said, err := io.ReadAll(c)
	if errors.Is(err, syscall.ECONNRESET) { // closed over a byte that had just come
		err = nil
	}
	return string(said), err
}

// What is larger than any request is not read to its end, whatever it says of its size.
func TestHugeRequests(t *testing.T) {
	const enough = 128 << 20 // more than the server reads over, so that its answer is seen
	s, sells := victim(t)
	for name, start := range map[string]string{
		"headers":            "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: ",
		"headers, many":      "GET /livez HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("X: y\r\n", 1<<14),
		"a target":           "GET /",
		"a method":           "",
		"buy: a body":        posts["buy"] + "Content-Length: 999999999999\r\n\r\n",
		"buy: chunks":        posts["buy"] + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n",
		"adaptor: a body":    posts["adaptor"] + "Content-Length: 999999999999\r\n\r\n",
		"adaptor: chunks":    posts["adaptor"] + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n",
		"a chunk's size":     posts["buy"] + "Transfer-Encoding: chunked\r\n\r\n" + strings.Repeat("0", 1<<16),
		"a trailer":          posts["buy"] + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: ",
		"a trailer, adaptor": posts["adaptor"] + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: ",
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, s)
			answered := make(chan string, 1)
			go func() {
				said, _ := io.ReadAll(c) // that it is reset is an answer too
				answered <- string(said)
			}()
			_, _ = io.WriteString(c, start)
			sent, piece := 0, []byte(strings.Repeat("x", 1<<16))
			for sent < enough {
				n, err := c.Write(piece)
				if sent += n; err != nil {
					break
				}
			}
			if sent >= enough {
				t.Errorf("it took %d bytes", sent)
			}
			if said := <-answered; said != "" && !strings.HasPrefix(said, "HTTP/1.1 4") {
				t.Errorf("it said %q", said)
			}
		})
		sells()
	}
	if peak := memory(t, s); peak > 200<<10 {
		t.Errorf("it needed %d KiB", peak)
	}
}

// Who has closed their half of the connection has their answer; half a request
// is none.
func TestHalfClosedConnections(t *testing.T) {
	s, sells := victim(t)
	body := `{"user_id":"half"}`
	if got := conversation(t, s, posts["buy"]+"Content-Length: "+itoa(len(body))+"\r\n\r\n"+body); len(got) != 1 || got[0].Status != 201 {
		t.Errorf("a whole buy: %v", got)
	}
	for name, head := range posts {
		for part, text := range map[string]string{
			"a header": head[:40], "a body": head + "Content-Length: 30\r\n\r\n" + body, "chunks": head + "Transfer-Encoding: chunked\r\n\r\n12\r\n" + body[:9],
		} {
			for _, a := range conversation(t, s, text) {
				if a.Status < 400 || a.Status > 499 {
					t.Errorf("%s, half of %s: %v", name, part, a)
				}
			}
		}
	}
	sells()
	if a, err := s.Get("/api/products/1"); err != nil || !strings.Contains(a.Body, `"held":2,`) {
		t.Errorf("half a request changed something: %v, %v", a, err)
	}
}

// Ten thousand connections that say nothing, and ten thousand that have said
// something once, take nothing from buyers.
func TestIdleConnections(t *testing.T) {
	const idle = 10_000
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Max < idle+1000 {
		t.Skipf("SKIPPED: a process may have %d files open; run as root: ulimit -Hn 20000", limit.Max)
	}
	s, sells := victim(t)
	for i := range idle {
		c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		defer c.Close()
		if i%2 == 0 {
			continue
		}
		if _, err := io.WriteString(c, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(make([]byte, 1024)); err != nil || n == 0 {
			t.Fatalf("connection %d: %v", i, err)
		}
	}
	for range 200 {
		sells()
	}
	t.Logf("with %d idle connections it needed %d KiB", idle, memory(t, s))
}

// memory is the most that a server has held, in KiB; 0 if this system does not tell.
func memory(t *testing.T, s *server) (peak int) {
	t.Helper()
	status, _ := os.ReadFile("/proc/" + itoa(s.Pid()) + "/status") // only Linux has it
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	_, _ = fmt.Sscan(after, &peak)
	return peak
}
