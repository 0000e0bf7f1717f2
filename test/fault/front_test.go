package fault

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"seckill/test/program"
)

// A front is an nginx before a server, as it ships.
type front struct {
	*program.Nginx
	server *server
	cert   program.Certificate
}

const operatorToken = "sixteen-letters-"

func newFront(t *testing.T, turn func(conf string) string) front {
	t.Helper()
	f := front{cert: program.NewCertificate(t, t.TempDir(), time.Now())}
	f.server = serve(t, bin, t.TempDir(), "--admin-token", operatorToken, "--trusted-proxies", "127.0.0.1/32", "--stripe-secret", "whsec_sixteen-letters-or-more", "--log-level", "debug")
	f.server.Token = operatorToken
	f.server.Put(t, "1", `{"quantity":200}`)
	f.Nginx = program.StartNginx(t, map[string]string{"api-1": strings.TrimPrefix(f.server.URL, "http://")}, &f.cert, turn)
	for began := time.Now(); ; <-time.After(20 * time.Millisecond) {
		if a, err := f.plain().Get("/livez"); err == nil && a.Status == 200 {
			return f
		}
		if !f.Running() || time.Since(began) > time.Minute {
			t.Fatalf("nginx never answers:\n%s", f.Out.String())
		}
	}
}

// plain and secure are the same server, asked through nginx.
func (f front) plain() *server {
	return &server{Process: f.server.Process, URL: "http://" + f.At, HTTP: &http.Client{Transport: &http.Transport{}}, Token: operatorToken}
}

func (f front) secure() *server {
	s := f.plain().Believe(f.cert)
	s.URL = "https://" + f.TLS
	return s
}

// ways are the connections on which a request may come to the server.
func (f front) ways(t *testing.T) map[string]func() half {
	return map[string]func() half{
		"directly":      func() half { return dial(t, f.server) },
		"through nginx": func() half { return dial(t, f.plain()) },
		"over its TLS": func() half {
			return tls.Client(dial(t, &server{URL: "http://" + f.TLS}), &tls.Config{RootCAs: f.cert.Authority, ServerName: "localhost"})
		},
	}
}

// logged is what nginx has written of all requests. It ends for that: each of its workers writes a second late.
func (f front) logged(t *testing.T) string {
	t.Helper()
	f.Signal(syscall.SIGQUIT)
	f.Wait()
	return f.Out.String()
}

// askThrough sends text and, as nginx drops the requests of who closes their end, a last request that has the connection
// closed. Where it is taken for a part of the one before, the wait for more of that ends it.
func askThrough(c net.Conn, text string) []answer {
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	defer c.Close()
	if _, err := io.WriteString(c, text+"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
		return []answer{{Status: 400}} // it is closed over what was not read
	}
	return answersOn(c)
}

// What nginx takes for one request the server takes for none other: if a hidden one was read, nginx has read it as one, too.
func TestSmugglingThroughNginx(t *testing.T) {
	f := newFront(t, nil)
	ways := f.ways(t)
	delete(ways, "directly") // TestSmuggling
	authorized := "\r\nAuthorization: Bearer " + operatorToken + "\r\n"
	n, hidden := 0, map[string]string{}
	var all sync.WaitGroup
	atOnce := make(chan struct{}, 16)
	for way, connect := range ways {
		for _, shape := range shapes {
			for _, target := range targets {
				product := "hidden" + itoa(100+n)
				n++
				hidden[product] = way + ", " + shape.name + " " + target
				text := strings.ReplaceAll(shape.at(target, product), "\r\nHost: localhost\r\n", "\r\nHost: localhost"+authorized)
				c := connect()
				atOnce <- struct{}{}
				all.Go(func() {
					defer func() { <-atOnce }()
					told := askThrough(c, text)
					for i, a := range told {
						if a.Status >= 500 && a.Status != 501 { // an encoding that nginx does not know
							t.Errorf("%s, %s %s: answer %d: %v", way, shape.name, target, i+1, a)
						}
					}
					if len(told) == 0 {
						t.Errorf("%s, %s %s: no answer", way, shape.name, target)
					}
				})
			}
		}
	}
	all.Wait()
	log := f.logged(t)
	made := 0
	for product, name := range hidden {
		a, err := f.server.Get("/api/products/" + product)
		if err != nil {
			t.Fatal(err)
		}
		seen := regexp.MustCompile(`PUT "/api/products/` + product + `" 20`).MatchString(log)
		if (a.Status == 200) != seen {
			t.Errorf("%s: the hidden request was answered %d, and nginx saw it: %v", name, a.Status, seen)
		}
		if seen {
			made++
		}
	}
	t.Logf("of %d, nginx took %d for requests of their own", len(hidden), made)
}

