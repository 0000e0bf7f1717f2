package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"seckill/internal/auth"
	"seckill/internal/sale"
)

const authCookie = auth.Cookie

// A Sender is where a request comes from. hangUp has its connection closed with the answer.
type Sender struct {
	remote string
	hangUp func()
}

// Resolve implements huma.Resolver.
func (s *Sender) Resolve(c huma.Context) []error {
	s.remote, s.hangUp = c.RemoteAddr(), func() { c.SetHeader("Connection", "close") }
	return nil
}

type sessionInput struct {
	JSONBody
	From   Sender
	Origin string `header:"Origin" hidden:"true"`
}

type sessionOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// A Session is what whoever asks for it may do.
type Session struct {
	Operator bool `json:"operator" doc:"The caller is an operator, and may mark orders as paid"`
}

type sessionOf struct{ Body Session }

type credentials struct {
	From          Sender
	Authorization string `header:"Authorization" hidden:"true"`
	Cookie        string `cookie:"seckill_session" hidden:"true"`
}

func (a *API) session(_ context.Context, in *credentials) (*sessionOf, error) {
	return &sessionOf{Session{a.operates(in.Authorization, in.Cookie, in.From)}}, nil
}

// signIn gives a browser a session for the admin token.
func (a *API) signIn(_ context.Context, in *sessionInput) (*sessionOutput, error) {
	var token string
	if err := readObject(in.raw, needed(textField("token", &token))); err != nil {
		return nil, a.explain(err)
	}
	if !a.Auth.Open() && !a.Auth.Knows(token) {
		a.failed(in.From)
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
	if len(c.Operation().Security) > 0 && !a.allowed(c, r) {
		if p := a.refusal(c, r); p != nil {
			p.write(w)
			return
		}
	}
	next(c)
}

// refusal is the answer to who is no operator; nil: it is one of the server's own
// buyers, who pays in a rehearsal.
func (a *API) refusal(c huma.Context, r *http.Request) *Problem {
	product, ok := a.Auth.Passes(r.Header.Get("Authorization"))
	if !ok || c.Operation().OperationID != payOrder {
		return problem(unauthorized)
	}
	id, err := sale.ParseOrderID(c.Param("order_id"))
	if err != nil {
		return nil // the handler says what is wrong with it
	}
	o, err := a.find(c.Context(), id, Trace{})
	switch {
	case err != nil:
		return a.explain(err)
	case o.ProductID != product:
		return problem(unauthorized)
	}
	return nil
}

func (a *API) allowed(c huma.Context, r *http.Request) bool {
	var from Sender
	from.Resolve(c)
	var session string
	if c, err := r.Cookie(authCookie); err == nil {
		session = c.Value
	}
	return a.operates(r.Header.Get("Authorization"), session, from)
}
