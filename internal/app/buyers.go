package app

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"regexp"
	"time"

	"seckill/internal/identity"
)

// How a buyer is known.
const (
	BuyersByBody   = "body"   // user_id is believed
	BuyersByJWT    = "jwt"    // by a token of the shop's own login
	BuyersByHeader = "header" // by a proxy in front
)

// BuyerConfig is how buyers are known.
type BuyerConfig struct {
	Auth         string        // one of those above
	Keys         string        // of JWTs: file:PATH or an https URL of a JWK set
	Issuer       string        // of JWTs
	Audience     string        // of JWTs
	Header       string        // in which a trusted proxy names the user
	GroupsHeader string        // and the groups; empty: it does not
	PassLife     time.Duration // how long a pass is good at most
}

// MaxPassLife is how long a pass may be good: nobody can take it back.
const MaxPassLife = 7 * 24 * time.Hour

func (c *BuyerConfig) known() bool { return c.Auth != BuyersByBody && c.Auth != "" }

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$") // a token of RFC 9110

// check holds the rules of the buyers' flags.
func (c *BuyerConfig) check() error {
	for _, f := range []struct {
		flag, of string
		given    bool
		needed   bool
		what     string
	}{
		{"buyer-keys", BuyersByJWT, c.Keys != "", true, "file:PATH or the https URL of the shop's keys (a JWK set)"},
		{"buyer-issuer", BuyersByJWT, c.Issuer != "", true, "the iss of the shop's tokens"},
		{"buyer-audience", BuyersByJWT, c.Audience != "", true, "what their aud calls this sale"},
		{"buyer-header", BuyersByHeader, c.Header != "", true, "the header in which the proxy names the user, as in X-User-Id"},
		{"buyer-groups-header", BuyersByHeader, c.GroupsHeader != "", false, ""},
	} {
		switch {
		case f.given && c.Auth != f.of:
			return UsageError{f.flag, "is for --buyer-auth " + f.of}
		case f.needed && !f.given && c.Auth == f.of:
			return UsageError{f.flag, fmt.Sprintf("is missing: --buyer-auth %s needs %s", f.of, f.what)}
		}
	}
	for flag, name := range map[string]string{"buyer-header": c.Header, "buyer-groups-header": c.GroupsHeader} {
		if name != "" && !headerName.MatchString(name) || http.CanonicalHeaderKey(name) == "Authorization" || http.CanonicalHeaderKey(name) == "Cookie" {
			return UsageError{flag, fmt.Sprintf("must be the name of a header that a proxy sets, as in X-User-Id, not %q", name)}
		}
	}
	switch {
	case c.Auth != "" && c.Auth != BuyersByBody && c.Auth != BuyersByJWT && c.Auth != BuyersByHeader:
		return UsageError{"buyer-auth", fmt.Sprintf("must be %s, %s or %s, not %q", BuyersByBody, BuyersByJWT, BuyersByHeader, c.Auth)}
	case c.known() && (c.PassLife < time.Minute || c.PassLife > MaxPassLife):
		return UsageError{"pass-life", "must be 1m to 168h"}
	}
	return nil
}

// trusted are the proxies in front.
func (c *Config) trusted() (all identity.Trusted, err error) {
	for _, text := range c.TrustedProxies {
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		switch {
		case err != nil:
			return nil, UsageError{"trusted-proxies", fmt.Sprintf("must be addresses or networks, as in 10.0.0.0/8, not %q", text)}
		case network.Bits() == 0:
			return nil, UsageError{"trusted-proxies", text + " is everybody, who could then say who they are and where they come from: name what your proxies connect from"}
		}
		all = append(all, network)
	}
	if len(all) == 0 && c.Buyers.Auth == BuyersByHeader {
		return nil, UsageError{"trusted-proxies", "is missing: --buyer-auth header needs the addresses or networks that the proxy connects from, as in 10.0.0.0/8"}
	}
	return all, nil
}

// tokens reads the keys of the shop's JWTs; nil: there are none.
func (c *BuyerConfig) tokens(ctx context.Context, log *slog.Logger) (*identity.Tokens, error) {
	if c.Auth != BuyersByJWT {
		return nil, nil
	}
	t, err := identity.NewTokens(ctx, identity.JWTConfig{Keys: c.Keys, Issuer: c.Issuer, Audience: c.Audience, Now: time.Now, Log: log})
	if err != nil {
		return nil, UsageError{"buyer-keys", fmt.Sprintf("%s: %v", c.Keys, err)}
	}
	return t, nil
}

// verifier says who buys; nil: whoever the body says.
func (c *BuyerConfig) verifier(passKey []byte, tokens *identity.Tokens, trusted identity.Trusted) *identity.Verifier {
	if !c.known() {
		return nil
	}
	return &identity.Verifier{
		Passes: identity.NewPasses(passKey, time.Now), Tokens: tokens, Life: c.PassLife, Now: time.Now,
		Proxy: identity.Proxy{User: c.Header, Groups: c.GroupsHeader}, Trusted: trusted,
	}
}

// rehearsalLife is how long the pass of a rehearsal's buyer is good: longer than any rehearsal.
const rehearsalLife = time.Hour

// rehearsalPass makes what a rehearsal's buyer proves who they are by; nil: nobody asks.
func (p *Program) rehearsalPass() func(user string) string {
	if p.buyers == nil {
		return nil
	}
	return func(user string) string {
		pass, err := p.buyers.Passes.Mint(identity.Buyer{User: user, Until: time.Now().Add(rehearsalLife), Rehearsal: true})
		if err != nil {
			panic(err) // a rush makes ids
		}
		return pass
	}
}

// warn says aloud what is open to others: what --insecure lets in, and what is sent without TLS.
func (c Config) warn() {
	host, _, _ := net.SplitHostPort(c.Listen)
	if !isLoopback(host) && c.sells() && c.TLSCert == "" && len(c.TrustedProxies) == 0 {
		c.Log.Warn("other machines are answered without TLS: whoever is on the way reads passes and tokens. Give --tls-cert and --tls-key; or let a proxy end TLS in front, and name it in --trusted-proxies", "listen", c.Listen)
	}
	c.warnOfPlain()
	switch {
	case isLoopback(host) || !c.Insecure:
	case c.AdminToken == "":
		c.Log.Warn("--insecure: whoever reaches the address runs the sale, and buys as anybody", "listen", c.Listen)
	case !c.Buyers.known():
		c.Log.Warn("--insecure: whoever reaches the address buys as anybody", "listen", c.Listen)
	}
}
