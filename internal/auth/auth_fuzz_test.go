package auth

import (
	"strings"
	"testing"
)

// Nobody is an operator but by a token, or by a session that was made from it.
func FuzzWho(f *testing.F) {
	w := &world{}
	a := w.process("token", "secret")
	_, ann, _ := a.Add(f.Context(), "ann", View)
	session, _, _ := a.SignIn(f.Context(), "ann", ann)
	for _, header := range []string{"", "Bearer token", "Bearer  token", "bearer token", "Bearer token ", "Basic dG9rZW46", "Bearer", "token", "Bearer " + ann} {
		for _, cookie := range []string{"", session, session + "=", "." + session, "99999999999.x", ".", "admin.99999999999.x", "ann..", "admin" + strings.TrimPrefix(session, "ann")} {
			f.Add(header, cookie)
		}
	}
	f.Fuzz(func(t *testing.T, header, cookie string) {
		who, err := a.Who(t.Context(), header, cookie)
		if err != nil || cookie == session && who.Name == "ann" {
			return
		}
		var rest string
		if len(header) >= len("Bearer ") {
			rest = strings.TrimLeft(header[len("Bearer "):], " ")
		}
		if rest != "token" && rest != ann {
			t.Errorf("an operator by %q and %q", header, cookie)
		}
	})
}