// What two servers on a path may understand differently is answered by both as one: as it is directly.
func TestWhatIsReadInOneWay(t *testing.T) {
	f := newFront(t, nil)
	for name, c := range map[string]struct {
		text string
		want int // of its answer
	}{
		"h2c, by an upgrade":               {"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n", 200},
		"a WebSocket":                      {"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", 200},
		"a path with dots":                 {"GET /api/x/../products/1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
		"dots in disguise":                 {"GET /api/x/%2e%2e/products/1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
		"a slash in disguise":              {"GET /api/products%2f1 HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
		"a letter in disguise":             {"GET /%6civez HTTP/1.1\r\nHost: localhost\r\n\r\n", 200},
		"two slashes":                      {"GET //livez HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
		"a way out":                        {"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404},
		"an operator's route, as Stripe's": {"PUT /api/payments/stripe/%2e%2e/%2e%2e/products/7 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"quantity\":1}", 404},
	} {
		for way, connect := range f.ways(t) {
			var got []int
			for _, a := range askThrough(connect(), c.text) {
				got = append(got, a.Status)
			}
			if want := []int{c.want, 200}; !slices.Equal(got, want) && !(c.want >= 400 && slices.Equal(got, []int{400})) { // what nginx does not read ends the connection
				t.Errorf("%s %s: %v", name, way, got)
			}
		}
	}
	if a, err := f.server.Get("/api/products/7"); err != nil || a.Status != 404 {
		t.Errorf("somebody without a token put a product: %v, %v", a, err)
	}
}

// Requests that are sent at once are answered in their order, each for its own.
func TestPipelining(t *testing.T) {
	f := newFront(t, nil)
	const each = 20
	for way, connect := range f.ways(t) {
		var text strings.Builder
		for i := range each {
			body := fmt.Sprintf(`{"user_id":"u%d-%s"}`, i, way[:1]+way[len(way)-1:])
			fmt.Fprintf(&text, "POST /api/products/1/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		}
		c := connect()
		if _, err := io.WriteString(c, text.String()); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(c)
		for i := range each {
			r, err := http.ReadResponse(in, nil)
			if err != nil {
				t.Fatalf("%s, answer %d: %v", way, i, err)
			}
			body, err := io.ReadAll(r.Body)
			r.Body.Close()
			if err != nil || r.StatusCode != 201 || !strings.Contains(string(body), fmt.Sprintf(`"user_id":"u%d-`, i)) {
				t.Fatalf("%s, answer %d: %d %s, %v", way, i, r.StatusCode, body, err)
			}
		}
		c.Close()
	}
}

// The front tells a process who asks, and that it is over TLS; what else says so is not believed.
func TestNginxOverTLS(t *testing.T) {
	f := newFront(t, nil)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: f.cert.Authority, ServerName: "localhost"}, ForceAttemptHTTP2: true,
		DialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).DialContext,
	}
	defer transport.CloseIdleConnections()
	send := func(method, url, body string, headers ...string) http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		answer, err := transport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return http.Response{StatusCode: answer.StatusCode, Header: answer.Header, ProtoMajor: answer.ProtoMajor, TLS: answer.TLS}
	}
	site := "https://" + f.TLS
	page := send("GET", site+"/livez", "")
	if page.ProtoMajor != 2 || page.TLS.Version != tls.VersionTLS13 || page.Header.Get("Strict-Transport-Security") != "max-age=31536000" {
		t.Errorf("HTTP/%d, %x, %v", page.ProtoMajor, page.TLS.Version, page.Header)
	}
	signed := send("POST", site+"/api/session", `{"name":"admin","token":"`+operatorToken+`"}`, "X-Forwarded-Proto", "http")
	if c := signed.Cookies(); len(c) != 1 || c[0].Name != "__Host-seckill_session" || !c[0].Secure {
		t.Errorf("%d %v", signed.StatusCode, c)
	}
	if there := send("GET", "http://"+f.Plain+"/buy/1?x=y", ""); there.StatusCode != 308 || there.Header.Get("Location") != "https://127.0.0.1/buy/1?x=y" {
		t.Errorf("%d %v", there.StatusCode, there.Header)
	}
	if r := send("GET", "http://"+f.TLS+"/livez", ""); r.StatusCode != 400 {
		t.Errorf("without TLS: %d", r.StatusCode)
	}
	if _, err := tls.Dial("tcp", f.TLS, &tls.Config{RootCAs: f.cert.Authority, ServerName: "localhost", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("it speaks TLS 1.1")
	}
	send("GET", site+"/api/products/1/orders", "", "Authorization", "Bearer wrong", "X-Forwarded-For", "203.0.113.9")
	if !f.server.Out.Await("address=127.0.0.2") {
		t.Fatal(f.server.Out.String())
	}
	if said := f.server.Out.String(); strings.Contains(said, "203.0.113.9") {
		t.Error("what the client says of its address was believed")
	}
}

// A body is bounded before it is read, that of an event of Stripe less so; and who asked for what is logged, without whom.
func TestNginxBoundsAndLogs(t *testing.T) {
	f := newFront(t, nil)
	for _, c := range []struct {
		path   string
		length int
		want   int
		type_  string
	}{
		{"/api/products/1/orders", 8 << 10, 413, "too_large"}, // by the API
		{"/api/products/1/orders", 20 << 10, 413, "too_large"},
		{"/api/payments/stripe", 60 << 10, 401, "wrong_signature"},
		{"/api/payments/stripe", 200 << 10, 413, "too_large"},
	} {
		for way, s := range map[string]*server{"plainly": f.plain(), "over TLS": f.secure()} {
			s.Token = ""
			a, err := s.Ask("POST", c.path, "", strings.Repeat("x", c.length))
			if err != nil || a.Status != c.want || a.Kind != c.type_ {
				t.Errorf("%d bytes to %s %s: %v, %v", c.length, c.path, way, a, err)
			}
		}
	}
	if a, err := f.secure().Buy("1", "somebody", ""); err != nil || a.Status != 201 {
		t.Fatalf("%v, %v", a, err)
	}
	if _, err := f.secure().Get("/api/orders/00000000-0000-7000-8000-000000000000?product=1&user=somebody&epoch=1"); err != nil {
		t.Fatal(err)
	}
	log := f.logged(t)
	if !regexp.MustCompile(`(?m)^127\.0\.0\.1 \S+ POST "/api/products/1/orders" 201 \d+ [\d.]+ 127\.0\.0\.1:\d+ [0-9a-f]{32}$`).MatchString(log) || strings.Contains(log, "somebody") {
		t.Error(log)
	}
}

// The limits that the configuration shows work once they are taken.
func TestNginxLimits(t *testing.T) {
	f := newFront(t, func(conf string) string {
		conf = regexp.MustCompile(`(?m)^( *)# (limit_\w+ .*;)`).ReplaceAllString(conf, "$1$2")
		return strings.Replace(conf, "rate=100r/s", "rate=1r/m", 1) // so that no machine is too slow for it
	})
	told := map[int]int{}
	for range 300 {
		a, err := f.plain().Get("/livez")
		if err != nil {
			t.Fatal(err)
		}
		told[a.Status]++
	}
	if told[200] < 150 || told[429] < 50 || told[200]+told[429] != 300 {
		t.Error(told)
	}
}
