package httpapi

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"seckill/internal/sale"
)

// raw sends bytes on a connection of their own, and returns every whole answer
// until the server closes it.
func (s *server) raw(t *testing.T, text string) (answers []reply) {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(2 * time.Minute)) // only if the server hangs
	go func() {
		_, _ = io.WriteString(c, text)
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	in := bufio.NewReader(c)
	for {
		resp, err := http.ReadResponse(in, nil)
		if err != nil {
			return answers
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return answers
		}
		answers = append(answers, reply{resp, string(body)})
	}
}

const buyHead = "POST /api/products/1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

func TestLargeBodies(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	for name, size := range map[string]int{"one more than fits": maxBody + 1, "5 MB": 5 << 20} {
		body := `{"user_id":"` + strings.Repeat("x", size-14) + `"}`
		for _, path := range []string{"POST /api/products/1/orders", "PUT /api/products/1", "POST /api/session", "POST /nowhere"} {
			method, path, _ := strings.Cut(path, " ")
			t.Run(name+" "+path, func(t *testing.T) {
				p := s.do(t, method, path, body).problem(t, tooLarge)
				p.broke(t, "body", sizeRule)
				head := method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				chunked := fmt.Sprintf("%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", head, size, body)
				next := "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
				answers := s.raw(t, chunked+next)
				if len(answers) != 2 || answers[1].StatusCode != 200 {
					t.Fatalf("%d answers", len(answers))
				}
				p = answers[0].problem(t, tooLarge)
				p.broke(t, "body", sizeRule)
			})
		}
	}
	if s.changes != 1 {
		t.Error("something changed")
	}
}

// A server that is told to end before it has begun does not begin.
func TestShutdownBeforeServe(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	a := New(newShop().config())
	if err := a.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Serve(ln); err != nil {
		t.Error(err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("its listener: %v", err)
	}
}

func TestChunkedBuy(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	answers := s.raw(t, buyHead+"Transfer-Encoding: chunked\r\n\r\n8\r\n{\"user_i\r\n7\r\nd\":\"a\"}\r\n0\r\n\r\n")
	if len(answers) != 1 || answers[0].StatusCode != 201 {
		t.Fatalf("%v", answers)
	}
	answers = s.raw(t, strings.Replace(buyHead, "POST /api/products/1/orders", "PUT /api/products/2", 1)+
		"Transfer-Encoding: chunked\r\n\r\ne\r\n{\"quantity\":5}\r\n0\r\n\r\n")
	if len(answers) != 1 || answers[0].StatusCode != 201 {
		t.Fatalf("%v", answers)
	}
}

func TestExpectContinue(t *testing.T) {
	s := serve(t)
	answers := s.raw(t, buyHead+"Content-Length: 5000000\r\nExpect: 100-continue\r\n\r\n")
	if len(answers) != 1 {
		t.Fatalf("%d answers", len(answers))
	}
	p := answers[0].problem(t, tooLarge)
	p.broke(t, "body", sizeRule)
}

// What could be read as another request by a proxy before us is not read at all,
// and nothing after it on the connection is.
func TestSmuggling(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 50})
	hidden := "POST /api/products/1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n" +
		`{"user_id":"hidden"}`
	body := `{"user_id":"open"}`
	for name, text := range map[string]string{
		"two lengths":              buyHead + "Content-Length: 18\r\nContent-Length: 0\r\n\r\n" + body + hidden,
		"length and chunks":        buyHead + "Content-Length: 18\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden,
		"chunks and length":        buyHead + "Transfer-Encoding: chunked\r\nContent-Length: 18\r\n\r\n0\r\n\r\n" + hidden,
		"two encodings":            buyHead + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden,
		"unknown encoding":         buyHead + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden,
		"encoding with a tab":      buyHead + "Transfer-Encoding:\tchunked, identity\r\n\r\n0\r\n\r\n" + hidden,
		"blank before the colon":   buyHead + "Content-Length : 18\r\n\r\n" + body + hidden,
		"length with a sign":       buyHead + "Content-Length: +18\r\n\r\n" + body + hidden,
		"length negative":          buyHead + "Content-Length: -1\r\n\r\n" + body + hidden,
		"length list":              buyHead + "Content-Length: 18, 18\r\n\r\n" + body + hidden,
		"length hex":               buyHead + "Content-Length: 0x12\r\n\r\n" + body + hidden,
		"length of 2^64":           buyHead + "Content-Length: 18446744073709551634\r\n\r\n" + body + hidden,
		"chunk size with a sign":   buyHead + "Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n" + hidden,
		"chunk size too large":     buyHead + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n" + hidden,
		"chunk without its end":    buyHead + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n" + hidden,
		"a header behind the body": buyHead + "Transfer-Encoding: chunked\r\n\r\n12\r\n" + body + "\r\n0\r\nX-User-Id: carol\r\n\r\n" + hidden,
		"and it was announced":     buyHead + "Trailer: X-User-Id\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n" + body + "\r\n0\r\nX-User-Id: carol\r\n\r\n" + hidden,
		"two hosts":                "GET /livez HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n" + hidden,
		"no host":                  "GET /livez HTTP/1.1\r\n\r\n" + hidden,
		"NUL in a header":          "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n" + hidden,
		"no version":               "GET /livez\r\nHost: localhost\r\n\r\n" + hidden,
		"not HTTP":                 "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n" + hidden,
		"line break in the target": "GET /li\nvez HTTP/1.1\r\nHost: localhost\r\n\r\n" + hidden,
	} {
		t.Run(name, func(t *testing.T) {
			before := s.changes
			answers := s.raw(t, text)
			if len(answers) > 1 {
				t.Errorf("%d answers: the second is %d %s", len(answers), answers[1].StatusCode, answers[1].body)
			}
			for _, r := range answers {
				if r.StatusCode < 400 || r.StatusCode > 499 || r.header("Content-Type") != problemType {
					t.Errorf("status %d: %s", r.StatusCode, r.body)
				}
			}
			if s.changes != before {
				t.Error("something was bought")
			}
		})
	}
}

