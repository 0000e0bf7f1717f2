package auth

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Tolerance is how old, or how far ahead, a signed request may say that it is.
const Tolerance = 5 * time.Minute

const (
	secretPrefix = "whsec_"
	minSecret    = 24 // bytes, as Standard Webhooks asks for
)

// ErrSecret is the error of a secret that is none.
var ErrSecret = errors.New("must be whsec_ and the base64 of at least 24 bytes: echo whsec_$(openssl rand -base64 32) makes one")

// Signed checks requests that are signed by Standard Webhooks (https://www.standardwebhooks.com).
type Signed struct {
	hook *webhooks.Webhook
	now  func() time.Time
}

// NewSigned makes a Signed of a whsec_… secret; else ErrSecret.
func NewSigned(secret string, now func() time.Time) (*Signed, error) {
	encoded, ok := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !ok || len(key) < minSecret {
		return nil, ErrSecret
	}
	hook, err := webhooks.NewWebhookRaw(key)
	return &Signed{hook, now}, err
}

// SignatureHeader says that a request is signed, and SignatureHeaders is all that Check looks at.
const SignatureHeader = webhooks.HeaderWebhookSignature

// SignatureHeaders are the names of the headers that Check looks at.
var SignatureHeaders = []string{webhooks.HeaderWebhookID, webhooks.HeaderWebhookTimestamp, SignatureHeader}

// Check reports whether the body is signed, within Tolerance of now. The library would
// ask a clock of its own.
func (s *Signed) Check(body []byte, h http.Header) bool {
	sent, err := strconv.ParseInt(h.Get(webhooks.HeaderWebhookTimestamp), 10, 64)
	if err != nil || s.now().Sub(time.Unix(sent, 0)).Abs() > Tolerance {
		return false
	}
	return s.hook.VerifyIgnoringTimestamp(body, h) == nil
}
