// Package auth says who may do what an operator does.
//
// It promises that without the admin token nobody is taken for an operator, that
// comparing takes the same time whatever was sent, and that a session, which a
// browser holds instead of the token, ends by itself after SessionLife, when the
// token or the secret changes, and cannot be made from anything but the token.
//
// Nothing is kept about sessions: the cookie carries its own end and a MAC over
// it, so every process with the same secret and token takes it. Signing out only
// makes the browser forget it. Likewise a pass, with which the server's own buyers
// pay in a rehearsal: it is good for one product, and for nothing else.
//
// Every method is safe for concurrent use.
package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

const (
	// Cookie is the name under which a browser keeps a session.
	Cookie = "seckill_session"
	// SessionLife is how long a session lasts.
	SessionLife = 12 * time.Hour
)

// A Authenticator knows the admin token.
type Authenticator struct {
	token [sha256.Size]byte // its digest: comparing it tells nothing of the token's length
	key   []byte            // signs sessions
	open  bool
	now   func() time.Time
}

// New makes an Authenticator. If token is empty everybody is an operator. The secret is
// the same in every process.
func New(token string, secret []byte, now func() time.Time) *Authenticator {
	key := hmac.New(sha256.New, secret)
	key.Write([]byte("session " + token))
	return &Authenticator{token: sha256.Sum256([]byte(token)), key: key.Sum(nil), open: token == "", now: now}
}

// Open reports whether there is no admin token: nobody has to sign in.
func (a *Authenticator) Open() bool { return a.open }

// Knows reports whether token is the admin token.
func (a *Authenticator) Knows(token string) bool {
	digest := sha256.Sum256([]byte(token))
	return !a.open && subtle.ConstantTimeCompare(digest[:], a.token[:]) == 1
}

// Allows reports whether a request with this Authorization header and this
// session cookie, either of them empty if it was not sent, is an operator's.
func (a *Authenticator) Allows(authorization, cookie string) bool {
	if a.open {
		return true
	}
	if token, ok := bearer(authorization); ok {
		return a.Knows(token)
	}
	return a.valid(cookie)
}

func bearer(authorization string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(authorization, " ")
	return strings.TrimLeft(token, " "), strings.EqualFold(scheme, "Bearer")
}

// Pass is a bearer token that makes nobody an operator: it only lets pay the
// orders of this product.
func (a *Authenticator) Pass(product string) string { return product + "." + a.sign("pay "+product) }

// Passes is the product of the Pass that this Authorization header carries.
func (a *Authenticator) Passes(authorization string) (product string, ok bool) {
	token, isBearer := bearer(authorization)
	product, mac, _ := strings.Cut(token, ".")
	return product, isBearer && hmac.Equal([]byte(mac), []byte(a.sign("pay "+product)))
}

// Wrong reports whether this Authorization header carries a token that is good for nothing.
func (a *Authenticator) Wrong(authorization string) bool {
	token, ok := bearer(authorization)
	if _, passes := a.Passes(authorization); !ok || passes {
		return false
	}
	return !a.open && !a.Knows(token)
}

// Session is the value of a cookie that Allows takes, and when that ends.
func (a *Authenticator) Session() (value string, ends time.Time) {
	ends = a.now().Add(SessionLife).Truncate(time.Second)
	until := strconv.FormatInt(ends.Unix(), 10)
	return until + "." + a.sign(until), ends
}

func (a *Authenticator) valid(cookie string) bool {
	until, mac, ok := strings.Cut(cookie, ".")
	if !ok || !hmac.Equal([]byte(mac), []byte(a.sign(until))) {
		return false
	}
	ends, err := strconv.ParseInt(until, 10, 64)
	return err == nil && a.now().Unix() < ends
}

func (a *Authenticator) sign(until string) string {
	mac := hmac.New(sha256.New, a.key)
	mac.Write([]byte(until))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