func TestLargeHeaders(t *testing.T) {
	s := serve(t)
	answers := s.raw(t, "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("x", 2*maxHeader)+"\r\n\r\n")
	if len(answers) == 1 { // closing over what it did not read may reset the connection
		answers[0].problem(t, headersTooLarge)
	}
	s.do(t, "GET", "/livez", "", "Cookie", strings.Repeat("x", maxHeader-1000)).want(t, 200)
}

func TestUnreadablePaths(t *testing.T) {
	s := serve(t)
	for _, target := range []string{"/api/products/%zz", "/%", "*", "//", "/a b", "api", "http://%zz/", "/api/../livez", "/api//products", "/./livez"} {
		for _, method := range []string{"GET", "PUT", "OPTIONS"} {
			for _, r := range s.raw(t, method+" "+target+" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") {
				if r.StatusCode < 400 || r.StatusCode > 499 || r.header("Content-Type") != problemType {
					t.Errorf("%s %s: %d %s", method, target, r.StatusCode, r.body)
				}
			}
		}
	}
	p := s.raw(t, "POST /api/products/%zz/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
		"Content-Length: 15\r\nConnection: close\r\n\r\n{\"user_id\":\"a\"}")[0].problem(t, invalid)
	p.field(t, "id")
}

func TestHost(t *testing.T) {
	s := serve(t) // on loopback
	for host, want := range map[string]int{
		"localhost": 200, "localhost:3000": 200, "LOCALHOST": 200, "127.0.0.1": 200, "127.0.0.1:99": 200, "127.9.9.9": 200, "[::1]": 200, "[::1]:80": 200,
		"evil.example": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example:3000": 421, "192.168.0.1": 421, "[2001:db8::1]": 421,
	} {
		if r := s.do(t, "GET", "/livez", "", "Host", host); r.StatusCode != want {
			t.Errorf("%s: %d", host, r.StatusCode)
		}
		if r := s.buy(t, "1", "a", "Host", host); (r.StatusCode == 421) != (want == 421) {
			t.Errorf("buy at %s: %d", host, r.StatusCode)
		}
	}
	s.api.loopback = false
	for host, want := range map[string]int{ // everybody is an operator, also a page whose name was made to resolve to here
		"192.168.0.1": 200, "192.168.0.1:3000": 200, "[2001:db8::1]": 200, "[2001:db8::1]:3000": 200, "nginx:3000": 200, "localhost:3000": 200,
		"evil.example": 421, "evil.example:3000": 421, "192.168.0.1.evil.example": 421, "localhost.": 421,
	} {
		if r := s.do(t, "PUT", "/api/products/h", `{"quantity":1}`, "Host", host); (r.StatusCode == 421) != (want == 421) {
			t.Errorf("%s: %d", host, r.StatusCode)
		}
	}
	s.api.Auth = s.operators("an operator's token")
	s.do(t, "GET", "/livez", "", "Host", "shop.example").want(t, 200)
}

// With --hosts a server is called by them: by a proxy on this machine too, and beyond it by no other name.
func TestHosts(t *testing.T) {
	for name, loopback := range map[string]bool{"on this machine": true, "beyond it": false} {
		s := known(t, func(_ *shop, c *Config) { c.Hosts = []string{"sale.shop.example"} })
		s.put(t, "1", sale.Terms{Quantity: 1})
		s.do(t, "GET", "/livez", "").want(t, 200) // it serves, and knows where
		s.api.loopback = loopback
		for host, want := range map[string]int{
			"sale.shop.example": 200, "Sale.Shop.Example:8443": 200, "localhost": 200, "127.0.0.1:3000": 200,
			"evil.example": 421, "sale.shop.example.evil.example": 421, "xsale.shop.example": 421, "seckill": 421, "shop.example": 421,
		} {
			if r := s.do(t, "GET", "/api/products/1", "", "Host", host); r.StatusCode != want {
				t.Errorf("%s, %s: %d, not %d", name, host, r.StatusCode, want)
			}
		}
		for _, address := range []string{"10.0.0.7:3000", "[2001:db8::7]:3000"} { // as a probe calls it
			if r := s.do(t, "GET", "/api/products/1", "", "Host", address); (r.StatusCode == 421) != loopback {
				t.Errorf("%s, %s: %d", name, address, r.StatusCode)
			}
		}
	}
}

// The rule for requests from other sites is the one of the standard library.
func TestCrossOrigin(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 50})
	std := http.NewCrossOriginProtection()
	host := strings.TrimPrefix(s.url, "http://")
	user := 0
	for _, site := range []string{"", "same-origin", "none", "same-site", "cross-site", "nonsense"} {
		for _, origin := range []string{"", "http://" + host, "https://" + host, "http://evil.example", "null", "http://127.0.0.1:1", "http://%zz"} {
			header := []string{}
			r, _ := http.NewRequest("POST", s.url+"/api/products/1/pause", nil)
			if site != "" {
				r.Header.Set("Sec-Fetch-Site", site)
				header = append(header, "Sec-Fetch-Site", site)
			}
			if origin != "" {
				r.Header.Set("Origin", origin)
				header = append(header, "Origin", origin)
			}
			refused := std.Check(r) != nil
			user++
			for _, got := range []reply{
				s.buy(t, "1", fmt.Sprint("u", user), header...), s.do(t, "POST", "/api/products/1/resume", "", header...),
				s.do(t, "PUT", "/api/products/1", `{"quantity":100}`, header...), s.do(t, "DELETE", "/api/session", "", header...),
			} {
				if refused {
					got.problem(t, crossOrigin)
				} else if got.StatusCode > 299 {
					t.Errorf("%q %q: %d %s", site, origin, got.StatusCode, got.body)
				}
			}
			s.do(t, "GET", "/api/products", "", header...).want(t, 200)
		}
	}
}

