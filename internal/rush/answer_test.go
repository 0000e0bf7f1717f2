package rush

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Every form of an answer is read, in whatever pieces it arrives.
func TestAnswerForms(t *testing.T) {
	long := strings.Repeat("x", 20_000)
	for name, c := range map[string]struct {
		raw  string
		want answer
	}{
		"plain": {"HTTP/1.1 409 Conflict\r\ncontent-length: 2\r\nRetry-After: 3\r\nLocation: /a\r\n\r\n{}",
			answer{status: 409, body: []byte("{}"), retryAfter: 3 * time.Second, location: "/a"}},
		"no body":       {"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", answer{status: 201}},
		"close":         {"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\nx", answer{status: 200, close: true, body: []byte("x")}},
		"long":          {"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + long, answer{status: 200, body: []byte(long)}},
		"long header":   {"HTTP/1.1 200 OK\r\nX: " + long + "\r\nContent-Length: 1\r\n\r\nx", answer{status: 200, body: []byte("x")}},
		"chunked":       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n2\r\nyz\r\n0\r\n\r\n", answer{status: 200, close: true, body: []byte("xyz")}},
		"early hints":   {"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", answer{status: 200, close: true, body: []byte("x")}},
		"until the end": {"HTTP/1.0 200 OK\r\n\r\nxyz", answer{status: 200, close: true, body: []byte("xyz")}},
	} {
		for _, piece := range []int{1, 7, 1 << 20} {
			client, server := net.Pipe()
			go func() {
				_, _ = server.Read(make([]byte, 100))
				for rest := c.raw; rest != ""; {
					n := min(piece, len(rest))
					_, _ = io.WriteString(server, rest[:n])
					rest = rest[n:]
				}
				server.Close()
			}()
			var got answer
			if err := newLink(client, make([]byte, 0, 64)).exchange([]byte("GET"), &got); err != nil {
				t.Errorf("%s by %d: %v", name, piece, err)
			} else if got.status != c.want.status || string(got.body) != string(c.want.body) || got.close != c.want.close ||
				got.retryAfter != c.want.retryAfter || got.location != c.want.location {
				t.Errorf("%s by %d: got %.200v", name, piece, got.String())
			}
			client.Close()
		}
	}
}

func TestNotHTTP(t *testing.T) {
	for _, raw := range []string{"SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx", "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", ""} {
		client, server := net.Pipe()
		go func() {
			_, _ = server.Read(make([]byte, 100))
			_, _ = io.WriteString(server, raw)
			server.Close()
		}()
		var got answer
		if err := newLink(client, make([]byte, 0, 64)).exchange([]byte("GET"), &got); err == nil {
			t.Errorf("%q was taken for %v", raw, got.String())
		}
	}
}

func TestProblemOf(t *testing.T) {
	for body, want := range map[string]string{
		`{"type":"/problems/sold_out","status":409}`:                             "sold_out",
		`{ "type" : "https://example.com/problems/closed" }`:                     "closed",
		`{"detail":"\"type\":\"/problems/sold_out\"","type":"/problems/paused"}`: "paused",
		`{"type":"about:blank"}`:                                                 "about:blank",
		`{"type":"unfinished`:                                                    "",
		`not JSON`:                                                               "",
		``:                                                                       "",
	} {
		if got := string(problemOf([]byte(body))); got != want {
			t.Errorf("problemOf(%s) = %q, want %q", body, got, want)
		}
	}
}

// TLS has no shortcut to the socket, and gets the same answers.
func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.URL.Path)
	}))
	t.Cleanup(server.Close)
	at := &target{host: "example.com", address: server.Listener.Addr().String(), tls: server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()}
	at.tls.ServerName, at.tls.NextProtos = "example.com", nil
	conn, err := at.dial(t.Context(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	link := newLink(conn, make([]byte, 0, 64))
	for _, path := range []string{"/a", "/b"} {
		var got answer
		if err := link.exchange(getRequest(at, path, ""), &got); err != nil || string(got.body) != path {
			t.Errorf("%s: %v %s", path, err, got.String())
		}
	}
	_ = conn.Close()
}
