// Package auth says who an operator is, and in which role.
//
// An operator shows a token: the admin token, which the server was started with, or
// one that was made with it, has a name and a role, and is kept as a hash. A browser
// holds a session instead, which is a cookie that names the token, with its end and a
// MAC over both.
//
// It promises that only a token, or a session made from one, makes somebody an operator;
// that a session ends with its token, and after SessionLife by itself; and that a token
// which any process has revoked is accepted nowhere after a second. A process accepts one
// only by a list of all tokens that it began to read less than a second before, and
// answers ErrUnknown if it cannot get that list. The admin token needs no list.
//
// It also makes the passes with which the buyers of a rehearsal pay: each is good for one
// product, and for nothing else.
//
// Every method is safe for concurrent use.
package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// SessionLife is how long a session lasts, if its token does.
	SessionLife = 12 * time.Hour
	// AdminName is the name of whoever has the admin token.
	AdminName = "admin"
	// prefix tells a token from other secrets, for whoever finds one.
	prefix = "seckill_"
)

// A Role is what an operator is for. What it may do stands with the routes.
type Role string

// The roles. Only the admin token has the first.
const (
	Admin    Role = "admin"
	View     Role = "view"
	Operate  Role = "operate"
	Payments Role = "payments"
)

// Roles are those that a token can be given.
var Roles = []Role{View, Operate, Payments}

// A Token is one that was made, as it is kept.
type Token struct {
	Name   string
	Role   Role
	Hash   [sha256.Size]byte
	MadeAt time.Time
}

// A Keeper keeps the tokens, for all processes. Errors are its own, and passed on.
type Keeper interface {
	AddToken(ctx context.Context, t Token) error
	RevokeToken(ctx context.Context, name string) error
	Tokens(ctx context.Context) ([]Token, error)
}

// An Operator is who showed a token. Without operators, everybody is the one without a name.
type Operator struct {
	Name string
	Role Role
}

// Why somebody is no operator.
var (
	ErrNobody  = errors.New("no token was shown, nor a session that is good")
	ErrWrong   = errors.New("the token is wrong")
	ErrUnknown = errors.New("it cannot be known which tokens are good")
)

// Config is what an Authenticator works with.
type Config struct {
	AdminToken string // empty: everybody is an operator
	Secret     []byte // the same in every process
	Keeper     Keeper
	Now        func() time.Time
	Elapsed    func() time.Duration // since some moment, by a clock that is never set back
}

// An Authenticator knows the tokens.
type Authenticator struct {
	Config
	admin  Token
	listed atomic.Pointer[list]
	asking singleflight.Group
}

// New makes an Authenticator.
func New(c Config) *Authenticator {
	return &Authenticator{Config: c, admin: Token{Name: AdminName, Role: Admin, Hash: sha256.Sum256([]byte(c.AdminToken))}}
}

// Open reports whether there is no admin token: nobody has to sign in.
func (a *Authenticator) Open() bool { return a.AdminToken == "" }

// Who is the operator of a request with this Authorization header and this session
// cookie, either of them empty if it was not sent. Errors: ErrNobody, ErrWrong,
// ErrUnknown.
func (a *Authenticator) Who(ctx context.Context, authorization, cookie string) (Operator, error) {
	token, shown := bearer(authorization)
	switch {
	case a.Open():
		return Operator{Role: Admin}, nil
	case !shown && cookie == "":
		return Operator{}, ErrNobody
	case !shown:
		return a.bySession(ctx, cookie)
	}
	if _, passes := a.Passes(authorization); passes {
		return Operator{}, ErrNobody
	}
	t, err := a.byToken(ctx, token)
	return Operator{t.Name, t.Role}, err
}

func bearer(authorization string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(authorization, " ")
	return strings.TrimLeft(token, " "), strings.EqualFold(scheme, "Bearer")
}

func (a *Authenticator) byToken(ctx context.Context, token string) (Token, error) {
	hash := sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare(hash[:], a.admin.Hash[:]) == 1 {
		return a.admin, nil
	}
	return a.find(ctx, func(l *list) (Token, bool) { t, ok := l.byHash[hash]; return t, ok })
}

// SignIn is the value of a cookie that Who takes, for whoever has the token of this
// name, and when it ends. Errors are those of Who.
func (a *Authenticator) SignIn(ctx context.Context, name, token string) (value string, ends time.Time, err error) {
	ends = a.Now().Add(SessionLife).Truncate(time.Second)
	if a.Open() {
		return a.session(a.admin, ends), ends, nil
	}
	t, err := a.byToken(ctx, token)
	if err == nil && t.Name != name {
		err = ErrWrong
	}
	return a.session(t, ends), ends, err
}

