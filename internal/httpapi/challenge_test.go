package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"seckill/internal/identity"
	"seckill/internal/sale"
)

// A judge is a provider of challenges, as the API sees it.
type judge struct {
	err   error
	asked []string // tokens, and from where
}

func (j *judge) check(_ context.Context, token string, from netip.Addr) error {
	j.asked = append(j.asked, token+" from "+from.String())
	if j.err != nil {
		return j.err
	}
	if token != "good" {
		return fmt.Errorf("%w: timeout-or-duplicate", identity.ErrNotPassed)
	}
	return nil
}

// challenging is a sale whose passes a challenge stands before.
func challenging(t *testing.T, change ...func(*Config)) (*server, *judge) {
	t.Helper()
	j := &judge{}
	s := known(t, func(_ *shop, c *Config) {
		c.Challenge, c.Trusted = &Challenge{Check: j.check, SiteKey: "0x4AAA"}, here
		c.Buyers.Proxy, c.Buyers.Trusted = identity.Proxy{User: "X-User"}, here
		for _, f := range change {
			f(c)
		}
	})
	s.put(t, "1", sale.Terms{Quantity: 9, PaymentWindow: time.Hour})
	return s, j
}

func (s *server) pass(t *testing.T, body string, header ...string) (p Pass, cookie []string) {
	t.Helper()
	r := s.do(t, "POST", "/api/pass", body, header...).want(t, 200)
	r.json(t, &p)
	return p, []string{"Cookie", identity.Cookie + "=" + p.Pass}
}

// A proof buys once a challenge was passed for it, and until that ends.
func TestAPassThatBuysTakesAChallenge(t *testing.T) {
	s, j := challenging(t)
	jwt := s.as(t, "bob") // what proves bob, and was made without one
	r := s.do(t, "POST", buy1, `{}`, jwt...)
	if r.problem(t, passRequired); r.header("WWW-Authenticate") != "Bearer" {
		t.Error(r.raw())
	}
	p, plain := s.pass(t, "", jwt...)
	if !p.Waits {
		t.Errorf("%+v", p)
	}
	s.do(t, "POST", buy1, `{}`, plain...).problem(t, passRequired)
	for _, body := range []string{`{}`, `{"challenge":""}`} {
		if p, _ := s.pass(t, body, jwt...); !p.Waits {
			t.Errorf("%s: %+v", body, p)
		}
	}
	if len(j.asked) > 0 {
		t.Error("asked about nothing:", j.asked)
	}
	if d := s.do(t, "POST", "/api/pass", `{"challenge":"replayed"}`, jwt...).problem(t, challengeFailed); d.Detail != "timeout-or-duplicate" {
		t.Errorf("%+v", d)
	}
	p, good := s.pass(t, `{"challenge":"good"}`, append(from("198.51.100.7"), jwt...)...)
	if p.Waits || j.asked[len(j.asked)-1] != "good from 198.51.100.7" {
		t.Errorf("%+v, %v", p, j.asked)
	}
	s.do(t, "POST", buy1, `{"user_id":"ann"}`, good...).problem(t, notYou)
	o := s.do(t, "POST", buy1, `{}`, good...).want(t, 201).order(t)
	s.do(t, "GET", "/api/orders/"+o.OrderID, "", jwt...).want(t, 200) // their own they see without
	asked := len(j.asked)
	if again, _ := s.pass(t, "", good...); again.Waits || again.EndsAt != p.EndsAt {
		t.Errorf("%+v of %+v", again, p)
	}
	if len(j.asked) != asked {
		t.Error("a buy, or a pass of a pass, asked:", j.asked[asked:])
	}
	s.set(func() { s.now = s.now.Add(2 * time.Hour) })
	s.do(t, "POST", buy1, `{}`, good...).problem(t, unauthenticated)
}

// Whoever proves nobody asks no provider; and the form comes first.
func TestNobodyIsChallengedForNothing(t *testing.T) {
	s, j := challenging(t)
	s.do(t, "POST", "/api/pass", `{"challenge":"good"}`).problem(t, unauthenticated)
	s.do(t, "POST", "/api/pass", `{"challenge":7}`, s.as(t, "bob")...).problem(t, invalid)
	s.do(t, "POST", "/api/pass", `{"token":"good"}`, s.as(t, "bob")...).problem(t, invalid)
	s.do(t, "POST", "/api/pass", `{"challenge":"`+strings.Repeat("x", maxBody)+`"}`, s.as(t, "bob")...).problem(t, tooLarge)
	s.do(t, "POST", "/api/pass", `{"challenge":"good"}`, append(s.as(t, "bob"), "Content-Type", "text/plain")...).problem(t, notJSON)
	if len(j.asked) > 0 {
		t.Error(j.asked)
	}
}

