package identity

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A publisher is a shop's JWKS, over TLS.
type publisher struct {
	*httptest.Server
	fetches atomic.Int64
	mu      sync.Mutex
	body    []byte
	status  int
	hang    chan struct{} // not nil: it answers when that is closed
}

func publish(t *testing.T, body []byte) *publisher {
	p := &publisher{body: body, status: http.StatusOK}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.fetches.Add(1)
		p.mu.Lock()
		body, status, hang := p.body, p.status, p.hang
		p.mu.Unlock()
		if hang != nil {
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		}
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// A clock is set by hand.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time       { return today.Add(time.Duration(c.at.Load())) }
func (c *clock) pass(d time.Duration) { c.at.Add(int64(d)) }

func (p *publisher) tokens(t *testing.T) (*Tokens, *clock) {
	t.Helper()
	c, at := config(p.URL+"/keys"), &clock{}
	c.Now, c.Client = at.now, p.Client()
	v, err := NewTokens(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return v, at
}

func TestANewKeyIsFetched(t *testing.T) {
	first, second := newSigner(t, "1", jwt.SigningMethodES256), newSigner(t, "2", jwt.SigningMethodES256)
	p := publish(t, keySet(t, first))
	v, at := p.tokens(t)
	token := second.sign(t, claimsOf(nil))
	p.set(func() { p.body = keySet(t, first, second) })
	if _, err := v.Check(token); !errors.Is(err, ErrWrong) || p.fetches.Load() != 1 {
		t.Fatalf("%v, %d fetches within the first minute", err, p.fetches.Load())
	}
	at.pass(fetchAtMost)
	if b, err := v.Check(token); err != nil || b.User != "ann" {
		t.Fatalf("%+v, %v", b, err)
	}
}

func TestUnknownKeysAreFetchedAtMostOnceAMinute(t *testing.T) {
	p := publish(t, keySet(t, newSigner(t, "1", jwt.SigningMethodES256)))
	v, at := p.tokens(t)
	stranger := newSigner(t, "", jwt.SigningMethodES256)
	for minute := range int64(3) {
		var all sync.WaitGroup
		for i := range 50 {
			token := stranger.sign(t, claimsOf(nil), "kid", string(rune('a'+i)))
			all.Go(func() {
				if _, err := v.Check(token); !errors.Is(err, ErrWrong) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := p.fetches.Load(); got != minute+1 {
			t.Errorf("%d fetches in %d minutes", got, minute+1)
		}
		at.pass(fetchAtMost)
	}
}

func TestAKeySetThatHangsHoldsUpNoKnownKey(t *testing.T) {
	known, unknown := newSigner(t, "1", jwt.SigningMethodES256), newSigner(t, "2", jwt.SigningMethodES256)
	p := publish(t, keySet(t, known))
	v, at := p.tokens(t)
	at.pass(2 * keysAge)
	hang := make(chan struct{})
	p.set(func() { p.hang, p.body = hang, keySet(t, known, unknown) })
	exp := map[string]any{"exp": at.now().Add(time.Hour).Unix()}
	waits := make(chan error)
	go func() {
		_, err := v.Check(unknown.sign(t, claimsOf(exp)))
		waits <- err
	}()
	for range 100 {
		if _, err := v.Check(known.sign(t, claimsOf(exp))); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-waits:
		t.Fatalf("who has an unknown key did not wait: %v", err)
	default:
	}
	close(hang)
	if err := <-waits; err != nil {
		t.Error(err)
	}
}

func TestAKeySetThatShrinks(t *testing.T) {
	stays, goes := newSigner(t, "1", jwt.SigningMethodES256), newSigner(t, "2", jwt.SigningMethodES256)
	p := publish(t, keySet(t, stays, goes))
	v, at := p.tokens(t)
	token, gone := stays.sign(t, claimsOf(nil)), goes.sign(t, claimsOf(nil))
	check := func(why string, token []byte, want error) {
		t.Helper()
		if _, err := v.Check(token); !errors.Is(err, want) {
			t.Errorf("%s: %v, not %v", why, err, want)
		}
	}
	renew := func(change func()) {
		p.set(change)
		at.pass(keysAge + time.Second)
		check("they are fetched beside", token, nil)
		v.keys.renew() // it waits for that, and is too early for another
	}
	check("at first", gone, nil)
	renew(func() { p.body = []byte(`{"keys":[]}`) })
	check("an empty set is none", gone, nil)
	renew(func() { p.body = []byte("<html>") })
	check("nor is a page", gone, nil)
	renew(func() { p.status = http.StatusServiceUnavailable })
	check("nor is an error", gone, nil)
	renew(func() { p.status, p.body = http.StatusOK, keySet(t, stays) })
	check("a key that was taken away, though the token is remembered", gone, ErrWrong)
	check("the one that stays", token, nil)
}

// Nobody knows whether a key is still good that cannot be fetched again. It is asked for each minute, and taken for an hour.
func TestKeysThatCannotBeFetchedAgainEnd(t *testing.T) {
	s := newSigner(t, "1", jwt.SigningMethodES256)
	p := publish(t, keySet(t, s))
	v, at := p.tokens(t)
	token := s.sign(t, claimsOf(map[string]any{"exp": today.Add(24 * time.Hour).Unix()}))
	p.set(func() { p.status = http.StatusServiceUnavailable })
	for minute := range 61 {
		if _, err := v.Check(token); err != nil {
			t.Fatalf("after %d minutes: %v", minute, err)
		}
		v.keys.renew() // it waits for what was begun
		at.pass(time.Minute)
	}
	if n := p.fetches.Load(); n < 50 {
		t.Errorf("they were asked for %d times in an hour", n)
	}
	if b, err := v.Check(token); !errors.Is(err, ErrWrong) {
		t.Errorf("after an hour: %+v, %v", b, err)
	}
	p.set(func() { p.status = http.StatusOK })
	at.pass(time.Minute)
	if b, err := v.Check(token); err != nil || b.User != "ann" {
		t.Errorf("when they are there again: %+v, %v", b, err)
	}
}

func TestAShopThatIsAwayAtTheStart(t *testing.T) {
	s := newSigner(t, "1", jwt.SigningMethodES256)
	p := publish(t, keySet(t, s))
	p.status = http.StatusBadGateway
	v, at := p.tokens(t)
	token := s.sign(t, claimsOf(nil))
	if _, err := v.Check(token); !errors.Is(err, ErrWrong) {
		t.Fatal(err)
	}
	p.set(func() { p.status = http.StatusOK })
	at.pass(fetchAtMost)
	if _, err := v.Check(token); err != nil {
		t.Fatal(err)
	}
	for name, status := range map[string]int{"a wrong path": http.StatusNotFound, "a wrong body": http.StatusOK} {
		p.set(func() { p.status, p.body = status, []byte("no") })
		c := config(p.URL)
		c.Client = p.Client()
		if _, err := NewTokens(t.Context(), c); err == nil {
			t.Errorf("%s is taken at the start", name)
		}
	}
	if _, err := NewTokens(t.Context(), config(p.URL)); err != nil {
		t.Errorf("a certificate that nobody knows is as good as nobody there: %v", err)
	}
}
