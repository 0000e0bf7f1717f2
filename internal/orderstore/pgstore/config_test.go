package pgstore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatAURLSays(t *testing.T) {
	t.Setenv("PGPASSFILE", filepath.Join(t.TempDir(), "passwords"))
	if err := os.WriteFile(os.Getenv("PGPASSFILE"), []byte("h:5432:d:u:from-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]struct {
		password string
		pool     int32
		tls      bool
	}{
		"postgres://u@h/d":                                   {"from-file", connections, true},
		"postgres://u:in-url@h/d?sslmode=disable":            {"in-url", connections, false},
		"host=h user=u dbname=d pool_max_conns=3":            {"from-file", 3, true},
		"postgres://u@h/d?sslmode=require&pool_max_conns=99": {"from-file", 99, true},
	} {
		got, _, err := configure(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		c := got.ConnConfig
		if c.Password != want.password || got.MaxConns != want.pool || (c.TLSConfig != nil) != want.tls {
			t.Errorf("%s: password %s, %d connections, TLS %t", url, c.Password, got.MaxConns, c.TLSConfig != nil)
		}
	}
	err := CheckURL("postgres://u:secret@h/d?sslmode=verify-full&sslrootcert=/never")
	if err == nil || !strings.Contains(err.Error(), "/never") || strings.Contains(err.Error(), "secret") {
		t.Errorf("a certificate that is not there: %v", err)
	}
}
