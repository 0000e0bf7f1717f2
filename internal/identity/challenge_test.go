package identity_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"seckill/internal/identity"
)

// A siteverify is a stand-in for the provider of a challenge, as Turnstile documents it.
type siteverify struct {
	mu     sync.Mutex
	tokens map[string]map[string]any // what is said of each, once
	asked  url.Values
	answer func(w http.ResponseWriter) // optional: instead
}

func (s *siteverify) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answer != nil {
		s.answer(w)
		return
	}
	said := map[string]any{"success": false}
	code := func(code string) { said["error-codes"] = []string{code} }
	switch token := r.PostFormValue("response"); {
	case r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded":
		code("bad-request")
	case r.PostFormValue("secret") != "s3cret":
		code("invalid-input-secret")
	case token == "":
		code("missing-input-response")
	case s.tokens[token] == nil:
		code("invalid-input-response")
	case s.tokens[token]["used"] != nil:
		code("timeout-or-duplicate")
	default:
		said = map[string]any{"success": true, "challenge_ts": "2030-01-02T03:04:05Z", "error-codes": []string{}, "cdata": "", "metadata": map[string]any{}}
		for k, v := range s.tokens[token] {
			said[k] = v
		}
		s.tokens[token]["used"] = true
	}
	s.asked = r.PostForm
	_ = json.NewEncoder(w).Encode(said)
}

func provider(t *testing.T) (*siteverify, *identity.Challenge) {
	t.Helper()
	s := &siteverify{tokens: map[string]map[string]any{
		"good": {"hostname": "sale.shop.example", "action": "pass"}, "plain": {"hostname": "SALE.shop.example"},
		"login": {"hostname": "sale.shop.example", "action": "login"}, "elsewhere": {"hostname": "evil.example", "action": "pass"},
		"nowhere": {"action": "pass"},
	}}
	at := httptest.NewServer(s)
	t.Cleanup(at.Close)
	return s, &identity.Challenge{Provider: at.URL, Secret: "s3cret", Hosts: []string{"www.shop.example", "sale.shop.example"}, Client: identity.NewChallengeClient()}
}

var stranger = netip.MustParseAddr("198.51.100.7")

func TestAChallengeIsPassedOnce(t *testing.T) {
	s, c := provider(t)
	if err := c.Check(t.Context(), "good", stranger); err != nil {
		t.Error(err)
	}
	if want := (url.Values{"secret": {"s3cret"}, "response": {"good"}, "remoteip": {"198.51.100.7"}}); s.asked.Encode() != want.Encode() {
		t.Error(s.asked)
	}
	if err := c.Check(t.Context(), "good", stranger); !errors.Is(err, identity.ErrNotPassed) || !strings.Contains(err.Error(), "timeout-or-duplicate") {
		t.Error("again:", err)
	}
	if err := c.Check(t.Context(), "plain", netip.MustParseAddr("::1")); err != nil { // as hCaptcha, which knows no actions
		t.Error(err)
	}
	if s.asked.Has("remoteip") {
		t.Error("this machine's own address was told")
	}
}

func TestWhatPassesNoChallenge(t *testing.T) {
	_, c := provider(t)
	for token, why := range map[string]string{
		"made up": "invalid-input-response", "": "missing-input-response", "login": `action "login"`, "elsewhere": `"evil.example"`, "nowhere": `page of ""`,
	} {
		if err := c.Check(t.Context(), token, stranger); !errors.Is(err, identity.ErrNotPassed) || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

// Turnstile says for what action a token is: without one it is of another widget.
func TestATurnstileTokenWithoutItsAction(t *testing.T) {
	s, c := provider(t)
	at := c.Provider
	c.Provider, c.Client = identity.Turnstile, &http.Client{Transport: to(at)}
	if err := c.Check(t.Context(), "plain", stranger); !errors.Is(err, identity.ErrNotPassed) {
		t.Error(err)
	}
	if err := c.Check(t.Context(), "good", stranger); err != nil {
		t.Error(err)
	}
	if s.asked.Get("response") != "good" {
		t.Error(s.asked)
	}
}

// to sends what is meant for Turnstile to the stand-in.
type to string

func (at to) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.String() != "https://challenges.cloudflare.com/turnstile/v0/siteverify" {
		return nil, errors.New("sent to " + r.URL.String())
	}
	r.URL, _ = url.Parse(string(at))
	return http.DefaultTransport.RoundTrip(r)
}

func TestAProviderThatCannotTell(t *testing.T) {
	s, c := provider(t)
	status := func(code int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		}
	}
	for name, of := range map[string]struct {
		answer func(http.ResponseWriter)
		want   error
	}{
		"a failure":        {status(500, `{"success":true}`), identity.ErrProviderAway},
		"too many":         {status(429, ``), identity.ErrProviderAway},
		"a page":           {status(200, `<html>`), identity.ErrNoVerdict},
		"another place":    {status(302, ``), identity.ErrNoVerdict},
		"an inner failure": {status(200, `{"success":false,"error-codes":["internal-error"]}`), identity.ErrNoVerdict},
		"cut off": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"success":true`))
		}, identity.ErrProviderAway},
		"what a sender causes": {status(400, `{"success":false,"error-codes":["bad-request"]}`), identity.ErrNotPassed},
	} {
		s.answer = of.answer
		if err := c.Check(t.Context(), "good", stranger); !errors.Is(err, of.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.answer = nil
	c.Secret = "another"
	if err := c.Check(t.Context(), "good", stranger); !errors.Is(err, identity.ErrNoVerdict) {
		t.Error("a wrong secret:", err)
	}
	hangs, cancel := context.WithCancel(t.Context())
	told := make(chan struct{})
	s.answer = func(http.ResponseWriter) { cancel(); <-told }
	if err := c.Check(hangs, "good", stranger); !errors.Is(err, identity.ErrProviderAway) {
		t.Error("one that hangs:", err)
	}
	close(told)
	c.Provider = "http://127.0.0.1:1"
	if err := c.Check(t.Context(), "good", stranger); !errors.Is(err, identity.ErrProviderAway) {
		t.Error("one that is not there:", err)
	}
}
