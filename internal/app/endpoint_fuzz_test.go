package app

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// What is no endpoint is an error, and asks nobody.
func FuzzEndpoint(f *testing.F) {
	for _, s := range []string{`{"address":"127.0.0.1:3000","key":"k"}`, `{}`, ``, `[]`, `{"address":7}`, `{"address":"127.0.0.1:3000/@evil","key":"k"}`, "{\"address\":\"a:1\",\"key\":\"k\\r\\nX: y\"}"} {
		f.Add([]byte(s))
	}
	data := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(filepath.Join(data, "serve.json"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := readEndpoint(data)
		if err != nil {
			return
		}
		if _, _, err := net.SplitHostPort(b.Address); err != nil || strings.ContainsAny(b.Address, "/@?#\r\n ") {
			t.Errorf("%q is taken for %+v", content, b)
		}
	})
}

// An address that may be listened on is one.
func FuzzListen(f *testing.F) {
	for _, s := range []string{"localhost:3000", ":0", "localhost:99999", "localhost:-1", "[::1]:80", "localhost:http", "::1:80", "a:b:c", "localhost:", "127.0.0.1:65536"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, listen string) {
		c := Config{Listen: listen, Data: "d", MaxUnrelayed: 1, Insecure: true}
		if c.Check() != nil {
			return
		}
		_, port, err := net.SplitHostPort(listen)
		if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
			t.Errorf("%q may be listened on", listen)
		}
	})
}
