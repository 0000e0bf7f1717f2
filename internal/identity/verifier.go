package identity

import (
	"bytes"
	"net/netip"
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
	// Secure reports whether the connection is over TLS.
	Secure() bool
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
	// Trusted are the proxies whose headers count.
	Trusted Trusted
	Life    time.Duration
	Now     func() time.Time
}

// A Proxy stands in front, and says who a buyer is.
type Proxy struct {
	User   string // the header that names the user
	Groups string // the one that names groups, by commas; empty: there is none
}

// Check says who sends r. Errors: ErrNone, ErrWrong, ErrEnded.
func (v *Verifier) Check(r Request) (Buyer, error) {
	if b, named, err := v.Named(r); named {
		return b, err
	}
	if b, shown, err := v.Bearer(r); shown {
		return b, err
	}
	return v.cookie(r)
}

// Claimed appends the user whom a pass in Authorization names, or a JWT that was good once, and nothing if there is neither, or
// a proxy says who buyers are. It may prove nothing now: it is for an answer that whoever proves nothing gets, too.
func (v *Verifier) Claimed(to []byte, r Request) []byte {
	proofs := r.Values("Authorization")
	if v.Proxy.User != "" || len(proofs) != 1 {
		return to
	}
	proof, shown := bearer(proofs[0])
	switch {
	case !shown:
	case v.isJWT(proof):
		to = v.Tokens.claimed(to, proof)
	default:
		to = claimed(to, proof)
	}
	return to
}

// isJWT reports whether a proof is to be checked as a JWT: one has dots, a pass none.
func (v *Verifier) isJWT(proof []byte) bool {
	return v.Tokens != nil && bytes.IndexByte(proof, '.') >= 0
}

// cookie says whom the pass in a cookie proves. Errors: ErrNone, ErrWrong, ErrEnded.
func (v *Verifier) cookie(r Request) (Buyer, error) {
	pass := r.Cookie(SecureCookie)
	if len(pass) == 0 && !v.Trusted.OverTLS(r) { // there it may be planted
		pass = r.Cookie(Cookie)
	}
	if len(pass) == 0 {
		return Buyer{}, ErrNone
	}
	return v.Passes.Check(pass)
}

// WithChallenge is b, who has sent r, and challenged if they have such a pass in a cookie beside their proof: until that ends.
func (v *Verifier) WithChallenge(r Request, b Buyer) Buyer {
	if b.Challenged {
		return b
	}
	if pass, err := v.cookie(r); err == nil && pass.Challenged && pass.User == b.User {
		b.Challenged = true
		if b.Until.IsZero() || b.Until.After(pass.Until) {
			b.Until = pass.Until
		}
	}
	return b
}

// Named says whom the header of a proxy names, if r has one: it is believed from a trusted one, if each stands once. Errors: ErrWrong.
func (v *Verifier) Named(r Request) (b Buyer, named bool, err error) {
	if v.Proxy.User == "" {
		return b, false, nil
	}
	users := r.Values(v.Proxy.User)
	if len(users) == 0 {
		return b, false, nil
	}
	user, once := string(users[0]), len(users) == 1
	var groups [][]byte
	if v.Proxy.Groups != "" {
		groups = r.Values(v.Proxy.Groups)
	}
	if !v.Trusted.Has(r.Peer()) || !once || len(groups) > 1 {
		return b, true, ErrWrong
	}
	var has []string
	if len(groups) == 1 {
		for g := range strings.SplitSeq(string(groups[0]), ",") {
			has = append(has, strings.TrimSpace(g))
		}
	}
	b, err = proven(user, has, time.Time{})
	return b, true, err
}

// Bearer says whom Authorization proves, if it shows a token. Errors: ErrWrong, ErrEnded.
func (v *Verifier) Bearer(r Request) (b Buyer, shown bool, err error) {
	proofs := r.Values("Authorization")
	if len(proofs) != 1 {
		return b, len(proofs) > 1, ErrWrong
	}
	proof, shown := bearer(proofs[0])
	switch {
	case !shown:
	case v.isJWT(proof):
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
