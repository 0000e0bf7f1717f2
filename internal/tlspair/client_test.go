package tlspair

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"seckill/test/program"
)

// A server that asks is shown the pair that is in the files by then, or the last that was there.
func TestAServerIsShownTheFilesOfNow(t *testing.T) {
	server, first, next := program.NewCertificate(t, t.TempDir(), time.Now()), program.NewCertificate(t, t.TempDir(), time.Now()), program.NewCertificate(t, t.TempDir(), time.Now())
	own, err := tls.LoadX509KeyPair(server.Cert, server.Key)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAnyClientCert})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if err := Client(config, server.Cert, first.Cert, first.Key); err != nil {
		t.Fatal(err)
	}
	shown := func() string {
		t.Helper()
		met := make(chan net.Conn, 1)
		go func() {
			c, _ := ln.Accept() // else it is closed, and the client says so
			if c != nil {
				_ = c.(*tls.Conn).Handshake() // likewise
			}
			met <- c
		}()
		c, err := tls.Dial("tcp", ln.Addr().String(), config)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		there := (<-met).(*tls.Conn)
		defer there.Close()
		return there.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	one := shown()
	copied(t, next.Cert, first.Cert) // its key is still the old one
	if got := shown(); got != one {
		t.Errorf("half of a new pair is shown: %s", got)
	}
	copied(t, next.Key, first.Key)
	if got := shown(); got == one {
		t.Error("the old pair is shown")
	}
}

func copied(t *testing.T, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err = errors.Join(err, os.WriteFile(to, b, 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestWrongClients(t *testing.T) {
	c := program.NewCertificate(t, t.TempDir(), time.Now())
	other := program.NewCertificate(t, t.TempDir(), time.Now())
	for _, w := range []struct {
		config              *tls.Config
		ca, cert, key, want string
	}{
		{nil, c.Cert, "", "", "without TLS"},
		{nil, "", c.Cert, c.Key, "without TLS"},
		{nil, "", "", "", ""},
		{&tls.Config{}, "", c.Cert, "", "give both"},
		{&tls.Config{}, "", "", c.Key, "give both"},
		{&tls.Config{}, c.Key, "", "", "without a certificate"},
		{&tls.Config{}, "none", "", "", "none"},
		{&tls.Config{}, c.Cert, c.Cert, other.Key, "no pair"},
		{&tls.Config{}, c.Cert, c.Cert, c.Key, ""},
	} {
		err := Client(w.config, w.ca, w.cert, w.key)
		if (err == nil) != (w.want == "") || err != nil && !strings.Contains(err.Error(), w.want) {
			t.Errorf("%s, %s, %s: %v, not %s", w.ca, w.cert, w.key, err, w.want)
		}
	}
}
