package httpapi

import (
	"context"
	"errors"
	"net/http"

	"seckill/internal/auth"
)

// The names under which a browser keeps a session. It takes the first over TLS only,
// and from nobody but this very host.
const (
	plainCookie  = "seckill_session"
	secureCookie = "__Host-" + plainCookie
)

type sessionInput struct {
	JSONBody
	From Sender
}

type sessionOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// A Session is who asks for it.
type Session struct {
	Operator bool   `json:"operator" doc:"The caller is an operator"`
	Name     string `json:"name,omitempty,omitzero" doc:"Of the token. Absent where there is no admin token: everybody is an operator"`
	Role     string `json:"role,omitempty,omitzero" enum:"admin,view,operate,payments" doc:"admin: may do everything, and make tokens"`
	Buyers   string `json:"buyers" enum:"believed,known" doc:"known: POST /api/pass tells a buyer who they are"`
	SiteKey  string `json:"challenge,omitempty,omitzero" doc:"The site key of Turnstile, whose widget the buyer's page is to show before a pass that buys"`
}

type sessionOf struct{ Body Session }

// session tells everybody who they are: a token that is wrong is one of nobody.
func (a *API) session(ctx context.Context, _ *struct{}) (*sessionOf, error) {
	who, ok := ctx.Value(operatorKey{}).(auth.Operator)
	s := Session{Operator: ok, Name: who.Name, Role: string(who.Role), Buyers: "believed"}
	if a.Buyers != nil {
		s.Buyers = "known"
	}
	if a.Challenge != nil {
		s.SiteKey = a.Challenge.SiteKey
	}
	return &sessionOf{s}, nil
}

// signIn gives a browser a session for a token.
func (a *API) signIn(ctx context.Context, in *sessionInput) (*sessionOutput, error) {
	var name, token string
	if err := readObject(in.raw, needed(textField("name", &name)), needed(textField("token", &token))); err != nil {
		return nil, a.explain(err)
	}
	value, ends, err := a.Auth.SignIn(ctx, name, token)
	switch {
	case errors.Is(err, auth.ErrUnknown):
		a.slow(a.tokens, in.From)
		return nil, problem(unavailable)
	case err != nil:
		a.failed(a.tokens, "wrong token", in.From)
		return nil, problem(unauthorized)
	}
	return &sessionOutput{cookie(plainCookie, value, int(ends.Sub(a.Now()).Seconds()), a.Trusted.OverTLS(in.From.request))}, nil
}

func (a *API) signOut(context.Context, *struct{}) (*forgetOutput, error) {
	return forget(plainCookie), nil
}

type forgetOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// forget has a browser forget a cookie under both names. Without TLS it keeps the second.
func forget(name string) *forgetOutput {
	return &forgetOutput{[]http.Cookie{cookie(name, "", -1, false), cookie(name, "", -1, true)}}
}

// cookie is one that a browser keeps for this site alone: over TLS under a name that begins
// with __Host-.
func cookie(name, value string, maxAge int, overTLS bool) http.Cookie {
	c := http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: overTLS,
	}
	if overTLS {
		c.Name = "__Host-" + name
	}
	return c
}
