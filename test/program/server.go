package program

import (
	"crypto/tls"
	"net/http"
	"regexp"
	"testing"
	"time"
)

// A Server is a process that runs seckill serve, and sells.
type Server struct {
	*Process
	URL   string       // once it is ready, or Address has returned
	HTTP  *http.Client // by which it is asked
	Token string       // of an operator or a buyer, if whoever asks has one; empty: none is sent
	from  string       // see From
}

// As is the same server, asked by whom a token proves.
func (s *Server) As(token string) *Server {
	as := *s
	as.Token = token
	return &as
}

// From is the same server, asked through a proxy that says that somebody at this address does.
func (s *Server) From(address string) *Server {
	from := *s
	from.from = address
	return &from
}

// Serve starts a server on a free port, with more options for serve. It need not
// get ready.
func Serve(t testing.TB, binary string, options ...string) *Server {
	t.Helper()
	return NewServer(t, Launch(t, binary, append([]string{"serve", "--listen", "127.0.0.1:0"}, options...)...))
}

// NewServer is the server that a process runs.
func NewServer(t testing.TB, p *Process) *Server {
	transport := &http.Transport{MaxIdleConnsPerHost: 1000}
	t.Cleanup(transport.CloseIdleConnections)
	return &Server{Process: p, HTTP: &http.Client{Transport: transport}}
}

// Believe has it asked over TLS, with this certificate.
func (s *Server) Believe(c Certificate) *Server {
	s.HTTP.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: c.Authority}
	return s
}

var console = regexp.MustCompile(`Console +(https?)://localhost(:\d+)/`)

// Address waits until the server says where it is, before it is ready; false: it ended.
func (s *Server) Address(t testing.TB) bool {
	t.Helper()
	if !s.Out.Await("To buy") {
		return false
	}
	at := console.FindStringSubmatch(s.Out.String())
	if at == nil {
		t.Fatalf("it does not say where to click:\n%s", s.Out.String())
	}
	s.URL = at[1] + "://127.0.0.1" + at[2]
	return true
}

// Ready waits until the server says that it is ready; false: it ended.
func (s *Server) Ready(t testing.TB) bool {
	t.Helper()
	if !s.Out.Await("msg=ready") || !s.Address(t) {
		return false
	}
	for began := time.Now(); s.Running(); <-time.After(20 * time.Millisecond) { // on a busy machine a server may be slow to answer it
		a, err := s.Get("/readyz")
		if err == nil && a.Status == 200 {
			return true
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("it says that it is ready, and /readyz says %d, %v", a.Status, err)
		}
	}
	return false
}