// Where a proxy names the buyer, the pass stands in a cookie beside that, and is theirs.
func TestAChallengeBehindAProxyThatNamesBuyers(t *testing.T) {
	s, _ := challenging(t)
	bob, ann := []string{"X-User", "bob"}, []string{"X-User", "ann"}
	s.do(t, "POST", buy1, `{}`, bob...).problem(t, passRequired)
	p, good := s.pass(t, `{"challenge":"good"}`, bob...)
	if p.Waits {
		t.Errorf("%+v", p)
	}
	s.set(func() { s.now = s.now.Add(time.Minute) })
	if again, _ := s.pass(t, "", append(good, bob...)...); again.Waits || again.EndsAt != p.EndsAt {
		t.Errorf("%+v of %+v: a challenge does not last longer for being asked about", again, p)
	}
	s.do(t, "POST", buy1, `{}`, append(good, ann...)...).problem(t, passRequired)
	s.do(t, "POST", buy1, `{}`, append(good, bob...)...).want(t, 201)
}

// While everybody is refused, who lacks a challenge learns no more than who proves nobody.
func TestWhoLacksAChallengeLearnsNothing(t *testing.T) {
	s, _ := challenging(t)
	_, good := s.pass(t, `{"challenge":"good"}`, s.as(t, "bob")...)
	s.do(t, "POST", buy1, `{}`, good...).want(t, 201)
	s.put(t, "1", sale.Terms{Quantity: 1, PaymentWindow: time.Hour})
	bob, nobody := s.do(t, "POST", buy1, `{}`, s.as(t, "bob")...), s.do(t, "POST", buy1, `{"user_id":"bob"}`)
	if bob.problem(t, soldOut); bob.raw() != nobody.raw() {
		t.Errorf("%s\n%s", bob.raw(), nobody.raw())
	}
}

func TestTheProviderOfAChallengeIsAway(t *testing.T) {
	for _, open := range []bool{false, true} {
		s, j := challenging(t, func(c *Config) { c.Challenge.Open = open })
		ask := func(err error) reply {
			j.err = err
			return s.do(t, "POST", "/api/pass", `{"challenge":"good"}`, s.as(t, "bob")...)
		}
		if r := ask(fmt.Errorf("%w: no route", identity.ErrProviderAway)); open {
			r.want(t, 200)
		} else if r.problem(t, unavailable); r.header("Retry-After") == "" {
			t.Error(r.raw())
		}
		ask(fmt.Errorf("%w: invalid-input-secret", identity.ErrNoVerdict)).problem(t, unavailable)
		ask(identity.ErrNotPassed).problem(t, challengeFailed)
	}
}

// A rehearsal's own buyers pass no challenge, and buy nothing else.
func TestARehearsalHasNoChallenge(t *testing.T) {
	s, _ := challenging(t)
	s.put(t, sale.RehearsalPrefix+"1", sale.Terms{Quantity: 9})
	own := []string{"Authorization", "Bearer " + s.mint(t, identity.Buyer{User: "r", Rehearsal: true})}
	s.do(t, "POST", "/api/products/"+sale.RehearsalPrefix+"1/orders", `{}`, own...).want(t, 201)
	s.do(t, "POST", buy1, `{}`, own...).problem(t, unauthenticated)
}

// The page may load the widget where there is one, and is told of it; else nothing of it is let in.
func TestThePageOfAChallenge(t *testing.T) {
	with, _ := challenging(t)
	without, _ := challenging(t, func(c *Config) { c.Challenge.SiteKey = "" })
	policyOf := func(s *server, path string) string {
		return s.do(t, http.MethodGet, path, "").want(t, 200).header("Content-Security-Policy")
	}
	if p := policyOf(with, "/buy/1"); !strings.Contains(p, "script-src 'self' https://challenges.cloudflare.com; frame-src https://challenges.cloudflare.com") {
		t.Error(p)
	}
	for s, path := range map[*server]string{with: "/", without: "/buy/1", known(t): "/buy/1"} {
		if p := policyOf(s, path); strings.Contains(p, "cloudflare") || p == "" {
			t.Error(path, p)
		}
	}
	for s, key := range map[*server]string{with: "0x4AAA", without: ""} {
		var session Session
		if s.do(t, http.MethodGet, "/api/session", "").want(t, 200).json(t, &session); session.SiteKey != key {
			t.Errorf("%+v", session)
		}
	}
}
