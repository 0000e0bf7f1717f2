package fault

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Watchers who have gone leave nothing behind, though the sale is silent.
func TestAbandonedStreamsLeaveNothingBehind(t *testing.T) {
	const watchers = 4000
	s := serve(t, bin, t.TempDir())
	s.Put(t, "1", `{"quantity":10000}`)
	at := make([]string, watchers) // half of them watch the product, and half an order of their own
	for i := range at {
		at[i] = "/api/products/1/events"
		if i%2 == 0 {
			continue
		}
		a, err := s.Buy("1", "u"+itoa(i), "")
		if err != nil || a.Status != 201 {
			t.Fatal(a, err)
		}
		at[i] = "/api/orders/" + a.Order.ID + "/events"
	}
	s.HTTP.CloseIdleConnections()
	files := func() int {
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.Pid()))
		if err != nil {
			t.Fatal(err)
		}
		return len(open)
	}
	goroutines := func() int { return gauge(t, s, "go_goroutines") }
	filesBefore, goroutinesBefore := files(), goroutines()
	address := strings.TrimPrefix(s.URL, "http://")
	var all []net.Conn
	for range watchers {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Skipf("this machine takes %d connections of the %d: %v (ulimit -n)", len(all), watchers, err)
		}
		defer c.Close()
		all = append(all, c)
	}
	var watch sync.WaitGroup
	for i, c := range all {
		watch.Go(func() {
			in := bufio.NewReader(c)
			for began := time.Now(); ; {
				fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", at[i])
				r, err := http.ReadResponse(in, nil) //nolint:bodyclose // the connection is closed
				if err != nil {
					t.Error(err)
					return
				}
				if r.StatusCode == http.StatusOK {
					return // its body does not end
				}
				busy := r.StatusCode == http.StatusServiceUnavailable && time.Since(began) < 2*time.Minute // so that the store answers late
				if _, err = io.Copy(io.Discard, r.Body); err != nil || !busy {
					t.Error(r.StatusCode, err)
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
	watch.Wait()
	if n := gauge(t, s, "seckill_event_streams"); n != watchers {
		t.Errorf("%d streams are told of, not %d", n, watchers)
	}
	for _, c := range all {
		c.Close()
	}
	if a, err := s.Buy("1", "ann", ""); err != nil || a.Status != 201 { // the next frame
		t.Fatal(a, err)
	}
	for began := time.Now(); ; <-time.After(100 * time.Millisecond) {
		f, g := files(), goroutines()
		if f <= filesBefore+10 && g <= goroutinesBefore+10 && gauge(t, s, "seckill_event_streams") == 0 { // some are of this look itself
			t.Logf("nothing is left after %v", time.Since(began).Round(100*time.Millisecond))
			return
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("%d descriptors of %d before, %d goroutines of %d before", f, filesBefore, g, goroutinesBefore)
		}
	}
}

// gauge is one of the metrics.
func gauge(t *testing.T, s *server, name string) int {
	t.Helper()
	a, err := s.Get("/metrics")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(a.Body) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no metric %s in %s", name, a.Body)
	return 0
}
