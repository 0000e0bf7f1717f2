package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// ErrStripeSecret is the error of a secret that is none of Stripe's.
var ErrStripeSecret = errors.New("must be the signing secret of a webhook endpoint at Stripe: whsec_ and 16 characters or more")

// Stripe checks events that are signed by Stripe's own scheme
// (https://docs.stripe.com/webhooks#verify-manually). Their library has it in a package
// with the types of their whole API.
type Stripe struct {
	key []byte
	now func() time.Time
}

// NewStripe makes a Stripe of an endpoint's signing secret; else ErrStripeSecret.
func NewStripe(secret string, now func() time.Time) (*Stripe, error) {
	if rest, ok := strings.CutPrefix(secret, secretPrefix); !ok || len(rest) < 16 {
		return nil, ErrStripeSecret
	}
	return &Stripe{[]byte(secret), now}, nil
}

// Check reports whether the body is signed, within Tolerance of now: header is
// Stripe-Signature, a time and one signature or more, as while a secret is changed.
func (s *Stripe) Check(body []byte, header string) bool {
	var at string
	var signatures []string
	for part := range strings.SplitSeq(header, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			at = value
		case "v1":
			signatures = append(signatures, value)
		}
	}
	sent, err := strconv.ParseInt(at, 10, 64)
	if err != nil || s.now().Sub(time.Unix(sent, 0)).Abs() > Tolerance {
		return false
	}
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(at + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	for _, text := range signatures {
		if got, err := hex.DecodeString(text); err == nil && hmac.Equal(got, want) {
			return true
		}
	}
	return false
}
