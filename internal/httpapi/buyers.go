package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/valyala/fasthttp"

	"seckill/internal/auth"
	"seckill/internal/identity"
	"seckill/internal/purchase"
	"seckill/internal/sale"
)

var users = sync.Pool{New: func() any { return new([sale.MaxUser]byte) }}

// refuseUnproven refuses whom a pass names like everybody, if they surely hold no order. Their pass is not checked: whoever proves nothing is told the same.
func (a *API) refuseUnproven(ctx *fasthttp.RequestCtx, product []byte) (answer purchase.Answer, sure bool) {
	if a.LogUsers {
		return answer, false // whom a line names has proven it
	}
	raw := users.Get().(*[sale.MaxUser]byte)
	defer users.Put(raw)
	if user := a.Buyers.Claimed(raw[:0], nativeRequest{ctx}); len(user) > 0 {
		return a.Desk.Refuse(product, user)
	}
	return answer, false
}

// identify puts the proven buyer where the body named one, and nobody if there is no
// valid proof. Then k is the refusal, after that of the view.
func (a *API) identify(ctx *fasthttp.RequestCtx, r *buyRequest) (k kind, proven bool) {
	named := r.user
	r.user = nil
	b, err := a.Buyers.Check(nativeRequest{ctx})
	switch {
	case err != nil || !mayBuy(&b, string(r.product)):
		return unauthenticated, false
	case len(named) > 0 && string(named) != b.User:
		return notYou, false
	case !a.mayAsk(nativeRequest{ctx}, b):
		return passRequired, false
	}
	r.user, r.groups = []byte(b.User), b.Groups
	return 0, true
}

// mayBuy reports whether the buyer's proof is good for the product.
func mayBuy(b *identity.Buyer, product string) bool {
	return !b.Rehearsal || strings.HasPrefix(product, sale.RehearsalPrefix)
}

// A viewer is whose orders a request may see. For everybody else they do not exist.
type viewer struct {
	all   bool
	buyer identity.Buyer
}

func (v *viewer) sees(product, user string) bool {
	return v.all || v.buyer.User != "" && v.buyer.User == user && mayBuy(&v.buyer, product)
}

// seen is the order that a look-up found, if v may see it.
func (v *viewer) seen(o Order, err error) (Order, error) {
	if err == nil && !v.sees(o.ProductID, o.UserID) {
		return Order{}, sale.ErrNotFound
	}
	return o, err
}

// of is t, unless it tells of an order that v may not see: then it tells nothing.
func (v *viewer) of(t Trace) Trace {
	if v.sees(string(t.Product), string(t.User)) {
		return t
	}
	return Trace{}
}

// viewer is who sends a request for an order. If nobody can prove who they are it is
// whoever knows the order's id.
func (a *API) viewer(r identity.Request, operates bool) viewer {
	if a.Buyers == nil || operates {
		return viewer{all: true}
	}
	b, _ := a.Buyers.Check(r) // without a proof nobody's
	return viewer{buyer: b}
}

func (a *API) viewerOf(ctx context.Context, s *Sender) viewer {
	_, operates := ctx.Value(operatorKey{}).(auth.Operator)
	return a.viewer(s.request, operates)
}

// isBuyers reports whether Authorization is a buyer's, now or before it ended: it is no try at
// a token.
func (a *API) isBuyers(r identity.Request) bool {
	if a.Buyers == nil {
		return false
	}
	_, shown, err := a.Buyers.Bearer(r)
	return shown && (err == nil || errors.Is(err, identity.ErrEnded))
}

// isProxys reports whether Authorization is of a proxy that names the buyer: it may pass on
// what people sign in by there.
func (a *API) isProxys(r identity.Request) bool {
	if a.Buyers == nil {
		return false
	}
	_, named, err := a.Buyers.Named(r)
	return named && err == nil
}

// A Pass is a buyer's, as it is sent to them.
type Pass struct {
	Pass   string   `json:"pass" doc:"For Authorization: Bearer; the cookie holds the same"`
	UserID string   `json:"user_id"`
	Groups []string `json:"groups,omitempty,omitzero" nullable:"false"`
	EndsAt string   `json:"ends_at" format:"date-time"`
	Waits  bool     `json:"needs_challenge,omitempty,omitzero" doc:"It shows its buyer their orders, and buys once a challenge is passed: ask again, with the token"`
}

type passOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Pass
}

func (a *API) passRoutes(api huma.API) {
	huma.Register(api, passOperation(), func(ctx context.Context, in *passInput) (*passOutput, error) {
		b, err := a.Buyers.Check(in.request)
		if err != nil {
			return nil, problem(unauthenticated)
		}
		if b, err = a.challenged(ctx, in, b); err != nil {
			return nil, err
		}
		pass, b, err := a.Buyers.Pass(b)
		if err != nil {
			return nil, problem(unauthenticated)
		}
		life := int(b.Until.Sub(a.Now()) / time.Second)
		waits := !a.mayAsk(in.request, b)
		return &passOutput{cookie(identity.Cookie, pass, life, a.Trusted.OverTLS(in.request)), Pass{pass, b.User, b.Groups, sale.FormatTime(b.Until), waits}}, nil
	})
	huma.Register(api, leaveOperation(), func(context.Context, *struct{}) (*forgetOutput, error) { return forget(identity.Cookie), nil })
}
