package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// A server is a seckill serve that is ready.
type server struct {
	cmd    *exec.Cmd
	listen string
	said   strings.Builder
	over   chan struct{} // closed when it has said all
}

var ready = regexp.MustCompile(`msg=ready address=\S+:(\d+)`)

// start runs a command line until it says that it is ready.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{cmd: program(t, args...), over: make(chan struct{})}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { read.Close() })
	s.cmd.Stdout, s.cmd.Stderr = write, write
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	lines := bufio.NewScanner(read)
	for s.listen == "" && lines.Scan() {
		fmt.Fprintln(&s.said, lines.Text())
		if at := ready.FindStringSubmatch(lines.Text()); at != nil {
			s.listen = "127.0.0.1:" + at[1]
		}
	}
	if s.listen == "" {
		t.Fatalf("it ended: %v\n%s", s.cmd.Wait(), s.said.String())
	}
	go func() { // it must not have to wait for a reader
		_, _ = io.Copy(io.Discard, read)
		close(s.over)
	}()
	return s
}

// output is what it said until it was ready.
func (s *server) output() string { return s.said.String() }

// put puts a product on sale and returns the answer's status.
func (s *server) put(t *testing.T) int {
	t.Helper()
	return s.send(t, http.MethodPut, "/api/products/1", `{"quantity":5}`)
}

func (s *server) send(t *testing.T, method, path, body string) (status int) {
	t.Helper()
	return s.as(t, "", method, path, body)
}

// as sends a request with a token, if there is one.
func (s *server) as(t *testing.T, token, method, path, body string) (status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.listen+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// interrupt is Ctrl-C.
func (s *server) interrupt(t *testing.T) {
	t.Helper()
	http.DefaultClient.CloseIdleConnections()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("after Ctrl-C: %v", err)
	}
	<-s.over
}

// shopThatTells sells to everybody, and tells when it has met so many buyers.
func shopThatTells(t *testing.T, buyers int64) (url string, met <-chan struct{}) {
	var n atomic.Int64
	all := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/products/1", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("POST /api/products/1/orders", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		if n.Add(1) == buyers {
			close(all)
		}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, all
}
