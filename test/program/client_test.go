package program_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"seckill/test/program"
)

// A request that may have been read is not one that reached nobody, though nobody
// listens any more.
func TestAKeyedRequestIsSentOnce(t *testing.T) {
	var server *httptest.Server
	var asked atomic.Int64
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 { // so that the second comes on a connection that was used
			_, _ = w.Write([]byte("{}"))
			return
		}
		_ = server.Listener.Close()
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	s := &program.Server{URL: server.URL, HTTP: server.Client()}
	if _, err := s.Buy("1", "u", "key"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Buy("1", "u", "key")
	var op *net.OpError
	if err == nil || errors.As(err, &op) && op.Op == "dial" || asked.Load() != 2 {
		t.Errorf("asked %d times, and told %v", asked.Load(), err)
	}
}
