package identity

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

const (
	// fetchWithin is how long the fetch of a key set may take, and a token of an unknown key waits.
	fetchWithin = 5 * time.Second
	// fetchAtMost is between two fetches, whatever tokens name.
	fetchAtMost = time.Minute
	// keysAge is how old keys may be before they are fetched again: one that the shop took away is good for no longer.
	keysAge = 10 * time.Minute
	// keysLast is how old they may be if they cannot be fetched again: then no JWT is taken until they can.
	keysLast = time.Hour
	// maxKeys bounds a key set, in bytes.
	maxKeys = 1 << 20
	// minSecret is the shortest key of an HMAC, in bytes (RFC 7518, 3.2).
	minSecret = 32
)

// algorithms are those that a token may be signed by. Which of them a key takes is a matter of its type: an RSA key
// never checks an HS256.
var algorithms = []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// keys are what tokens are signed with: a JWK set, or one JWK, of a file or of a URL.
type keys struct {
	source string
	client *http.Client // nil: a file, which is read once
	now    func() time.Time
	log    *slog.Logger
	ctx    context.Context

	set     atomic.Pointer[keyring]
	changes atomic.Int64 // of set
	tried   atomic.Int64 // when the last fetch began, in Unix nanoseconds
	got     atomic.Int64 // when the last one that brought them did
	mu      sync.Mutex   // held to fetch
	raw     []byte       // what set was made of
}

// A keyring is what tokens are checked with between two changes.
type keyring struct {
	keyfunc.Keyfunc
	es256 map[*ecdsa.PublicKey]*es256 // of the first maxES256 that are of P-256
}

// newKeys reads the keys of "file:PATH" or of an https URL. A URL that cannot be reached is asked again; what is no set of
// keys that tokens can be checked with is an error.
func newKeys(ctx context.Context, c JWTConfig) (*keys, error) {
	k := &keys{source: c.Keys, client: c.Client, now: c.Now, log: c.Log, ctx: ctx}
	if path, ok := strings.CutPrefix(c.Keys, "file:"); ok {
		k.client = nil
		raw, err := os.ReadFile(path)
		if err == nil {
			err = k.use(raw)
		}
		return k, err
	}
	if u, err := url.Parse(c.Keys); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, errors.New("must be file:PATH or an https URL, without user and password")
	}
	if k.client == nil {
		k.client = &http.Client{CheckRedirect: sameScheme}
	}
	if err := k.put(nil); err != nil {
		return nil, err
	}
	err := k.load()
	if errors.Is(err, errAway) {
		k.log.Warn("the buyers' keys cannot be fetched yet: no JWT is taken until they are", "from", k.source, "error", err)
		return k, nil
	}
	return k, err
}

// load replaces the keys by those of now.
func (k *keys) load() error {
	began := k.now().UnixNano()
	k.tried.Store(began)
	raw, err := k.fetch()
	if err == nil {
		err = k.use(raw)
	}
	if err == nil {
		k.got.Store(began)
	}
	return err
}

// sameScheme follows a shop that has moved, by https only.
func sameScheme(r *http.Request, via []*http.Request) error {
	if r.URL.Scheme != "https" || len(via) > 3 {
		return fmt.Errorf("leads to %s", r.URL)
	}
	return nil
}

// errAway: nobody answered, or that it cannot now.
var errAway = errors.New("no answer")

func (k *keys) fetch() ([]byte, error) {
	ctx, cancel := context.WithTimeout(k.ctx, fetchWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.source, nil)
	if err != nil {
		return nil, err
	}
	answer, err := k.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errAway, err)
	}
	defer func() { _ = answer.Body.Close() }() // it has been read
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxKeys+1))
	switch {
	case err != nil || answer.StatusCode >= 500:
		return nil, fmt.Errorf("%w: status %d, %w", errAway, answer.StatusCode, errors.Join(err))
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("answers with status %d", answer.StatusCode)
	case len(raw) > maxKeys:
		return nil, fmt.Errorf("has more than %d bytes", maxKeys)
	}
	return raw, nil
}

// find is the key that checks a token: a jwt.Keyfunc. One that the set does not have is looked for at the URL.
func (k *keys) find(t *jwt.Token) (any, error) {
	key, err := k.set.Load().find(t)
	if k.client == nil || !errors.Is(err, jwkset.ErrKeyNotFound) {
		return key, err
	}
	k.renew()
	return k.set.Load().find(t)
}

// find is the one key that t may be signed by. It has t checked with the key's multiples where they are kept.
func (s *keyring) find(t *jwt.Token) (any, error) {
	key, err := s.Keyfunc.Keyfunc(t)
	if all, unnamed := key.(jwt.VerificationKeySet); unnamed && len(all.Keys) > 1 { // each would be tried
		return nil, errors.New("it names no key by kid, and there are several")
	} else if unnamed && len(all.Keys) == 1 {
		key = all.Keys[0]
	}
	if public, ok := key.(*ecdsa.PublicKey); ok && t.Method == jwt.SigningMethodES256 {
		if multiples, kept := s.es256[public]; kept {
			t.Method = multiples
		}
	}
	return key, err
}

