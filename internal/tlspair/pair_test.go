package tlspair

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"seckill/test/program"
)

// A desk is a pair with what it logs, and a server that gives back what it is sent.
type desk struct {
	program.Certificate
	*Pair
	address string
	said    *bytes.Buffer
}

func newDesk(t *testing.T) desk {
	t.Helper()
	d := desk{Certificate: program.NewCertificate(t, t.TempDir(), time.Now()), said: &bytes.Buffer{}}
	var err error
	if d.Pair, err = Open(d.Cert, d.Certificate.Key, time.Now, slog.New(slog.NewTextHandler(d.said, nil))); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	d.address = ln.Addr().String()
	go func() {
		for over := d.Listener(ln); ; {
			c, err := over.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	return d
}

// call connects as change has it, and says a word.
func (d desk) call(t *testing.T, change func(*tls.Config)) (*tls.Conn, error) {
	t.Helper()
	c := &tls.Config{RootCAs: d.Authority, ServerName: "localhost"}
	change(c)
	conn, err := tls.Dial("tcp", d.address, c)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { conn.Close() })
	return conn, word(conn)
}

func word(c net.Conn) error {
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(c, "word"); err != nil {
		return err
	}
	_, err := io.ReadFull(c, make([]byte, 4))
	return err
}

func as(*tls.Config) {}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	broken    = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
	encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGH\n-----END ENCRYPTED PRIVATE KEY-----\n" // as openssl writes one
)

// What is no pair is told by its file, and why.
func TestWrongPairs(t *testing.T) {
	other := program.NewCertificate(t, t.TempDir(), time.Now())
	for name, c := range map[string]struct {
		spoil func(program.Certificate)
		key   bool
		says  string
	}{
		"no certificate":       {func(c program.Certificate) { _ = os.Remove(c.Cert) }, false, "cannot be read: open"},
		"no key":               {func(c program.Certificate) { _ = os.Remove(c.Key) }, true, "cannot be read: open"},
		"an empty certificate": {func(c program.Certificate) { write(t, c.Cert, "") }, false, "it has none"},
		"what is none": {func(c program.Certificate) {
			write(t, c.Cert, broken)
		}, false, "malformed"},
		"the key in both":         {func(c program.Certificate) { write(t, c.Cert, read(t, c.Key)) }, false, "it has none"},
		"the certificate in both": {func(c program.Certificate) { write(t, c.Key, read(t, c.Cert)) }, true, "found a certificate"},
		"garbage behind it": {func(c program.Certificate) {
			write(t, c.Cert, read(t, c.Cert)+broken)
		}, false, "malformed"},
		"the key of another":           {func(c program.Certificate) { write(t, c.Key, read(t, other.Key)) }, true, "private key does not match"},
		"a key with a passphrase":      {func(c program.Certificate) { write(t, c.Key, encrypted) }, true, "without a passphrase"},
		"an empty key":                 {func(c program.Certificate) { write(t, c.Key, "") }, true, "without a passphrase"},
		"a folder for the certificate": {func(c program.Certificate) { _ = os.Remove(c.Cert); _ = os.Mkdir(c.Cert, 0o700) }, false, "cannot be read"},
	} {
		cert := program.NewCertificate(t, t.TempDir(), time.Now())
		c.spoil(cert)
		_, err := Open(cert.Cert, cert.Key, time.Now, slog.New(slog.DiscardHandler))
		var wrong Wrong
		if !errors.As(err, &wrong) || wrong.Key != c.key || !strings.Contains(wrong.Rule, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A certificate that clients refuse is taken, for it may be all there is, and warned of.
func TestACertificateThatIsRefusedIsWarnedOf(t *testing.T) {
	cert := program.NewCertificate(t, t.TempDir(), time.Now())
	for said, now := range map[string]time.Time{
		"level=WARN msg=\"the certificate has ended":     time.Now().Add(48 * time.Hour),
		"level=WARN msg=\"the certificate has not begun": time.Now().Add(-48 * time.Hour),
		"level=WARN msg=\"the certificate ends soon":     time.Now(),
	} {
		var log bytes.Buffer
		_, err := Open(cert.Cert, cert.Key, func() time.Time { return now }, slog.New(slog.NewTextHandler(&log, nil)))
		if err != nil || !strings.Contains(log.String(), said) {
			t.Errorf("%s: %v %s", said, err, log.String())
		}
	}
}

// A pair that comes one file after the other is taken when it is whole. Connections go on, and sessions.
func TestANewPairIsTaken(t *testing.T) {
	d := newDesk(t)
	sessions := func(c *tls.Config) { c.ClientSessionCache = kept }
	before, err := d.call(t, sessions)
	if err != nil {
		t.Fatal(err)
	}
	next := program.NewCertificate(t, t.TempDir(), time.Now().Add(-time.Hour), "next.example")
	write(t, d.Cert, read(t, next.Cert))
	d.look()
	if _, err := d.call(t, as); err != nil {
		t.Errorf("with half of the new pair: %v", err)
	}
	if strings.Contains(d.said.String(), "not taken") {
		t.Errorf("it is warned of what is on its way: %s", d.said)
	}
	write(t, d.Certificate.Key, read(t, next.Key))
	d.look()
	resumed, err := d.call(t, sessions)
	if err != nil || !resumed.ConnectionState().DidResume {
		t.Errorf("a session of before: %v", err)
	}
	after, err := d.call(t, func(c *tls.Config) { c.RootCAs, c.ServerName = next.Authority, "next.example" })
	if err != nil || !d.Ends().Equal(after.ConnectionState().PeerCertificates[0].NotAfter) {
		t.Errorf("the new pair: %v", err)
	}
	if err := word(before); err != nil {
		t.Errorf("a connection of before: %v", err)
	}
}

var kept = tls.NewLRUClientSessionCache(1)

// What stays no pair is warned of once, and the one before goes on.
func TestANewPairThatIsNone(t *testing.T) {
	d := newDesk(t)
	good := read(t, d.Cert)
	for _, spoil := range []func(){func() { write(t, d.Cert, "none") }, func() { _ = os.Remove(d.Cert) }} {
		d.said.Reset()
		spoil()
		for range 4 {
			d.look()
		}
		if n := strings.Count(d.said.String(), "not taken"); n != 1 {
			t.Errorf("warned %d times: %s", n, d.said)
		}
		if _, err := d.call(t, as); err != nil {
			t.Error(err)
		}
		write(t, d.Cert, good)
		d.look()
	}
}

// The files are looked at until the end.
func TestWatch(t *testing.T) {
	d := newDesk(t)
	next := program.NewCertificate(t, t.TempDir(), time.Now().Add(-time.Hour))
	write(t, d.Cert, read(t, next.Cert))
	write(t, d.Certificate.Key, read(t, next.Key))
	looks := 0
	d.Watch(t.Context(), func(context.Context, time.Duration) error {
		if looks++; looks > 2 {
			return context.Canceled
		}
		return nil
	})
	if _, err := d.call(t, func(c *tls.Config) { c.RootCAs = next.Authority }); err != nil || looks != 3 {
		t.Errorf("after %d looks: %v", looks, err)
	}
}

// TLS 1.2 and 1.3, HTTP/1.1, and nothing else.
func TestWhatIsSpoken(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct {
		change func(*tls.Config)
		works  bool
	}{
		"TLS 1.0": {func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS10 }, false},
		"TLS 1.1": {func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, false},
		"TLS 1.2": {func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, true},
		"TLS 1.3": {func(c *tls.Config) { c.MinVersion = tls.VersionTLS13 }, true},
		"without forward secrecy": {func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_256_CBC_SHA}
		}, false},
		"HTTP/2 alone":           {func(c *tls.Config) { c.NextProtos = []string{"h2"} }, false},
		"HTTP/2 or 1.1":          {func(c *tls.Config) { c.NextProtos = []string{"h2", "http/1.1"} }, true},
		"an authority of nobody": {func(c *tls.Config) { c.RootCAs = nil }, false},
	} {
		conn, err := d.call(t, c.change)
		if (err == nil) != c.works {
			t.Errorf("%s: %v", name, err)
		}
		if p := ""; err == nil {
			if p = conn.ConnectionState().NegotiatedProtocol; p != "" && p != "http/1.1" {
				t.Errorf("%s: speaks %s", name, p)
			}
		}
	}
}

