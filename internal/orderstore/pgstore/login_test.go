package pgstore

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seckill/internal/devstack/devtest"
	"seckill/internal/orderstore"
)

// A server is believed whom the given authority has signed, and a user whose
// password it knows, and no other; where it asks for a client's certificate, who shows one
// that it knows.
func TestTLSAndPasswords(t *testing.T) {
	p := own(t)
	admin := psql(t, p.URL())
	admin("CREATE ROLE shop LOGIN PASSWORD 'a secret'")
	admin("GRANT ALL ON SCHEMA public TO shop")
	u, err := url.Parse(p.URL())
	if err != nil {
		t.Fatal(err)
	}
	admin("CREATE ROLE clerk LOGIN PASSWORD 'a secret' IN ROLE shop")
	ca, key := devtest.Certificate(t)
	shown, shownKey := devtest.Certificate(t) // by the client
	p.Stop()
	for name, text := range map[string]func(string) string{
		"server.crt": func(string) string { return read(t, ca) },
		"client.crt": func(string) string { return read(t, shown) },
		"server.key": func(string) string { return read(t, key) },
		"pg_hba.conf": func(old string) string {
			return "hostssl all clerk 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\nhostssl all shop 127.0.0.1/32 scram-sha-256\nhost all shop 127.0.0.1/32 reject\n" + old
		},
		"postgresql.auto.conf": func(old string) string { return old + "ssl = on\nssl_ca_file = 'client.crt'\n" },
	} {
		file := filepath.Join(p.Data(), name)
		old, _ := os.ReadFile(file) // two of them are not there
		if err := os.WriteFile(file, []byte(text(string(old))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, p)
	password := filepath.Join(t.TempDir(), "passwords")
	if err := os.WriteFile(password, []byte("*:*:*:shop:a secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const to = "postgres://%s@%s/seckill?sslmode=verify-full&sslrootcert=%s"
	s := opened(t, fmt.Sprintf(to, "shop:a%20secret", u.Host, ca))
	applied(t, s, orderstore.Mark{}, put(9))
	opened(t, fmt.Sprintf(to+"&passfile=%s", "shop", u.Host, ca, url.QueryEscape(password)))
	other, otherKey := devtest.Certificate(t)
	const showing = to + "&sslcert=%s&sslkey=%s"
	opened(t, fmt.Sprintf(showing, "clerk:a%20secret", u.Host, ca, shown, shownKey))
	for address, words := range map[string]string{
		fmt.Sprintf(to, "shop:a%20secret", u.Host, other):                     "certificate",
		fmt.Sprintf(to, "clerk:a%20secret", u.Host, ca):                       "client certificate",
		fmt.Sprintf(showing, "clerk:a%20secret", u.Host, ca, other, otherKey): "failed to connect",
		fmt.Sprintf(to, "shop:another%20secret", u.Host, ca):                  "password",
		"postgres://shop:a%20secret@" + u.Host + "/seckill?sslmode=disable":   "pg_hba.conf rejects",
	} {
		refused(t, address, words)
		if _, err := Open(t.Context(), address); strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is in %v", err)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
