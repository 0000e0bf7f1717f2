package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"seckill/internal/auth"
)

const authCookie = auth.Cookie

type sessionInput struct {
	JSONBody
	Origin string `header:"Origin" hidden:"true"`
}

type sessionOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// signIn gives a browser a session for the admin token.
func (a *API) signIn(_ context.Context, in *sessionInput) (*sessionOutput, error) {
	var token string
	if err := readObject(in.raw, needed(textField("token", &token))); err != nil {
		return nil, a.explain(err)
	}
	if !a.Auth.Open() && !a.Auth.Knows(token) {
		return nil, problem(unauthorized)
	}
	value, ends := a.Auth.Session()
	return &sessionOutput{cookie(value, int(ends.Sub(a.Now()).Seconds()), in.Origin)}, nil
}

func (a *API) signOut(_ context.Context, in *struct {
	Origin string `header:"Origin" hidden:"true"`
}) (*sessionOutput, error) {
	return &sessionOutput{cookie("", -1, in.Origin)}, nil
}

func cookie(value string, maxAge int, origin string) http.Cookie {
	return http.Cookie{
		Name: authCookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: strings.HasPrefix(origin, "https://"),
	}
}

// onlyOperators is the middleware of the routes that are marked as operators'.
func (a *API) onlyOperators(c huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(c)
	if len(c.Operation().Security) > 0 && !a.allowed(r) {
		problem(unauthorized).write(w)
		return
	}
	next(c)
}

func (a *API) allowed(r *http.Request) bool {
	var session string
	if c, err := r.Cookie(authCookie); err == nil {
		session = c.Value
	}
	return a.Auth.Allows(r.Header.Get("Authorization"), session)
}
