package app

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"sync/atomic"

	"seckill/internal/httpapi"
	"seckill/internal/identity"
)

// ChallengeConfig is what stands before a pass that buys; without a Provider nothing does.
type ChallengeConfig struct {
	Provider string   // identity.Turnstile, or the URL of another that answers in the same form
	Secret   string   // of the site key
	SiteKey  string   // of Turnstile's widget on the buyer's page; empty: it shows none
	Hosts    []string // of the pages that show the widget; empty: those of the server
	Outage   string   // outageClosed or outageOpen
}

// What becomes of a pass while the provider does not answer.
const (
	outageClosed = "closed"
	outageOpen   = "open"
)

func (c *ChallengeConfig) isOpen() bool { return c.Outage == outageOpen }

// check holds the rules of the challenge's flags; hosts are the server's.
func (c *ChallengeConfig) check(known bool, hosts []string) error {
	if c.Provider == "" {
		for flag, given := range map[string]bool{"challenge-secret": c.Secret != "", "challenge-site-key": c.SiteKey != "", "challenge-hosts": c.Hosts != nil, "challenge-outage": c.isOpen()} {
			if given {
				return UsageError{flag, "is for --challenge"}
			}
		}
		return nil
	}
	switch {
	case c.Provider != identity.Turnstile && !isProvider(c.Provider):
		return UsageError{"challenge", "must be turnstile, or the https URL at which another provider checks its tokens, without user and password"}
	case !known:
		return UsageError{"challenge", "stands before passes: give --buyer-auth jwt or header, or nobody has one"}
	case c.Secret == "":
		return UsageError{"challenge-secret", "is missing: --challenge needs the secret of its site key, as file:PATH"}
	case len(c.Hosts) == 0 && len(hosts) == 0:
		return UsageError{"challenge-hosts", "is missing: name the hosts of the pages that show the challenge, as in sale.shop.example; they are those of --hosts, if it is given"}
	case slices.ContainsFunc(c.Hosts, func(name string) bool { return !hostName.MatchString(name) }):
		return UsageError{"challenge-hosts", "must be names as in sale.shop.example, without https:// and port"}
	case c.Outage != outageClosed && c.Outage != outageOpen:
		return UsageError{"challenge-outage", "must be closed or open"}
	}
	return nil
}

// isProvider reports whether a URL is one that a secret may be sent to: by https, or on this machine.
func isProvider(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())
}

// A challenge is what stands before passes, and whether its provider can be asked.
type challenge struct {
	identity.Challenge
	count func(result string, n int)
	log   *slog.Logger
	away  atomic.Bool
}

// challengeResults are how a challenge ends.
var challengeResults = []string{"passed", "failed", "unknown"}

func (p *Program) newChallenge() *httpapi.Challenge {
	c := &p.cfg.Challenge
	if c.Provider == "" {
		return nil
	}
	hosts := c.Hosts
	if len(hosts) == 0 {
		hosts = p.cfg.Hosts
	}
	if c.isOpen() {
		p.cfg.Log.Warn("--challenge-outage open: while the provider of the challenge does not answer, whoever is known gets a pass that buys, without one")
	}
	p.challenge = &challenge{
		Challenge: identity.Challenge{Provider: c.Provider, Secret: c.Secret, Hosts: hosts, Client: identity.NewChallengeClient()},
		count:     p.counts.Count("seckill_challenges_total", "Challenges before a pass, by how they ended; unknown: the provider was away, or could not tell.", "result", challengeResults...),
		log:       p.cfg.Log,
	}
	return &httpapi.Challenge{Check: p.challenge.check, SiteKey: c.SiteKey, Open: c.isOpen()}
}

// check counts, and tells when the provider goes away and comes back.
func (c *challenge) check(ctx context.Context, token string, from netip.Addr) error {
	err := c.Check(ctx, token, from)
	unknown := err != nil && !errors.Is(err, identity.ErrNotPassed)
	switch {
	case unknown:
		c.count("unknown", 1)
	case err != nil:
		c.count("failed", 1)
	default:
		c.count("passed", 1)
	}
	switch was := c.away.Swap(unknown); {
	case unknown && !was:
		c.log.Warn("challenges cannot be judged", "error", err)
	case was && !unknown:
		c.log.Info("challenges are judged again")
	}
	return err
}
