package httpapi

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/fstest"
	"time"

	"github.com/valyala/fasthttp"

	"seckill/internal/connlimit"
	"seckill/internal/sale"
	"seckill/internal/tlspair"
	"seckill/test/program"
)

// listenTLS listens as a process does, and gives how a client asks there.
func listenTLS(t *testing.T) (net.Listener, *tls.Config) {
	t.Helper()
	cert := program.NewCertificate(t, t.TempDir(), time.Now())
	pair, err := tlspair.Open(cert.Cert, cert.Key, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	counted := connlimit.New(ln.(*net.TCPListener), 10, newShop().elapsed, slog.New(slog.DiscardHandler))
	t.Cleanup(func() { counted.Close() })
	return pair.Listener(counted), &tls.Config{RootCAs: cert.Authority, ServerName: "localhost"}
}

// overTLS has a server answer over TLS, too, and asks it there.
func (s *server) overTLS(t *testing.T) func(method, path, body string, header ...string) reply {
	t.Helper()
	s.do(t, "GET", "/livez", "") // it serves by now
	ln, as := listenTLS(t)
	front := &fasthttp.Server{Handler: s.api.Handler()}
	served := make(chan error)
	go func() { served <- front.Serve(ln) }()
	client := &http.Transport{TLSClientConfig: as}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		ln.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return func(method, path, body string, header ...string) reply {
		t.Helper()
		there := &server{url: "https://" + ln.Addr().String()}
		return there.by(t, client, method, path, body, header...)
	}
}

// Over TLS a browser keeps cookies of this very host alone, and asks it over TLS from then on; a cookie without the prefix may be planted.
func TestOverTLS(t *testing.T) {
	s := known(t, func(_ *shop, c *Config) {
		c.Hosts = []string{"sale.example"}
		c.Pages = fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}}
	})
	ask := s.overTLS(t)
	s.put(t, "1", sale.Terms{Quantity: 5})
	session := ask("POST", "/api/session", `{"name":"admin","token":"token"}`).Cookies()[0]
	pass := ask("POST", "/api/pass", "", s.as(t, "a")...).Cookies()[0]
	for _, c := range []*http.Cookie{session, pass} {
		if c.Name[:7] != "__Host-" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("%+v", c)
		}
	}
	const orders = "/api/products/1/orders"
	if r := ask("GET", orders, "", "Cookie", session.Name+"="+session.Value); r.StatusCode != 200 {
		t.Errorf("a session: %d", r.StatusCode)
	}
	if r := ask("GET", orders, "", "Cookie", plainCookie+"="+session.Value); r.StatusCode != 401 {
		t.Errorf("a session that may be planted: %d", r.StatusCode)
	}
	if r := ask("POST", orders, `{}`, "Cookie", pass.Name+"="+pass.Value); r.StatusCode != 201 {
		t.Errorf("a pass: %d", r.StatusCode)
	}
	if r := ask("POST", orders, `{}`, "Cookie", pass.Name[7:]+"="+pass.Value); r.StatusCode != 401 {
		t.Errorf("a pass that may be planted: %d", r.StatusCode)
	}
	const header = "Strict-Transport-Security"
	for host, want := range map[string]string{"sale.example": stayTLS, "SALE.example:3000": stayTLS, "localhost:3000": "", "127.0.0.1": "", "[::1]:3000": ""} {
		for _, path := range []string{"/", "/livez", "/nothing"} {
			if got := ask("GET", path, "", "Host", host).header(header); got != want {
				t.Errorf("%s%s: %q", host, path, got)
			}
		}
	}
	if got := s.do(t, "GET", "/", "", "Host", "sale.example").header(header); got != "" {
		t.Errorf("without TLS: %q", got)
	}
}