// A client that comes back resumes its session, in either version.
func TestSessionsAreResumed(t *testing.T) {
	d := newDesk(t)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		cache := tls.NewLRUClientSessionCache(1)
		for _, again := range []bool{false, true} {
			c, err := d.call(t, func(c *tls.Config) { c.ClientSessionCache, c.MaxVersion = cache, version })
			if err != nil || c.ConnectionState().DidResume != again {
				t.Errorf("%s: %v, again %v", tls.VersionName(version), err, again)
			}
		}
	}
}

// Who asks without TLS is told so, and who says neither is not answered.
func TestWhoAsksWithoutTLS(t *testing.T) {
	d := newDesk(t)
	for said, told := range map[string]bool{
		"GET / HTTP/1.1\r\nHost: sale.example\r\n\r\n": true,
		"POST /api/products/1/orders HTTP/1.1\r\nHost: sale.example\r\nContent-Length: 9000\r\n\r\n" + strings.Repeat("x", 9000): true,
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": true,
		"\x00\x01\x02\x03\x04\x05\x06":     false,
		"GET":                              false,
	} {
		c, err := net.Dial("tcp", d.address)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		if _, err := io.WriteString(c, said); err != nil {
			t.Fatal(err)
		}
		_ = c.(*net.TCPConn).CloseWrite()
		answer, err := io.ReadAll(c)
		if is := strings.HasPrefix(string(answer), "HTTP/1.1 400 ") && strings.HasSuffix(string(answer), notTLS); is != told || told && err != nil {
			t.Errorf("%.20q: %q, %v", said, answer, err)
		}
		c.Close()
	}
}

// A below is a connection that is told of handshakes, and notes what was written in them.
type below struct {
	net.Conn
	shakes      bool
	in, outside int
}

func (b *below) ShakeHands(on bool) { b.shakes = on }

func (b *below) Write(p []byte) (int, error) {
	if b.shakes {
		b.in++
	} else {
		b.outside++
	}
	return b.Conn.Write(p)
}

type single struct {
	net.Listener
	conn net.Conn
}

func (s single) Accept() (net.Conn, error) { return s.conn, nil }

// The connection below is told what is no answer.
func TestWhatIsOfAHandshake(t *testing.T) {
	d := newDesk(t)
	near, far := net.Pipe()
	b := &below{Conn: near}
	client := tls.Client(far, &tls.Config{RootCAs: d.Authority, ServerName: "localhost"})
	done := make(chan error)
	go func() { done <- word(client) }()
	c, err := d.Listener(single{conn: b}).Accept()
	if err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 4)
	if _, err := io.ReadFull(c, said); err != nil || b.in == 0 || b.outside != 0 || b.shakes {
		t.Fatalf("%v: %+v", err, b)
	}
	if _, err := c.Write(said); err != nil || b.outside == 0 {
		t.Fatalf("%v: %+v", err, b)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
