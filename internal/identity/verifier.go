package identity

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A Request is what of a request may prove its buyer. What a method returns is good until its next call.
type Request interface {
	// Peer is the address at the other end of the connection.
	Peer() netip.Addr
	// Values are those of a header, each as it was sent.
	Values(header string) [][]byte
	// Cookie is the value of a cookie; empty: it was not sent.
	Cookie(name string) []byte
}

// The names under which a browser keeps a pass: the first over TLS only, and from nobody but this very host.
const (
	SecureCookie = "__Host-" + Cookie
	Cookie       = "seckill_pass"
)

// A Verifier says who sends a request.
//
// A header of a trusted proxy counts more than Authorization, and that more than a cookie: what is there
// decides, right or wrong.
type Verifier struct {
	Passes *Passes
	Tokens *Tokens // nil: no JWT is taken
	Proxy  Proxy   // the zero one: no header is
	Life   time.Duration
	Now    func() time.Time
}

// A Proxy stands in front, and says who a buyer is.
type Proxy struct {
	User    string         // the header that names the user
	Groups  string         // the one that names groups, by commas; empty: there is none
	Trusted []netip.Prefix // from where they are believed
}

// Check says who sends r. Errors: ErrNone, ErrWrong, ErrEnded.
func (v *Verifier) Check(r Request) (Buyer, error) {
	if v.Proxy.User != "" {
		if named := r.Values(v.Proxy.User); len(named) > 0 {
			return v.Proxy.check(r, string(named[0]), len(named) == 1)
		}
	}
	if b, shown, err := v.Bearer(r); shown {
		return b, err
	}
	pass := r.Cookie(SecureCookie)
	if len(pass) == 0 && !overTLS(r) {
		pass = r.Cookie(Cookie)
	}
	if len(pass) == 0 {
		return Buyer{}, ErrNone
	}
	return v.Passes.Check(pass)
}

// overTLS reports whether a page that was got over TLS sends r: there the plain cookie may be planted.
func overTLS(r Request) bool {
	origin := r.Values("Origin")
	return len(origin) > 0 && bytes.HasPrefix(origin[0], []byte("https://"))
}

// Bearer says whom Authorization proves, if it shows a token: a JWT has dots, a pass none. Errors: ErrWrong, ErrEnded.
func (v *Verifier) Bearer(r Request) (b Buyer, shown bool, err error) {
	proofs := r.Values("Authorization")
	if len(proofs) != 1 {
		return b, len(proofs) > 1, ErrWrong
	}
	proof, shown := bearer(proofs[0])
	switch {
	case !shown:
	case v.Tokens != nil && bytes.IndexByte(proof, '.') >= 0:
		b, err = v.Tokens.Check(proof)
	default:
		b, err = v.Passes.Check(proof)
	}
	return b, shown, err
}

// bearer is the token of an Authorization header. Another scheme is for somebody else.
func bearer(authorization []byte) (token []byte, ok bool) {
	scheme, token, _ := bytes.Cut(authorization, []byte(" "))
	return bytes.TrimLeft(token, " "), bytes.EqualFold(scheme, []byte("Bearer"))
}

// check believes the headers of a trusted proxy, each of which stands once.
func (p *Proxy) check(r Request, user string, once bool) (Buyer, error) {
	peer := r.Peer()
	trusted := slices.ContainsFunc(p.Trusted, func(from netip.Prefix) bool { return from.Contains(peer) })
	var groups [][]byte
	if p.Groups != "" {
		groups = r.Values(p.Groups)
	}
	if !trusted || !once || len(groups) > 1 {
		return Buyer{}, ErrWrong
	}
	var has []string
	if len(groups) == 1 {
		for g := range strings.SplitSeq(string(groups[0]), ",") {
			has = append(has, strings.TrimSpace(g))
		}
	}
	return proven(user, has, time.Time{})
}

// End is when what a proven buyer is given ends: with the proof, or after Life.
func (v *Verifier) End(b Buyer) time.Time {
	end := v.Now().Add(v.Life).Truncate(time.Second)
	if b.Until.IsZero() || b.Until.After(end) {
		return end
	}
	return b.Until
}

// Pass turns a proven buyer's proof into a pass, until its End.
func (v *Verifier) Pass(b Buyer) (pass string, minted Buyer, err error) {
	b.Until = v.End(b)
	if !v.Now().Before(b.Until) {
		return "", b, ErrEnded
	}
	pass, err = v.Passes.Mint(b)
	return pass, b, err
}
