package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var start = time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)

// A store keeps tokens for any number of processes, and counts how often it is asked.
type store struct {
	mu     sync.Mutex
	tokens []Token
	asked  int
	down   error
}

func (s *store) AddToken(_ context.Context, t Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = append(s.tokens, t)
	return s.down
}

func (s *store) RevokeToken(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = slices.DeleteFunc(s.tokens, func(t Token) bool { return t.Name == name })
	return s.down
}

func (s *store) Tokens(context.Context) ([]Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	return slices.Clone(s.tokens), s.down
}

// A world is what processes share: a store and the time.
type world struct {
	store
	passed time.Duration
}

func (w *world) process(token, secret string) *Authenticator {
	return New(Config{
		AdminToken: token, Secret: []byte(secret), Keeper: &w.store,
		Now: func() time.Time { return start.Add(w.passed) }, Elapsed: func() time.Duration { return w.passed },
	})
}

func (w *world) made(t *testing.T, a *Authenticator, name string, role Role) (text string) {
	t.Helper()
	_, text, err := a.Add(t.Context(), name, role)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func session(t *testing.T, a *Authenticator, name, token string) string {
	t.Helper()
	value, _, err := a.SignIn(t.Context(), name, token)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func is(t *testing.T, what string, a *Authenticator, authorization, cookie string, want Operator, kind error) {
	t.Helper()
	if got, err := a.Who(t.Context(), authorization, cookie); got != want || !errors.Is(err, kind) {
		t.Errorf("%s: %+v, %v, not %+v, %v", what, got, err, want, kind)
	}
}

func TestWho(t *testing.T) {
	w := &world{}
	a := w.process("hunter2", "s")
	ann := w.made(t, a, "ann", View)
	if len(ann) < 30 || !strings.HasPrefix(ann, "seckill_") {
		t.Errorf("a token is %q", ann)
	}
	mine, others := session(t, a, "ann", ann), session(t, a, "admin", "hunter2")
	cut := strings.Split(mine, ".")
	admin, viewer, nobody := Operator{"admin", Admin}, Operator{"ann", View}, Operator{}
	for name, c := range map[string]struct {
		authorization, cookie string
		want                  Operator
		kind                  error
	}{
		"nothing":                          {"", "", nobody, ErrNobody},
		"the admin token":                  {"Bearer hunter2", "", admin, nil},
		"a token":                          {"Bearer " + ann, "", viewer, nil},
		"scheme in another case":           {"bearer " + ann, "", viewer, nil},
		"another token":                    {"Bearer hunter3", "", nobody, ErrWrong},
		"a longer token":                   {"Bearer hunter22", "", nobody, ErrWrong},
		"a part of it":                     {"Bearer hunter", "", nobody, ErrWrong},
		"no token":                         {"Bearer ", "", nobody, ErrWrong},
		"a name":                           {"Bearer ann", "", nobody, ErrWrong},
		"no blank":                         {"Bearerhunter2", "", nobody, ErrNobody},
		"another scheme":                   {"Basic hunter2", "", nobody, ErrNobody},
		"a session":                        {"", mine, viewer, nil},
		"the admin's session":              {"", others, admin, nil},
		"a session and a wrong token":      {"Bearer x", mine, nobody, ErrWrong},
		"a session cut short":              {"", mine[:len(mine)-1], nobody, ErrNobody},
		"a session without sign":           {"", cut[0] + "." + cut[1] + ".", nobody, ErrNobody},
		"a session prolonged":              {"", cut[0] + ".9" + cut[1] + "." + cut[2], nobody, ErrNobody},
		"a session under the admin's name": {"", "admin." + cut[1] + "." + cut[2], nobody, ErrNobody},
		"a session of nobody":              {"", "bob." + cut[1] + "." + cut[2], nobody, ErrNobody},
		"the token as a session":           {"", ann, nobody, ErrNobody},
	} {
		is(t, name, a, c.authorization, c.cookie, c.want, c.kind)
	}
	for name, token := range map[string]string{"bob": ann, "admin": ann, "ann": "hunter2", "": ann} {
		if _, _, err := a.SignIn(t.Context(), name, token); !errors.Is(err, ErrWrong) {
			t.Errorf("signed in as %q: %v", name, err)
		}
	}
}

func TestPass(t *testing.T) {
	w := &world{}
	a := w.process("hunter2", "s")
	pass := "Bearer " + a.Pass("rehearsal-1")
	if product, ok := a.Passes(pass); !ok || product != "rehearsal-1" {
		t.Errorf("%q, %v", product, ok)
	}
	is(t, "a pass", a, pass, "", Operator{}, ErrNobody)
	is(t, "a pass as a session", a, "", strings.TrimPrefix(pass, "Bearer "), Operator{}, ErrNobody)
	for _, wrong := range []string{"", "Bearer ", "Bearer hunter2", "Bearer " + session(t, a, "admin", "hunter2"), pass + "x", strings.Replace(pass, "-1", "-2", 1), strings.Replace(pass, "Bearer", "Basic", 1)} {
		if product, ok := a.Passes(wrong); ok {
			t.Errorf("%q passes for %q", wrong, product)
		}
	}
	if _, ok := w.process("hunter3", "s").Passes(pass); ok {
		t.Error("it outlives the token")
	}
}

func TestSessionEnds(t *testing.T) {
	w := &world{}
	a := w.process("hunter2", "s")
	value, ends, _ := a.SignIn(t.Context(), "admin", "hunter2")
	if want := start.Add(SessionLife); !ends.Equal(want) {
		t.Fatalf("ends %v, not %v", ends, want)
	}
	w.passed = SessionLife - time.Second
	is(t, "before its end", a, "", value, Operator{"admin", Admin}, nil)
	w.passed = SessionLife
	is(t, "after its end", a, "", value, Operator{}, ErrNobody)
}

func TestSessionBelongsToTokenAndSecret(t *testing.T) {
	w := &world{}
	a := w.process("hunter2", "s")
	ann := session(t, a, "ann", w.made(t, a, "ann", Operate))
	admin := session(t, a, "admin", "hunter2")
	is(t, "in another process", w.process("hunter2", "s"), "", admin, Operator{"admin", Admin}, nil)
	is(t, "in another process", w.process("hunter2", "s"), "", ann, Operator{"ann", Operate}, nil)
	is(t, "under another admin token", w.process("hunter3", "s"), "", admin, Operator{}, ErrNobody)
	is(t, "of a token that is another's than the admin's", w.process("hunter3", "s"), "", ann, Operator{"ann", Operate}, nil)
	is(t, "under another secret", w.process("hunter2", "t"), "", ann, Operator{}, ErrNobody)
	if err := a.Revoke(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	w.made(t, a, "ann", Operate)
	is(t, "of a token before one of the same name", a, "", ann, Operator{}, ErrNobody)
}

// What one process revokes no other takes a second later, nor the session of it;
// nor does any take a token while it cannot know.
func TestRevokedEverywhereWithinASecond(t *testing.T) {
	w := &world{}
	a, b := w.process("hunter2", "s"), w.process("hunter2", "s")
	text := w.made(t, a, "ann", Operate)
	ann, shown := Operator{"ann", Operate}, "Bearer "+text
	is(t, "made elsewhere", b, shown, "", ann, nil)
	cookie := session(t, b, "ann", text)
	asked := w.asked
	for range 100 {
		is(t, "asked again", b, shown, "", ann, nil)
		is(t, "asked again", b, "", cookie, ann, nil)
	}
	if w.asked != asked {
		t.Errorf("the store was asked %d times for 200 requests at one time", w.asked-asked)
	}
	if err := a.Revoke(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	is(t, "revoked here", a, shown, "", Operator{}, ErrWrong)
	w.passed += time.Second
	is(t, "revoked elsewhere", b, shown, "", Operator{}, ErrWrong)
	is(t, "its session", b, "", cookie, Operator{}, ErrNobody)

	shown = "Bearer " + w.made(t, a, "bob", View)
	is(t, "bob", b, shown, "", Operator{"bob", View}, nil)
	w.down = errors.New("away")
	w.passed += time.Second
	is(t, "while nobody knows", b, shown, "", Operator{}, ErrUnknown)
	is(t, "a session while nobody knows", b, "", cookie, Operator{}, ErrUnknown)
	is(t, "the admin token meanwhile", b, "Bearer hunter2", "", Operator{"admin", Admin}, nil)
	w.down = nil
	is(t, "known again", b, shown, "", Operator{"bob", View}, nil)
}

// A list that came late is as old as its question: no process uses it for longer.
func TestAListIsAsOldAsItsQuestion(t *testing.T) {
	if fresh+listWithin >= time.Second {
		t.Errorf("a list that came after %v is used for %v", listWithin, fresh)
	}
	w := &world{}
	slow := w.process("hunter2", "s")
	shown := "Bearer " + w.made(t, slow, "ann", View)
	slow.Keeper = late{w, 600 * time.Millisecond}
	is(t, "ann", slow, shown, "", Operator{"ann", View}, nil)
	slow.Keeper = &w.store
	w.tokens = nil // revoked just after it was asked
	is(t, "ann, revoked 600 ms ago", slow, shown, "", Operator{}, ErrWrong)
}

type late struct {
	*world
	by time.Duration
}

func (l late) Tokens(ctx context.Context) ([]Token, error) {
	all, err := l.world.Tokens(ctx)
	l.passed += l.by
	return all, err
}

func TestNoToken(t *testing.T) {
	w := &world{}
	a := w.process("", "s")
	if !a.Open() {
		t.Error("without an admin token nobody has to sign in")
	}
	is(t, "anybody", a, "", "", Operator{"", Admin}, nil)
	is(t, "anybody", a, "Bearer x", "y", Operator{"", Admin}, nil)
}
