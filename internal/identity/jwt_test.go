package identity

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"

	"seckill/internal/sale"
)

// A signer is a key of a shop.
type signer struct {
	kid    string
	method jwt.SigningMethod
	key    any
}

func newSigner(t testing.TB, kid string, method jwt.SigningMethod) signer {
	t.Helper()
	var key any
	var err error
	switch method.(type) {
	case *jwt.SigningMethodECDSA:
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case *jwt.SigningMethodRSA, *jwt.SigningMethodRSAPSS:
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case *jwt.SigningMethodEd25519:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		key = []byte(rand.Text() + rand.Text())
	}
	if err != nil {
		t.Fatal(err)
	}
	return signer{kid, method, key}
}

func (s signer) public() any {
	if k, ok := s.key.(crypto.Signer); ok {
		return k.Public()
	}
	return s.key
}

// jwk is the key as a shop publishes it.
func (s signer) jwk(t testing.TB) json.RawMessage {
	t.Helper()
	key, err := jwkset.NewJWKFromKey(s.public(), jwkset.JWKOptions{
		Metadata: jwkset.JWKMetadataOptions{KID: s.kid}, Marshal: jwkset.JWKMarshalOptions{Private: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return encode(t, key.Marshal())
}

func keySet(t testing.TB, signers ...signer) []byte {
	t.Helper()
	set := map[string][]json.RawMessage{"keys": {}}
	for _, s := range signers {
		set["keys"] = append(set["keys"], s.jwk(t))
	}
	return encode(t, set)
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// claimsOf are those of ann's token, with changes.
func claimsOf(changes map[string]any) jwt.MapClaims {
	c := jwt.MapClaims{"sub": "ann", "iss": "https://shop", "aud": "seckill", "exp": today.Add(time.Hour).Unix()}
	for name, value := range changes {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	}
	return c
}

// asWritten are claims in a text of their own.
type asWritten struct {
	jwt.MapClaims
	text string
}

func (c asWritten) MarshalJSON() ([]byte, error) { return []byte(c.text), nil }

func (s signer) sign(t testing.TB, claims jwt.Claims, header ...string) []byte {
	t.Helper()
	token := jwt.NewWithClaims(s.method, claims)
	if s.kid != "" {
		token.Header["kid"] = s.kid
	}
	for i := 0; i < len(header); i += 2 {
		token.Header[header[i]] = header[i+1]
	}
	signed, err := token.SignedString(s.key)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(signed)
}

func keyFile(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return "file:" + path
}

func config(keys string) JWTConfig {
	return JWTConfig{
		Keys: keys, Issuer: "https://shop", Audience: "seckill",
		Now: func() time.Time { return today }, Log: slog.New(slog.DiscardHandler),
	}
}

func tokens(t testing.TB, signers ...signer) *Tokens {
	t.Helper()
	v, err := NewTokens(t.Context(), config(keyFile(t, keySet(t, signers...))))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEveryAlgorithmSigns(t *testing.T) {
	for _, method := range []jwt.SigningMethod{
		jwt.SigningMethodHS256, jwt.SigningMethodHS512, jwt.SigningMethodRS256, jwt.SigningMethodPS256, jwt.SigningMethodES256, jwt.SigningMethodEdDSA,
	} {
		for _, kid := range []string{"", "k1", "../../etc/passwd", "https://elsewhere/keys?kid=1"} {
			s := newSigner(t, kid, method)
			v := tokens(t, s)
			token := s.sign(t, claimsOf(map[string]any{"groups": []string{"members", "two words", "staff"}}))
			for range 2 { // the second time it is known
				b, err := v.Check(token)
				if err != nil || b.User != "ann" || !slices.Equal(b.Groups, []string{"members", "staff"}) || !b.Until.Equal(today.Add(time.Hour+leeway)) {
					t.Errorf("%s, kid %q: %+v, %v", method.Alg(), kid, b, err)
				}
			}
		}
	}
}

func TestAWrongTokenProvesNothing(t *testing.T) {
	es, rs := newSigner(t, "ec", jwt.SigningMethodES256), newSigner(t, "rsa", jwt.SigningMethodRS256)
	hs := newSigner(t, "hmac", jwt.SigningMethodHS256)
	v := tokens(t, es, rs, hs)
	good := es.sign(t, claimsOf(nil))
	if _, err := v.Check(good); err != nil {
		t.Fatal(err)
	}
	with := func(changes map[string]any) []byte { return es.sign(t, claimsOf(changes)) }
	none := signer{"ec", jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType}
	pem := encode(t, json.RawMessage(rs.jwk(t)))
	stranger := newSigner(t, "ec", jwt.SigningMethodES256)
	parts := strings.Split(string(good), ".")
	for name, token := range map[string][]byte{
		"nothing":                           nil,
		"no token":                          []byte("..."),
		"alg none":                          none.sign(t, claimsOf(nil)),
		"alg None":                          none.sign(t, claimsOf(nil), "alg", "None"),
		"no signature":                      []byte(parts[0] + "." + parts[1] + "."),
		"HS256 by the RSA key as published": signer{"rsa", jwt.SigningMethodHS256, []byte(pem)}.sign(t, claimsOf(nil)),
		"the same without kid":              signer{"", jwt.SigningMethodHS256, []byte(pem)}.sign(t, claimsOf(nil)),
		"HS256 by an empty secret":          signer{"ec", jwt.SigningMethodHS256, []byte{}}.sign(t, claimsOf(nil)),
		"RS256 under the kid of an EC key":  signer{"ec", jwt.SigningMethodRS256, rs.key}.sign(t, claimsOf(nil)),
		"no kid, of several keys":           signer{"", jwt.SigningMethodES256, es.key}.sign(t, claimsOf(nil)),
		"a name twice":                      es.sign(t, asWritten{nil, `{"sub":"bob","sub":"ann","iss":"https://shop","aud":"seckill","exp":9999999999}`}),
		"another's key":                     stranger.sign(t, claimsOf(nil)),
		"kid with a path":                   es.sign(t, claimsOf(nil), "kid", "../../../dev/null"),
		"kid with a query":                  es.sign(t, claimsOf(nil), "kid", "ec?x=1"),
		"kid that is a URL":                 es.sign(t, claimsOf(nil), "kid", "https://elsewhere/keys"),
		"jku":                               stranger.sign(t, claimsOf(nil), "jku", "https://elsewhere/keys", "kid", "theirs"),
		"wrong iss":                         with(map[string]any{"iss": "https://elsewhere"}),
		"no iss":                            with(map[string]any{"iss": nil}),
		"wrong aud":                         with(map[string]any{"aud": "other"}),
		"no aud":                            with(map[string]any{"aud": nil}),
		"not yet valid":                     with(map[string]any{"nbf": today.Add(time.Minute).Unix()}),
		"no end":                            with(map[string]any{"exp": nil}),
		"no sub":                            with(map[string]any{"sub": nil}),
		"sub that is no id":                 with(map[string]any{"sub": "two words"}),
		"sub of another type":               with(map[string]any{"sub": 7}),
		"10 KB":                             with(map[string]any{"padding": strings.Repeat("x", 10<<10)}),
		"another body":                      []byte(parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"bob","iss":"https://shop","aud":"seckill","exp":9999999999}`)) + "." + parts[2]),
		"a bit of it":                       good[:len(good)-3],
		"more than it":                      append(slices.Clone(good), 'A'),
		"with blanks":                       append([]byte(" "), good...),
	} {
		if b, err := v.Check(token); !errors.Is(err, ErrWrong) || b.User != "" {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
	if b, err := v.Check(with(map[string]any{"Sub": "victim", "GROUPS": []string{"vip"}})); err != nil || b.User == "victim" || slices.Contains(b.Groups, "vip") {
		t.Errorf("names in other letters: %+v, %v", b, err)
	}
	if b, err := v.Check(with(map[string]any{"exp": today.Add(-time.Minute).Unix()})); !errors.Is(err, ErrEnded) || b.User != "" {
		t.Errorf("expired: %+v, %v", b, err)
	}
}

func TestATokenEndsAlsoWhereItIsRemembered(t *testing.T) {
	s, now := newSigner(t, "k", jwt.SigningMethodES256), today
	c := config(keyFile(t, keySet(t, s)))
	c.Now = func() time.Time { return now }
	v, err := NewTokens(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	token := s.sign(t, claimsOf(nil))
	for _, step := range []struct {
		after time.Duration
		want  error
	}{{0, nil}, {time.Hour - time.Second, nil}, {time.Hour + leeway, ErrEnded}, {2 * time.Hour, ErrEnded}} {
		now = today.Add(step.after)
		if _, err := v.Check(token); !errors.Is(err, step.want) {
			t.Errorf("after %s: %v, not %v", step.after, err, step.want)
		}
	}
}

// What a token gives lasts as long as it is taken: a stream that it opens does not end before that, nor is there no pass.
func TestATokenInItsLeewayIsAsGoodAsBefore(t *testing.T) {
	s := newSigner(t, "k", jwt.SigningMethodES256)
	v := verifier(t, s)
	b, err := v.Check(sent{headers: []string{"Authorization", "Bearer " + string(s.sign(t, claimsOf(map[string]any{"exp": today.Add(-10 * time.Second).Unix()})))}})
	if err != nil {
		t.Fatal(err)
	}
	want := today.Add(leeway - 10*time.Second)
	if end := v.End(b); !end.Equal(want) {
		t.Errorf("a stream ends at %v, not %v", end, want)
	}
	if _, minted, err := v.Pass(b); err != nil || !minted.Until.Equal(want) {
		t.Errorf("a pass until %v, %v", minted.Until, err)
	}
}

func TestWrongKeysAreRefusedAtTheStart(t *testing.T) {
	short := signer{"k", jwt.SigningMethodHS256, []byte("31 bytes are one too few, yes..")}
	secret := func(alg string) string {
		return fmt.Sprintf(`{"kty":"oct","alg":%q,"k":%q}`, alg, base64.RawURLEncoding.EncodeToString(make([]byte, 32)))
	}
	for name, c := range map[string]struct{ content, want string }{
		"no JSON":              {"-----BEGIN PUBLIC KEY-----", `JWK set, {"keys":[...]}`},
		"no key":               {`{"keys":[]}`, "holds no key"},
		"something else":       {`{"a":1}`, "holds no key"},
		"only for encryption":  {`{"keys":[` + strings.Replace(secret("HS256"), `"kty"`, `"use":"enc","kty"`, 1) + `]}`, "holds no key"},
		"31 bytes":             {string(keySet(t, short)), "at least 32: openssl rand 32"},
		"an unknown algorithm": {secret("HS1"), "its alg is HS1, and must be one of HS256"},
		"none":                 {secret("none"), "its alg is none, and must be one of"},
		"half a key":           {`{"kty":"EC","crv":"P-256","x":"AA"}`, "key 1: cannot be read as a JWK"},
		"a good and a bad one": {`{"keys":[` + secret("HS256") + `,{"kty":"EC"}]}`, "key 2: cannot be read as a JWK"},
	} {
		if _, err := NewTokens(t.Context(), config(keyFile(t, []byte(c.content)))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, source := range []string{"", "keys.json", "http://shop/keys", "https://", "https://u:p@shop/keys", "ftp://shop/keys"} {
		if _, err := NewTokens(t.Context(), config(source)); err == nil || !strings.Contains(err.Error(), "must be file:PATH or an https URL") {
			t.Errorf("%s: %v", source, err)
		}
	}
	if _, err := NewTokens(t.Context(), config("file:/not/there")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err := NewTokens(context.Background(), config(keyFile(t, []byte(secret("HS256"))))); err != nil {
		t.Errorf("one JWK: %v", err)
	}
}

// What a token that is remembered claims is what it proved, whatever has become of it since; of any other it is nothing.
func TestARememberedTokenClaims(t *testing.T) {
	s := newSigner(t, "k", jwt.SigningMethodES256)
	p := publish(t, keySet(t, s))
	v, at := p.tokens(t)
	token := s.sign(t, claimsOf(nil))
	altered := slices.Clone(token)
	altered[len(altered)-1] ^= 1
	claim := func(want string, token []byte, when string) {
		t.Helper()
		if got := string(v.claimed(nil, token)); got != want {
			t.Errorf("%s: %q claims %q, not %q", when, token, got, want)
		}
	}
	claim("", token, "before it was checked")
	if _, err := v.Check(token); err != nil {
		t.Fatal(err)
	}
	claim("ann", token, "once it was checked")
	claim("", altered, "of another signature")
	claim("", append(token, make([]byte, maxToken)...), "of another length")
	at.pass(2 * time.Hour)
	claim("ann", token, "when it has ended")
	if b, err := v.Check(token); !errors.Is(err, ErrEnded) {
		t.Errorf("it proves %+v: %v", b, err)
	}
}

func BenchmarkJWT(b *testing.B) {
	for _, method := range []jwt.SigningMethod{jwt.SigningMethodES256, jwt.SigningMethodEdDSA, jwt.SigningMethodRS256, jwt.SigningMethodHS256} {
		s := newSigner(b, "k", method)
		v := tokens(b, s)
		token := s.sign(b, claimsOf(nil))
		b.Run(method.Alg()+"/claimed", func(b *testing.B) {
			var raw [sale.MaxUser]byte
			if _, err := v.Check(token); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if len(v.claimed(raw[:0], token)) == 0 {
					b.Fatal("nobody")
				}
			}
		})
		for name, before := range map[string]func(){"remembered": func() {}, "fresh": v.known.Purge} {
			b.Run(method.Alg()+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					before()
					if _, err := v.Check(token); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
