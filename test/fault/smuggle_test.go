package fault

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// hidden is a request that stands where only a server that has miscounted the one
// before it would look for the next.
const hidden = "PUT /api/products/hidden100 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n" + `{"quantity":1}`

// A shape is a way to have two servers on a path disagree on where a request ends.
// $ stands for its first line and the headers that every request has.
type shape struct{ name, text string }

// shapes are known by these names, or are variants of those that are.
var shapes = []shape{
	{"CL.TE", "$Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"TE.CL", "$Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden},
	{"TE.TE, the second unknown", "$Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n\r\n0\r\n\r\n" + hidden},
	{"TE.TE, the first unknown", "$Transfer-Encoding: cow\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"TE.TE, in one line", "$Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden},
	{"TE.TE, with a byte before it", "$Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + hidden},
	{"TE.TE, behind a vertical tab", "$Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + hidden},
	{"TE.TE, in quotes", "$Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" + hidden},
	{"CL.CL", "$Content-Length: 0\r\nContent-Length: 14\r\n\r\n" + hidden},
	{"CL.CL, in one line", "$Content-Length: 0, 14\r\n\r\n" + hidden},
	{"CL.CL, in another case", "$Content-Length: 0\r\ncontent-length: 14\r\n\r\n" + hidden},
	{"a blank before the colon", "$Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"a blank before the colon of a length", "$Content-Length : 14\r\n\r\n" + hidden},
	{"a header on two lines", "$Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"a length on two lines", "$Content-Length: 1\r\n 4\r\n\r\n" + hidden},
	{"a line that begins with a blank", "$ Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"a bare line feed", "$X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"a bare carriage return", "$X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"bare line feeds at the end", "$Content-Length: 0\n\n" + hidden},
	{"an underscore", "$Content_Length: 14\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"HTTP/1.0 with chunks", "1.0$Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"HTTP/1.0 with both", "1.0$Connection: keep-alive\r\nContent-Length: 14\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
	{"a length in a trailer", "$Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 14\r\n\r\n" + hidden},
	{"an encoding in a trailer", "$Transfer-Encoding: chunked\r\n\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n" + hidden},
	{"a trailer that is none", "$Transfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n" + hidden},
	{"a chunk's size with a line feed", "$Transfer-Encoding: chunked\r\n\r\n0\n\n" + hidden},
	{"a chunk's extension with a line feed", "$Transfer-Encoding: chunked\r\n\r\n2;\nxx\r\n0\r\n\r\n" + hidden},
	{"a chunk that goes on", "$Transfer-Encoding: chunked\r\n\r\n1\r\nabc0\r\n\r\n" + hidden},
	{"a chunk's size in another notation", "$Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + hidden},
	{"a chunk of negative size", "$Transfer-Encoding: chunked\r\n\r\n-0\r\n\r\n" + hidden},
	{"a chunk of more than there is", "$Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n" + hidden},
	{"a length that expects to be told", "$Expect: 100-continue\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
}

// at is a request for a target, and another for a product behind it.
func (s shape) at(target, product string) string {
	version, rest, _ := strings.Cut(s.text, "$")
	if version == "" {
		version = "1.1"
	}
	return target + " HTTP/" + version + "\r\nHost: localhost\r\nContent-Type: application/json\r\n" + strings.ReplaceAll(rest, "hidden100", product)
}

// targets are requests of every way by which one is read: the buy route, a body
// that the adaptor hands on, one that nobody asks for, and none at all.
var targets = []string{"POST /api/products/1/orders", "PUT /api/products/1", "POST /api/products/1/resume", "GET /api/products/1"}

// No request that two servers could read in two ways is read at all, and what
// comes after it on its connection is never taken for another.
func TestSmuggling(t *testing.T) {
	s := serve(t, bin, t.TempDir())
	s.Put(t, "1", `{"quantity":50}`)
	n := 0
	for _, shape := range shapes {
		for _, target := range targets {
			t.Run(shape.name+" "+target, func(t *testing.T) {
				product := "hidden" + itoa(100+n)
				n++
				answers := conversation(t, s, shape.at(target, product))
				for i, a := range answers {
					if i > 0 || a.Status < 400 || a.Status > 499 {
						t.Errorf("answer %d of %d: %v", i+1, len(answers), a)
					}
				}
				if a, err := s.Get("/api/products/" + product); err != nil || a.Status != 404 {
					t.Errorf("the hidden request was read: %v, %v", a, err)
				}
			})
		}
	}
}

// CL.0: a body that the route has no use for is read over, not read as a request.
func TestABodyThatNobodyAskedFor(t *testing.T) {
	s := serve(t, bin, t.TempDir())
	s.Put(t, "1", `{"quantity":50}`)
	for _, target := range []string{"POST /api/products/1/pause", "GET /api/products/1", "DELETE /api/session", "POST /nowhere", "GET /livez", "PATCH /api/products/1"} {
		answers := conversation(t, s, target+" HTTP/1.1\r\nHost: localhost\r\nContent-Length: "+itoa(len(hidden))+"\r\n\r\n"+hidden)
		if len(answers) != 1 {
			t.Errorf("%s: %v", target, answers)
		}
		if a, err := s.Get("/api/products/hidden100"); err != nil || a.Status != 404 {
			t.Fatalf("%s: the hidden request was read: %v, %v", target, a, err)
		}
	}
}

// conversation sends bytes on a connection of their own and returns every answer until the
// server closes it, which it has to do by itself if what it read was wrong.
func conversation(t *testing.T, s *server, text string) (answers []answer) {
	t.Helper()
	return converse(dial(t, s), text)
}

// A half is a connection that can be closed on one side.
type half interface {
	net.Conn
	CloseWrite() error
}

func converse(c half, text string) (answers []answer) {
	if _, err := io.WriteString(c, text); err != nil {
		return nil // it is closed over what was not read
	}
	_ = c.CloseWrite()
	return answersOn(c)
}

// answersOn are those that come until the connection is closed.
func answersOn(c net.Conn) (answers []answer) {
	for in := bufio.NewReader(c); ; {
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			return answers
		}
		body, err := io.ReadAll(r.Body)
		r.Body.Close()
		answers = append(answers, answer{Status: r.StatusCode, Body: string(body)})
		if err != nil {
			return answers
		}
	}
}

// dial connects. A server that neither answers nor closes is found by the deadline.
func dial(t testing.TB, s *server) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return c.(*net.TCPConn)
}
