package pgstore

import (
	"strings"
	"testing"
)

// What is no URL of a database is refused without showing the password.
func FuzzURL(f *testing.F) {
	const secret = "kept-to-oneself"
	for _, hosts := range []string{"a:5432/db", "a,b:5433", "", ":", "[::1]:5432/", "a:port/db", "/%zz", "a/db?x"} {
		for _, query := range []string{"", "sslmode=disable", "sslmode=never", "%zz", "pool_max_conns=0", "connect_timeout=x", "a b=c"} {
			f.Add("u", hosts, query)
		}
	}
	f.Fuzz(func(t *testing.T, user, hosts, query string) {
		if strings.Contains(query, "file") || strings.Contains(query, "cert") || strings.Contains(query, "key") {
			return // it would read any file
		}
		err := CheckURL("postgres://" + user + ":" + secret + "@" + hosts + "?" + query)
		if err != nil && strings.Contains(err.Error(), secret) && !strings.Contains(user+hosts+query, secret) {
			t.Error(err)
		}
	})
}