// freshen has keys of a URL fetched again when they are old, each minute until they come. Nobody waits for that, unless
// they are too old to be used.
func (k *keys) freshen() {
	switch age := k.since(&k.got); {
	case k.client == nil || age <= keysAge || k.since(&k.tried) < fetchAtMost:
	case age > keysLast:
		k.renew()
	case k.mu.TryLock():
		go func() {
			defer k.mu.Unlock()
			k.again()
		}()
	}
}

// renew fetches the keys again, but for those fetched within the last minute. Who comes meanwhile waits for it.
func (k *keys) renew() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.since(&k.tried) >= fetchAtMost {
		k.again()
	}
}

// since is how long ago a fetch began. A clock that was set back has to catch up.
func (k *keys) since(fetch *atomic.Int64) time.Duration {
	return k.now().Sub(time.Unix(0, fetch.Load()))
}

// again replaces the keys by those of now. If there are none the ones of before stay, for keysLast.
func (k *keys) again() {
	err := k.load()
	switch {
	case err == nil:
	case k.since(&k.got) <= keysLast:
		k.log.Warn("the buyers' keys could not be fetched again: those of before are used", "from", k.source, "error", err)
	default:
		k.raw = nil
		err = errors.Join(err, k.put(nil))
		k.log.Error("the buyers' keys could not be fetched again for too long: no JWT is taken until they are", "from", k.source, "error", err)
	}
}

// use makes raw the set. In a file every key has to be good; at a URL, which is somebody else's, one.
func (k *keys) use(raw []byte) error {
	if slices.Equal(raw, k.raw) {
		return nil
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
		Kty  string            `json:"kty"`
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		return fmt.Errorf("is no JSON (%w): it must hold a JWK set, {\"keys\":[...]}, or one JWK", err)
	}
	if set.Kty != "" {
		set.Keys = []json.RawMessage{raw}
	}
	var good []jwkset.JWK
	var bad []error
	for i, one := range set.Keys {
		key, err := readKey(one)
		switch {
		case err != nil:
			bad = append(bad, fmt.Errorf("key %d: %w", i+1, err))
		case key.Marshal().USE != jwkset.UseEnc:
			good = append(good, key)
		}
	}
	if err := errors.Join(bad...); err != nil && (k.client == nil || len(good) == 0) {
		return err
	} else if err != nil {
		k.log.Warn("some of the buyers' keys cannot be used", "from", k.source, "error", err)
	}
	if len(good) == 0 {
		return errors.New("holds no key to check a signature with: it must hold a JWK set, {\"keys\":[...]}, or one JWK, of kty oct, RSA, EC or OKP")
	}
	k.raw = raw
	return k.put(good)
}

func (k *keys) put(good []jwkset.JWK) error {
	store := jwkset.NewMemoryStorage()
	if err := store.KeyReplaceAll(k.ctx, good); err != nil {
		return err
	}
	set := &keyring{es256: map[*ecdsa.PublicKey]*es256{}}
	var err error
	if set.Keyfunc, err = keyfunc.New(keyfunc.Options{Ctx: k.ctx, Storage: store}); err != nil {
		return err
	}
	all, err := set.VerificationKeySet(k.ctx)
	if err != nil {
		return err
	}
	for _, key := range all.Keys {
		if public, ok := key.(*ecdsa.PublicKey); ok && len(set.es256) < maxES256 {
			if multiples, err := newES256(public); err == nil {
				set.es256[public] = multiples
			}
		}
	}
	k.set.Store(set)
	k.changes.Add(1)
	return nil
}

func readKey(raw json.RawMessage) (jwkset.JWK, error) {
	key, err := jwkset.NewJWKFromRawJSON(raw, jwkset.JWKMarshalOptions{Private: true}, jwkset.JWKValidateOptions{})
	if err != nil {
		return key, fmt.Errorf("cannot be read as a JWK (RFC 7517): %w", err)
	}
	m := key.Marshal()
	if secret, ok := key.Key().([]byte); ok && len(secret) < minSecret {
		return key, fmt.Errorf("its secret has %d bytes, and must have at least %d: openssl rand 32 | basenc --base64url -w 0 makes one", len(secret), minSecret)
	}
	if alg := m.ALG.String(); m.USE != jwkset.UseEnc && alg != "" && !slices.Contains(algorithms, alg) {
		return key, fmt.Errorf("its alg is %s, and must be one of %s", alg, strings.Join(algorithms, ", "))
	}
	return key, nil
}
