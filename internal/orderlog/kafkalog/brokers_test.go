package kafkalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seckill/internal/orderlog/kafkalog"
)

func TestBrokersAreParsed(t *testing.T) {
	password := file(t, "password", "pass@word\n")
	for address, want := range map[string]string{
		"localhost:9092":                 "localhost:9092",
		"a:1,b:2,[::1]:3":                "a:1,b:2,[::1]:3",
		"kafka://a:1,b:2":                "a:1,b:2",
		"kafka://a:1/":                   "a:1",
		"kafkas://a:1,b:2":               "a:1,b:2",
		"kafka://a:1?tls=true":           "a:1",
		"kafka://a:1?tls=false":          "a:1",
		"kafka://u:p@a:1,b:2?sasl=plain": "a:1,b:2",
		"kafka://u:p%40%3A%2F@a:1":       "a:1",
		"kafkas://u:p@a:1?sasl=scram-sha-256&password_file=": "a:1",
		"kafkas://u@a:1?password_file=" + password:           "a:1",
	} {
		b, err := kafkalog.ParseBrokers(address)
		if err != nil || b.String() != want {
			t.Errorf("%s is read as %s, %v", address, b, err)
		}
	}
}

// What is refused says why, and does not show the password.
func TestBrokersAreRefused(t *testing.T) {
	empty, none := file(t, "ca", "no certificate\n"), filepath.Join(t.TempDir(), "none")
	for address, want := range map[string]string{
		"":                                     "HOST:PORT",
		"localhost":                            "HOST:PORT",
		"a:1,":                                 "HOST:PORT",
		"a:1,,b:2":                             "HOST:PORT",
		":9092":                                "HOST:PORT",
		"a:":                                   "HOST:PORT",
		"http://a:1":                           "kafka://",
		"kafka://":                             "HOST:PORT",
		"kafka://u:secret@":                    "HOST:PORT",
		"kafka://a:1?acks=1":                   `"acks"`,
		"kafka://a:1?tls=true&tls=false":       `"tls"`,
		"kafka://a:1?tls=yes":                  "true or false",
		"kafkas://a:1?tls=false":               "contradicts",
		"kafka://a:1?ca=x":                     "without TLS",
		"kafka://a:1?cert=a&key=b":             "without TLS",
		"kafkas://a:1?cert=a":                  "give both",
		"kafkas://a:1?cert=" + none + "&key=a": none,
		"kafkas://a:1?ca=" + none:              none,
		"kafkas://a:1?ca=" + empty:             empty,
		"kafka://a:1?sasl=plain":               "needs a user",
		"kafka://u@a:1":                        "needs a password",
		"kafka://u:secret@a:1?sasl=gssapi":     "gssapi",
		"kafka://u:secret%zz@a:1":              "percent-encoded",
		"kafka://u:secret@a:1?%zz":             "query",
		"kafka://u@a:1?password_file=" + none:  none,
		"kafka://u:secret@a:1?password_file=" + empty: "a password and a password_file",
	} {
		_, err := kafkalog.ParseBrokers(address)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s is refused with %v, want %q", address, err, want)
		}
	}
}

func file(t *testing.T, name, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
