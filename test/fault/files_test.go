package fault

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"

	"seckill/test/program"
)

// However many connections are opened that say nothing, and whatever the process
// may open: it lives, buyers who are served go on being served over the connections
// that they have, and others get one.
func TestMoreConnectionsThanFiles(t *testing.T) {
	for files, idle := range map[int]int{256: 3_000, 4_096: 20_000} {
		t.Run(itoa(files), func(t *testing.T) {
			var limit syscall.Rlimit
			held := min(idle, 3*files) // the server has closed those before them
			if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Max < uint64(held+1000) {
				t.Skipf("SKIPPED: a process may have %d files open; run as root: ulimit -Hn 20000", limit.Max)
			}
			data := t.TempDir()
			s := program.NewServer(t, program.Launch(t, "sh", "-c", `ulimit -n "$0" && exec "$@"`, itoa(files),
				bin, "serve", "--listen", "127.0.0.1:0", "--data", data))
			if !s.Ready(t) {
				t.Fatalf("it ended:\n%s", s.Out.String())
			}
			s.Put(t, "1", `{"quantity":10000000}`)

			over := make(chan struct{})
			var buyers sync.WaitGroup
			for i := range 20 {
				k := keep(t, s, i)
				buyers.Go(func() {
					for k.buys() {
						select {
						case <-over:
							return
						default:
						}
					}
				})
			}
			silent := make([]net.Conn, idle)
			for i := range idle {
				c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
				if err != nil {
					t.Fatalf("connection %d: %v", i, err)
				}
				defer c.Close()
				if silent[i] = c; i >= held {
					silent[i-held].Close()
				}
			}
			for i := range 50 { // each over a connection of their own
				if a, err := s.Buy("1", "late-"+itoa(i), ""); err != nil || a.Status != 201 {
					t.Errorf("a new buyer: %v, %v", a, err)
				}
				s.HTTP.CloseIdleConnections()
			}
			close(over)
			buyers.Wait()
			if found := judged(t, data); len(found) > 0 {
				t.Error(found)
			}
			s.Stop(t)
		})
	}
}

// A keeper is a buyer who keeps one connection.
type keeper struct {
	t       *testing.T
	name    string
	conn    net.Conn
	answers *bufio.Reader
	orders  int
}

func keep(t *testing.T, s *server, i int) *keeper {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &keeper{t: t, name: "keeper-" + itoa(i), conn: c, answers: bufio.NewReader(c)}
}

// buys places one order more; false: the connection is lost.
func (k *keeper) buys() bool {
	k.orders++
	body := fmt.Sprintf(`{"user_id":"%s-%d"}`, k.name, k.orders)
	_, err := io.WriteString(k.conn, posts["buy"]+"Content-Length: "+itoa(len(body))+"\r\n\r\n"+body)
	var r *http.Response
	if err == nil {
		r, err = http.ReadResponse(k.answers, nil)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	if err != nil || r.StatusCode != 201 {
		k.t.Errorf("%s, order %d: %v, %v", k.name, k.orders, r, err)
	}
	return err == nil
}
