package identity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
)

const (
	// Turnstile is the provider of a challenge that is known by its name.
	Turnstile = "turnstile"
	// turnstileURL is where its tokens are checked (developers.cloudflare.com/turnstile/get-started/server-side-validation).
	turnstileURL = "https://challenges.cloudflare.com/turnstile/v0/siteverify"
	// ChallengeAction is what the widget has to be for: a token of another one of the same site key is none.
	ChallengeAction = "pass"

	checkWithin = 5 * time.Second
	// checksAtOnce bounds the connections to the provider: whoever is beyond them waits, for checkWithin at most.
	checksAtOnce = 64
	maxVerdict   = 64 << 10
)

// Why a challenge was not passed.
var (
	// ErrNotPassed: the provider, or what it says of the token, refuses it.
	ErrNotPassed = errors.New("the challenge was not passed")
	// ErrNoVerdict: the provider has answered that it cannot tell, as for a wrong secret. Nobody passes by that.
	ErrNoVerdict = errors.New("the provider of the challenge cannot tell")
	// ErrProviderAway: the provider has not answered.
	ErrProviderAway = errors.New("the provider of the challenge does not answer")
)

// A Challenge is what a buyer passes at a provider's widget before a pass buys. The provider has each token pass once, and for
// some minutes; there is nothing to remember here.
type Challenge struct {
	Provider string   // Turnstile, or the https URL of another that answers in the same form
	Secret   string   // of the site key
	Hosts    []string // of the pages that show the widget
	Client   *http.Client
}

// NewChallengeClient is one for the checks: it follows nobody.
func NewChallengeClient() *http.Client {
	return &http.Client{
		Timeout:       checkWithin,
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxConnsPerHost: checksAtOnce, MaxIdleConnsPerHost: checksAtOnce, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// A verdict is what a provider says of a token.
type verdict struct {
	Success  bool     `json:"success"`
	Codes    []string `json:"error-codes"`
	Action   string   `json:"action"`
	Hostname string   `json:"hostname"`
}

// Check has the provider judge a token of the widget, which somebody at an address has sent. Errors: ErrNotPassed, ErrNoVerdict,
// ErrProviderAway.
func (c *Challenge) Check(ctx context.Context, token string, from netip.Addr) error {
	form := url.Values{"secret": {c.Secret}, "response": {token}}
	if from.IsValid() && !from.IsLoopback() {
		form.Set("remoteip", from.String())
	}
	v, err := c.ask(ctx, form)
	switch {
	case err != nil:
		return err
	case !v.Success && slices.ContainsFunc(v.Codes, ofOurs):
		return fmt.Errorf("%w: %s", ErrNoVerdict, strings.Join(v.Codes, ", "))
	case !v.Success:
		return fmt.Errorf("%w: %s", ErrNotPassed, strings.Join(v.Codes, ", "))
	case v.Action != ChallengeAction && (v.Action != "" || c.Provider == Turnstile):
		return fmt.Errorf("%w: it was for the action %q", ErrNotPassed, v.Action)
	case !slices.ContainsFunc(c.Hosts, func(host string) bool { return strings.EqualFold(host, v.Hostname) }):
		return fmt.Errorf("%w: it was on a page of %q", ErrNotPassed, v.Hostname)
	}
	return nil
}

// ofOurs reports whether a code tells of what no buyer can have caused.
func ofOurs(code string) bool {
	return code == "missing-input-secret" || code == "invalid-input-secret" || code == "sitekey-secret-mismatch" || code == "internal-error"
}

func (c *Challenge) ask(ctx context.Context, form url.Values) (v verdict, err error) {
	at := c.Provider
	if at == Turnstile {
		at = turnstileURL
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at, strings.NewReader(form.Encode()))
	if err != nil {
		return v, fmt.Errorf("%w: %w", ErrNoVerdict, err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := c.Client.Do(r)
	if err != nil {
		return v, fmt.Errorf("%w: %w", ErrProviderAway, err)
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxVerdict))
	switch {
	case err != nil || answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests:
		return v, fmt.Errorf("%w: status %d, %w", ErrProviderAway, answer.StatusCode, errors.Join(err))
	case json.Unmarshal(raw, &v) != nil:
		return v, fmt.Errorf("%w: status %d, and no verdict", ErrNoVerdict, answer.StatusCode)
	}
	return v, nil
}
