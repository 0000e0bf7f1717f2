package identity

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// A sent is a request, as name, value, name, value.
type sent struct {
	peer    string
	headers []string
	cookies []string
}

func (sent) Secure() bool { return false }

func (s sent) Peer() netip.Addr {
	peer, _ := netip.ParseAddr(s.peer)
	return peer
}

func (s sent) Values(header string) (values [][]byte) {
	for i := 0; i < len(s.headers); i += 2 {
		if s.headers[i] == header {
			values = append(values, []byte(s.headers[i+1]))
		}
	}
	return values
}

func (s sent) Cookie(name string) []byte {
	for i := 0; i < len(s.cookies); i += 2 {
		if s.cookies[i] == name {
			return []byte(s.cookies[i+1])
		}
	}
	return nil
}

func verifier(t *testing.T, s signer) *Verifier {
	return &Verifier{Passes: passes("one deployment"), Tokens: tokens(t, s), Life: 2 * time.Hour, Now: func() time.Time { return today }}
}

func TestWhoSendsARequest(t *testing.T) {
	s := newSigner(t, "k", jwt.SigningMethodES256)
	v := verifier(t, s)
	token := "Bearer " + string(s.sign(t, claimsOf(nil)))
	pass := string(mint(t, v.Passes, Buyer{User: "bob", Until: today.Add(time.Hour)}))
	over := string(mint(t, v.Passes, Buyer{User: "bob", Until: today}))
	for name, c := range map[string]struct {
		sent
		user string
		err  error
	}{
		"nothing":                       {sent{}, "", ErrNone},
		"a JWT":                         {sent{headers: []string{"Authorization", token}}, "ann", nil},
		"a pass":                        {sent{headers: []string{"Authorization", "bearer  " + pass}}, "bob", nil},
		"a cookie":                      {sent{cookies: []string{Cookie, pass}}, "bob", nil},
		"a cookie over TLS":             {sent{cookies: []string{SecureCookie, pass}}, "bob", nil},
		"which no other one replaces":   {sent{cookies: []string{Cookie, pass, SecureCookie, over}}, "", ErrEnded},
		"Authorization wins":            {sent{headers: []string{"Authorization", token}, cookies: []string{Cookie, pass}}, "ann", nil},
		"also where it is wrong":        {sent{headers: []string{"Authorization", "Bearer x"}, cookies: []string{Cookie, pass}}, "", ErrWrong},
		"another scheme is not for us":  {sent{headers: []string{"Authorization", "Basic eA=="}, cookies: []string{Cookie, pass}}, "bob", nil},
		"two of them":                   {sent{headers: []string{"Authorization", token, "Authorization", token}}, "", ErrWrong},
		"an ended pass":                 {sent{cookies: []string{Cookie, over}}, "", ErrEnded},
		"a JWT as a cookie":             {sent{cookies: []string{Cookie, token[len("Bearer "):]}}, "", ErrWrong},
		"a header that nobody asks for": {sent{headers: []string{"X-User-Id", "ann"}}, "", ErrNone},
	} {
		b, err := v.Check(c.sent)
		if b.User != c.user || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
		claims := map[string]string{"a JWT": "ann", "Authorization wins": "ann", "a pass": "bob"}
		if got := string(v.Claimed(nil, c.sent)); got != claims[name] {
			t.Errorf("%s claims %q, not %q", name, got, claims[name])
		}
	}
}

func TestAHeaderIsBelievedOfATrustedPeerOnly(t *testing.T) {
	s := newSigner(t, "k", jwt.SigningMethodES256)
	v := verifier(t, s)
	v.Tokens = nil
	v.Proxy, v.Trusted = Proxy{User: "X-User-Id", Groups: "X-Groups"}, Trusted{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("::1/128")}
	pass := string(mint(t, v.Passes, Buyer{User: "bob", Until: today.Add(time.Hour)}))
	token := "Bearer " + string(s.sign(t, claimsOf(nil)))
	for name, c := range map[string]struct {
		sent
		user   string
		groups []string
		err    error
	}{
		"the proxy":                    {sent{"10.1.2.3", []string{"X-User-Id", "ann"}, nil}, "ann", nil, nil},
		"over IPv6":                    {sent{"::1", []string{"X-User-Id", "ann", "X-Groups", "members, staff"}, nil}, "ann", []string{"members", "staff"}, nil},
		"somebody else":                {sent{"10.2.2.3", []string{"X-User-Id", "ann"}, nil}, "", nil, ErrWrong},
		"who has a pass":               {sent{"10.2.2.3", []string{"X-User-Id", "ann"}, []string{Cookie, pass}}, "", nil, ErrWrong},
		"twice":                        {sent{"10.1.2.3", []string{"X-User-Id", "ann", "X-User-Id", "ann"}, nil}, "", nil, ErrWrong},
		"groups twice":                 {sent{"10.1.2.3", []string{"X-User-Id", "ann", "X-Groups", "a", "X-Groups", "b"}, nil}, "", nil, ErrWrong},
		"empty":                        {sent{"10.1.2.3", []string{"X-User-Id", ""}, nil}, "", nil, ErrWrong},
		"no id":                        {sent{"10.1.2.3", []string{"X-User-Id", "two words"}, nil}, "", nil, ErrWrong},
		"none, and a pass":             {sent{"10.1.2.3", nil, []string{Cookie, pass}}, "bob", nil, nil},
		"a pass from anywhere":         {sent{"10.2.2.3", []string{"Authorization", "Bearer " + pass}, nil}, "bob", nil, nil},
		"beside the proxy's own token": {sent{"10.1.2.3", []string{"Authorization", token, "X-User-Id", "ann"}, []string{Cookie, pass}}, "ann", nil, nil},
		"a JWT":                        {sent{"10.1.2.3", []string{"Authorization", token}, nil}, "", nil, ErrWrong},
		"none":                         {sent{"10.1.2.3", nil, nil}, "", nil, ErrNone},
	} {
		b, err := v.Check(c.sent)
		if b.User != c.user || !slices.Equal(b.Groups, c.groups) || !errors.Is(err, c.err) || !b.Until.IsZero() && c.err != nil {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}

func TestAPassEndsWithItsProof(t *testing.T) {
	v := verifier(t, newSigner(t, "k", jwt.SigningMethodES256))
	for name, c := range map[string]struct{ until, want time.Time }{
		"sooner than a pass":      {today.Add(time.Minute), today.Add(time.Minute)},
		"later than a pass":       {today.Add(24 * time.Hour), today.Add(2 * time.Hour)},
		"good for this time only": {time.Time{}, today.Add(2 * time.Hour)},
	} {
		pass, told, err := v.Pass(Buyer{User: "ann", Groups: []string{"staff"}, Until: c.until})
		if err != nil || !told.Until.Equal(c.want) {
			t.Fatalf("%s: until %v, not %v (%v)", name, told.Until, c.want, err)
		}
		if got, err := v.Passes.Check([]byte(pass)); err != nil || !got.Until.Equal(c.want) || got.User != "ann" || !slices.Equal(got.Groups, []string{"staff"}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if _, _, err := v.Pass(Buyer{User: "ann", Until: today}); !errors.Is(err, ErrEnded) {
		t.Errorf("a proof in its leeway makes a pass: %v", err)
	}
}