// session names no hash, but its MAC is over that of the token: it is of no other one
// that may get the name later.
func (a *Authenticator) session(t Token, ends time.Time) string {
	until := t.Name + "." + strconv.FormatInt(ends.Unix(), 10)
	return until + "." + a.sign("session "+until, t.Hash)
}

func (a *Authenticator) bySession(ctx context.Context, cookie string) (Operator, error) {
	name, rest, _ := strings.Cut(cookie, ".")
	until, _, _ := strings.Cut(rest, ".")
	ends, err := strconv.ParseInt(until, 10, 64)
	if err != nil || a.Now().Unix() >= ends {
		return Operator{}, ErrNobody
	}
	t := a.admin
	if name != AdminName {
		t, err = a.find(ctx, func(l *list) (Token, bool) { t, ok := l.byName[name]; return t, ok })
	}
	if errors.Is(err, ErrWrong) || err == nil && !hmac.Equal([]byte(cookie), []byte(a.session(t, time.Unix(ends, 0)))) {
		return Operator{}, ErrNobody
	}
	return Operator{t.Name, t.Role}, err
}

// Pass is a bearer token that makes nobody an operator: it only lets pay the
// orders of this product.
func (a *Authenticator) Pass(product string) string {
	return product + "." + a.sign("pay "+product, a.admin.Hash)
}

// Passes is the product of the Pass that this Authorization header carries.
func (a *Authenticator) Passes(authorization string) (product string, ok bool) {
	token, isBearer := bearer(authorization)
	product, _, _ = strings.Cut(token, ".")
	return product, isBearer && hmac.Equal([]byte(token), []byte(a.Pass(product)))
}

// Stamp is text with proof that it was given for this purpose, as long as the admin token stays.
func (a *Authenticator) Stamp(purpose, text string) string {
	return text + "." + a.sign("stamp "+purpose+" "+text, a.admin.Hash)
}

// Stamped is the text of a Stamp for this purpose.
func (a *Authenticator) Stamped(purpose, stamp string) (text string, ok bool) {
	text = stamp[:max(0, strings.LastIndex(stamp, "."))]
	return text, hmac.Equal([]byte(stamp), []byte(a.Stamp(purpose, text)))
}

func (a *Authenticator) sign(text string, hash [sha256.Size]byte) string {
	mac := hmac.New(sha256.New, append(hash[:], a.Secret...))
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Add makes a token of this name and role, and returns it together with the text that
// is to be shown, which nobody can tell again.
func (a *Authenticator) Add(ctx context.Context, name string, role Role) (Token, string, error) {
	text := prefix + rand.Text()
	t := Token{Name: name, Role: role, Hash: sha256.Sum256([]byte(text)), MadeAt: a.Now().UTC().Truncate(time.Millisecond)}
	return t, text, a.Keeper.AddToken(ctx, t)
}

// Revoke has a token be taken nowhere, a second from now.
func (a *Authenticator) Revoke(ctx context.Context, name string) error {
	defer a.listed.Store(nil) // and here at once
	return a.Keeper.RevokeToken(ctx, name)
}

const (
	// fresh is how long a list of tokens is used, and listWithin how long it may take
	// to come: together less than the second that is promised.
	fresh      = 250 * time.Millisecond
	listWithin = 700 * time.Millisecond
)

// A list is all tokens as they were kept at some time after began.
type list struct {
	began  time.Duration
	byHash map[[sha256.Size]byte]Token
	byName map[string]Token
}

// find looks a token up. Whoever is not in the list is looked for once more, in one
// that was begun since: it may have been made a moment ago.
func (a *Authenticator) find(ctx context.Context, look func(*list) (Token, bool)) (Token, error) {
	now := a.Elapsed()
	var known *list
	for _, since := range []time.Duration{now - fresh, now} {
		var err error
		if known, err = a.list(ctx, since, known); err != nil {
			return Token{}, fmt.Errorf("%w: %w", ErrUnknown, err)
		}
		if t, ok := look(known); ok {
			return t, nil
		}
	}
	return Token{}, ErrWrong
}

// list is another one than known, begun at this time or later. Those who ask together share one.
func (a *Authenticator) list(ctx context.Context, since time.Duration, known *list) (*list, error) {
	for {
		if l := a.listed.Load(); l != nil && l != known && l.began >= since {
			return l, nil
		}
		_, err, _ := a.asking.Do("", func() (any, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listWithin)
			defer cancel()
			l := &list{a.Elapsed(), map[[sha256.Size]byte]Token{}, map[string]Token{}}
			all, err := a.Keeper.Tokens(ctx)
			if err != nil {
				return nil, err
			}
			for _, t := range all {
				l.byHash[t.Hash], l.byName[t.Name] = t, t
			}
			a.listed.Store(l)
			return nil, nil
		})
		if err != nil {
			return nil, err
		}
	}
}
