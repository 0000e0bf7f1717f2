package identity

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/golang-jwt/jwt/v5"
	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// leeway is how far the clocks of a shop and of a server may be apart.
	leeway = 30 * time.Second
	// maxToken is the longest JWT that is looked at, in bytes.
	maxToken = 4 << 10
	// remembered is how many checked tokens are kept, by their hash.
	remembered = 100_000
)

// A JWTConfig says which tokens of a shop are good.
type JWTConfig struct {
	Keys     string // file:PATH or an https URL: a JWK set, or one JWK
	Issuer   string // the token's iss
	Audience string // one of the token's aud
	Now      func() time.Time
	Log      *slog.Logger
	Client   *http.Client // optional: fetches the keys
}

// Tokens checks the JWTs of a shop's own login. A token is checked once, and remembered until it ends.
type Tokens struct {
	parser *jwt.Parser
	keys   *keys
	known  *lru.Cache[[sha256.Size]byte, checked]
	now    func() time.Time
}

// A checked token is known until the keys change: the one that signed it may be gone.
type checked struct {
	buyer Buyer
	under int64 // how many changes of the keys there had been
}

// NewTokens reads the keys. ctx ends their fetches.
func NewTokens(ctx context.Context, c JWTConfig) (*Tokens, error) {
	keys, err := newKeys(ctx, c)
	if err != nil {
		return nil, err
	}
	known, err := lru.New[[sha256.Size]byte, checked](remembered)
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(jwt.WithValidMethods(algorithms), jwt.WithIssuer(c.Issuer), jwt.WithAudience(c.Audience),
		jwt.WithExpirationRequired(), jwt.WithLeeway(leeway), jwt.WithTimeFunc(c.Now), jwt.WithStrictDecoding())
	return &Tokens{parser: parser, keys: keys, known: known, now: c.Now}, nil
}

// claims are what a token says of the buyer.
type claims struct {
	jwt.RegisteredClaims
	Groups []string `json:"groups"`
}

// UnmarshalJSON takes each name as it is written: encoding/json would read a Sub as sub, so that
// whoever may add a claim of their own could name another buyer.
func (c *claims) UnmarshalJSON(raw []byte) error {
	type plain claims
	return json.Unmarshal(raw, (*plain)(c))
}

// Check reads a token. Errors: ErrWrong, ErrEnded.
func (t *Tokens) Check(token []byte) (Buyer, error) {
	if len(token) > maxToken {
		return Buyer{}, fmt.Errorf("%w: it is longer than %d bytes", ErrWrong, maxToken)
	}
	t.keys.freshen()
	under := t.keys.changes.Load()
	hash := sha256.Sum256(token)
	if c, ok := t.known.Get(hash); ok && c.under == under {
		return t.lasting(c.buyer)
	}
	var c claims
	_, err := t.parser.ParseWithClaims(string(token), &c, t.keys.find)
	if errors.Is(err, jwt.ErrTokenExpired) {
		return Buyer{}, ErrEnded
	}
	if err != nil {
		return Buyer{}, fmt.Errorf("%w: %w", ErrWrong, err)
	}
	b, err := proven(c.Subject, c.Groups, c.ExpiresAt.Add(leeway)) // what is given for it lasts as long as it is taken
	if err != nil {
		return Buyer{}, err
	}
	t.known.Add(hash, checked{b, under})
	return t.lasting(b)
}

// claimed appends the user of a token that is remembered, and nothing if it is not. It may have ended, or its key be gone.
func (t *Tokens) claimed(to, token []byte) []byte {
	if len(token) > maxToken {
		return to
	}
	c, _ := t.known.Peek(sha256.Sum256(token))
	return append(to, c.buyer.User...)
}

// lasting is the buyer of a token that may have ended since it was checked.
func (t *Tokens) lasting(b Buyer) (Buyer, error) {
	if !t.now().Before(b.Until) {
		return Buyer{}, ErrEnded
	}
	return b, nil
}
