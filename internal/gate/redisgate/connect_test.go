package redisgate

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"seckill/internal/devstack/devtest"
	"seckill/internal/sale"
)

func TestURLs(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                                   "redis://",
		"http://h:1":                         "redis://",
		"redis://h:1/x":                      "database number",
		"redis://u:secret@h:1 2":             "",
		"redis://h:1?ca=/none.pem":           "rediss://",
		"rediss://h:1?ca=/none.pem":          "/none.pem",
		"rediss://h:1?ca=connect_test.go":    "without a certificate",
		"redis://u:secret@127.0.0.1:1?db=no": "database number",
		"rediss://h:1?cert=connect_test.go":  "give both",
		"redis://h:1?cert=a&key=b":           "rediss://",
		"rediss://h:1?cert=/none&key=/none":  "/none",
	} {
		_, err := New(Options{URL: url})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestPassword(t *testing.T) {
	r := server(t)
	do(t, r.URL(), "ACL", "SETUSER", "shop", "on", ">secret", "~seckill:*", "+@all", "-config")
	do(t, r.URL(), "ACL", "SETUSER", "default", "off")
	at := strings.TrimPrefix(r.URL(), "redis://")
	_, err := New(Options{URL: "redis://shop:wrong-secret@" + at})
	if is(t, err, sale.ErrUnavailable); strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("the error tells the password: %v", err)
	}
	g := connect(t, Options{URL: "redis://shop:secret@" + at})
	opened(t, g, 5)
	counts(t, g, 5, 0, 0)
}

// TestTLS: a server is believed whom the given authority has signed, and no other; and one that
// asks for a certificate is shown it.
func TestTLS(t *testing.T) {
	cert, key := devtest.Certificate(t)
	shown, shownKey := devtest.Certificate(t)
	at := devtest.FreeAddress(t)
	_, port, _ := net.SplitHostPort(at)
	r := server(t, "tls-port "+port, "tls-cert-file "+cert, "tls-key-file "+key, "tls-ca-cert-file "+shown, "tls-auth-clients optional")
	g := connect(t, Options{URL: "rediss://" + at + "?ca=" + cert})
	opened(t, g, 5)
	counts(t, g, 5, 0, 0)
	other, otherKey := devtest.Certificate(t)
	for _, url := range []string{"rediss://" + at, "rediss://" + at + "?ca=" + other} {
		_, err := New(Options{URL: url})
		is(t, err, sale.ErrUnavailable)
		if !strings.Contains(err.Error(), "certificate") {
			t.Errorf("%s: %v", url, err)
		}
	}
	do(t, r.URL(), "CONFIG", "SET", "tls-auth-clients", "yes")
	const showing = "?ca=%s&cert=%s&key=%s"
	counts(t, connect(t, Options{URL: "rediss://" + at + fmt.Sprintf(showing, cert, shown, shownKey)}), 5, 0, 0)
	for _, url := range []string{"rediss://" + at + "?ca=" + cert, "rediss://" + at + fmt.Sprintf(showing, cert, other, otherKey)} {
		_, err := New(Options{URL: url})
		is(t, err, sale.ErrUnavailable)
	}
}
