package auth

import (
	"testing"
	"time"
)

// Nobody is an operator but by the token, or by a session that was made from it.
func FuzzAllows(f *testing.F) {
	now := time.Unix(1_778_000_000, 0)
	g := New("token", []byte("secret"), func() time.Time { return now })
	session, _ := g.Session()
	for _, header := range []string{"", "Bearer token", "Bearer  token", "bearer token", "Bearer token ", "Basic dG9rZW46", "Bearer", "token"} {
		for _, cookie := range []string{"", session, session + "=", "." + session, "99999999999.x", "."} {
			f.Add(header, cookie)
		}
	}
	f.Fuzz(func(t *testing.T, header, cookie string) {
		if !g.Allows(header, cookie) || cookie == session {
			return
		}
		var rest string
		if len(header) >= len("Bearer ") {
			rest = header[len("Bearer "):]
		}
		for len(rest) > 0 && rest[0] == ' ' {
			rest = rest[1:]
		}
		if rest != "token" {
			t.Errorf("an operator by %q and %q", header, cookie)
		}
	})
}
