package httpapi

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"seckill/internal/identity"
)

// A Challenge stands before a pass that buys.
type Challenge struct {
	Check   func(ctx context.Context, token string, from netip.Addr) error // an identity.Challenge's
	SiteKey string                                                         // of Turnstile's widget on the buyer's page; empty: it shows none
	Open    bool                                                           // while the provider is away it stands before nobody
}

// challengeOrigin is where Turnstile's widget comes from.
const challengeOrigin = "https://challenges.cloudflare.com"

// A PassBody is the body of a request for a pass, which may have none.
type PassBody struct {
	Challenge string `json:"challenge,omitempty,omitzero" doc:"The token of the challenge's widget. Not looked at where the server asks for none"`
}

type passInput struct {
	Sender
	raw []byte
}

// Resolve implements huma.Resolver.
func (in *passInput) Resolve(c huma.Context) []error {
	in.Sender = senderOf(humago.Unwrap(c))
	raw, err := io.ReadAll(c.BodyReader())
	if err != nil {
		return []error{problem(malformed)}
	}
	if in.raw = raw; len(raw) == 0 {
		return nil
	}
	if p := checkJSON(c.Header("Content-Type"), c.Header("Content-Encoding")); p != nil {
		return []error{p}
	}
	return nil
}

// challenged is the buyer b with what the challenge says of them. Its errors are problems.
func (a *API) challenged(ctx context.Context, in *passInput, b identity.Buyer) (identity.Buyer, error) {
	token := ""
	if len(in.raw) > 0 {
		if err := readObject(in.raw, textField("challenge", &token)); err != nil {
			return b, a.explain(err)
		}
	}
	if a.Challenge == nil {
		return b, nil
	}
	if b = a.Buyers.WithChallenge(in.request, b); token == "" {
		return b, nil
	}
	switch err := a.Challenge.Check(ctx, token, a.Trusted.Client(in.request)); {
	case errors.Is(err, identity.ErrNotPassed):
		p := problem(challengeFailed)
		_, p.Detail, _ = strings.Cut(err.Error(), ": ")
		return b, p
	case err != nil && !(a.Challenge.Open && errors.Is(err, identity.ErrProviderAway)):
		return b, problem(unavailable)
	}
	b.Challenged = true
	return b, nil
}

// mayAsk reports whether the buyer's proof takes part where a challenge stands before that.
func (a *API) mayAsk(r identity.Request, b identity.Buyer) bool {
	return a.Challenge == nil || b.Rehearsal || a.Buyers.WithChallenge(r, b).Challenged
}
