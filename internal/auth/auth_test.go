package auth

import (
	"strings"
	"testing"
	"time"
)

var start = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

func authenticator(token, secret string, now *time.Time) *Authenticator {
	return New(token, []byte(secret), func() time.Time { return *now })
}

func TestAllows(t *testing.T) {
	now := start
	g := authenticator("hunter2", "s", &now)
	session, _ := g.Session()
	for name, c := range map[string]struct {
		authorization, cookie string
		want                  bool
	}{
		"nothing":                     {"", "", false},
		"the token":                   {"Bearer hunter2", "", true},
		"scheme in another case":      {"bearer hunter2", "", true},
		"another token":               {"Bearer hunter3", "", false},
		"a longer token":              {"Bearer hunter22", "", false},
		"a part of it":                {"Bearer hunter", "", false},
		"no token":                    {"Bearer ", "", false},
		"no blank":                    {"Bearerhunter2", "", false},
		"another scheme":              {"Basic hunter2", "", false},
		"a session":                   {"", session, true},
		"a session and a wrong token": {"Bearer x", session, false},
		"a session cut short":         {"", session[:len(session)-1], false},
		"a session without sign":      {"", strings.Split(session, ".")[0] + ".", false},
		"a session prolonged":         {"", "9" + session, false},
		"the token as a session":      {"", "hunter2", false},
	} {
		if got := g.Allows(c.authorization, c.cookie); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPass(t *testing.T) {
	now := start
	g := authenticator("hunter2", "s", &now)
	pass := "Bearer " + g.Pass("rehearsal-1")
	if product, ok := g.Passes(pass); !ok || product != "rehearsal-1" {
		t.Errorf("%q, %v", product, ok)
	}
	if g.Allows(pass, "") || g.Allows("", strings.TrimPrefix(pass, "Bearer ")) || g.Allows("", "pay "+g.Pass("1")) {
		t.Error("a pass makes an operator")
	}
	session, _ := g.Session()
	for _, wrong := range []string{"", "Bearer ", "Bearer hunter2", "Bearer " + session, pass + "x", strings.Replace(pass, "-1", "-2", 1), strings.Replace(pass, "Bearer", "Basic", 1)} {
		if product, ok := g.Passes(wrong); ok {
			t.Errorf("%q passes for %q", wrong, product)
		}
	}
	if _, ok := authenticator("hunter3", "s", &now).Passes(pass); ok {
		t.Error("it outlives the token")
	}
}

func TestSessionEnds(t *testing.T) {
	now := start
	g := authenticator("hunter2", "s", &now)
	session, ends := g.Session()
	if want := start.Add(SessionLife); !ends.Equal(want) {
		t.Fatalf("ends %v, not %v", ends, want)
	}
	now = ends.Add(-time.Second)
	if !g.Allows("", session) {
		t.Error("refused before its end")
	}
	now = ends
	if g.Allows("", session) {
		t.Error("allowed after its end")
	}
}

func TestSessionBelongsToTokenAndSecret(t *testing.T) {
	now := start
	session, _ := authenticator("hunter2", "s", &now).Session()
	if !authenticator("hunter2", "s", &now).Allows("", session) {
		t.Error("another process with the same token and secret refuses it")
	}
	if authenticator("hunter3", "s", &now).Allows("", session) {
		t.Error("allowed under another token")
	}
	if authenticator("hunter2", "t", &now).Allows("", session) {
		t.Error("allowed under another secret")
	}
}

func TestNoToken(t *testing.T) {
	now := start
	g := authenticator("", "s", &now)
	if !g.Open() || !g.Allows("", "") {
		t.Error("without an admin token everybody is an operator")
	}
	if g.Knows("") {
		t.Error("no token is not a token")
	}
}