func TestPanicIsAProblem(t *testing.T) {
	s := serve(t, func(s *shop, c *Config) { c.Desk, c.Store = nil, nil })
	s.buy(t, "1", "a").problem(t, internal)
	s.do(t, "GET", "/api/products", "").problem(t, internal)
	s.do(t, "GET", "/livez", "").want(t, 200)
}

func TestPipelining(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 1})
	one := func(user string) string { return buyHead + "Content-Length: 15\r\n\r\n{\"user_id\":\"" + user + "\"}" }
	answers := s.raw(t, one("a")+one("b")+"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"+one("a"))
	var got []int
	for _, r := range answers {
		got = append(got, r.StatusCode)
	}
	if fmt.Sprint(got) != "[201 409 200 409]" {
		t.Error(got)
	}
}

func TestUnreadableKind(t *testing.T) {
	if k := unreadableKind(fmt.Errorf("x: %w", &fasthttp.ErrSmallBuffer{})); k != headersTooLarge {
		t.Error(kinds[k].code)
	}
	if k := unreadableKind(&net.OpError{Err: timeoutError{}}); k != timedOut {
		t.Error(kinds[k].code)
	}
	if k := unreadableKind(io.ErrUnexpectedEOF); k != malformed {
		t.Error(kinds[k].code)
	}
}

type timeoutError struct{ error }

func (timeoutError) Timeout() bool { return true }

func TestAccept(t *testing.T) {
	s := serve(t)
	s.put(t, "1", sale.Terms{Quantity: 1})
	for _, accept := range []string{"", "a;q", ";", ";q=", ",", "q", "a;", "*/*", "text/html;q=0.1", "application/cbor", "text/csv;q=NaN", "text/csv;q=0"} {
		for _, path := range []string{"/api/products/1", "/api/products/1/orders", "/api/products/2"} {
			r := s.do(t, "GET", path, "", "Accept", accept)
			if r.StatusCode > 499 || !strings.HasPrefix(r.header("Content-Type"), "application/") {
				t.Errorf("%q %s: %d %s", accept, path, r.StatusCode, r.body)
			}
		}
	}
}
