package identity

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seckill/internal/sale"
)

var today = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func passes(secret string) *Passes {
	return NewPasses([]byte(secret), func() time.Time { return today })
}

func mint(t testing.TB, p *Passes, b Buyer) []byte {
	t.Helper()
	pass, err := p.Mint(b)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(pass)
}

func TestAPassSaysWhoItsBuyerIs(t *testing.T) {
	p := passes("one deployment")
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(strings.TrimSuffix(strings.TrimPrefix(sale.UserPattern, "^"), "$"))
		want := Buyer{
			User: id.Draw(t, "user"), Groups: rapid.SliceOfN(id, 0, MaxGroups).Draw(t, "groups"),
			Until: today.Add(time.Duration(rapid.IntRange(1, 1e6).Draw(t, "seconds")) * time.Second), Rehearsal: rapid.Bool().Draw(t, "rehearsal"), Challenged: rapid.Bool().Draw(t, "challenged"),
		}
		pass, err := p.Mint(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Check([]byte(pass))
		if err != nil || got.User != want.User || !slices.Equal(got.Groups, want.Groups) || !got.Until.Equal(want.Until) || got.Rehearsal != want.Rehearsal || got.Challenged != want.Challenged {
			t.Fatalf("%+v, %v, and it was made for %+v", got, err, want)
		}
	})
}

func TestAnAlteredPassIsWorthNothing(t *testing.T) {
	p := passes("one deployment")
	pass := mint(t, p, Buyer{User: "ann", Groups: []string{"staff"}, Until: today.Add(time.Hour)})
	raw, err := base64.RawURLEncoding.DecodeString(string(pass))
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(raw) * 8 {
		altered := slices.Clone(raw)
		altered[bit/8] ^= 1 << (bit % 8)
		if b, err := p.Check([]byte(base64.RawURLEncoding.EncodeToString(altered))); !errors.Is(err, ErrWrong) {
			t.Fatalf("bit %d: %+v, %v", bit, b, err)
		}
	}
	for n := range pass {
		if b, err := p.Check(pass[:n]); !errors.Is(err, ErrWrong) {
			t.Fatalf("its first %d bytes: %+v, %v", n, b, err)
		}
	}
	long := []byte(strings.Repeat("A", 1<<20))
	for _, pass := range [][]byte{append(slices.Clone(pass), 'A'), append(slices.Clone(pass), '='), long} {
		if b, err := p.Check(pass); !errors.Is(err, ErrWrong) {
			t.Fatalf("%.200s: %+v, %v", pass, b, err)
		}
	}
	if b, err := passes("another deployment").Check(pass); !errors.Is(err, ErrWrong) {
		t.Fatalf("elsewhere: %+v, %v", b, err)
	}
}

func TestAPassEnds(t *testing.T) {
	now := today
	p := NewPasses([]byte("one deployment"), func() time.Time { return now })
	pass := mint(t, p, Buyer{User: "ann", Until: today.Add(time.Hour)})
	for at, want := range map[time.Duration]error{0: nil, time.Hour - time.Second: nil, time.Hour: ErrEnded, 24 * time.Hour: ErrEnded} {
		now = today.Add(at)
		if _, err := p.Check(pass); !errors.Is(err, want) {
			t.Errorf("after %s: %v, not %v", at, err, want)
		}
	}
}

func TestOnlyIDsStandInAPass(t *testing.T) {
	for _, b := range []Buyer{
		{}, {User: "two words"}, {User: strings.Repeat("a", 300)}, {User: "ann", Groups: []string{""}},
		{User: "ann", Groups: []string{"a\x00b"}}, {User: "ann", Groups: slices.Repeat([]string{"g"}, MaxGroups+1)},
	} {
		if pass, err := passes("one deployment").Mint(b); err == nil {
			t.Errorf("%+v has the pass %s", b, pass)
		}
	}
}

// Whom a pass names is who it proves; what is cut, or of something else, names nobody.
func TestWhomAPassClaims(t *testing.T) {
	p := passes("one deployment")
	longest := strings.Repeat("u", sale.MaxUser)
	for _, b := range []Buyer{{User: "a"}, {User: "ann", Groups: []string{"members"}}, {User: longest}, {User: longest, Groups: slices.Repeat([]string{longest}, MaxGroups)}} {
		b.Until = today.Add(time.Hour)
		pass := mint(t, p, b)
		if got := claimed([]byte("x"), pass); string(got) != "x"+b.User {
			t.Errorf("%s: %s", b.User, got)
		}
		for n := range pass {
			if got := string(claimed(nil, pass[:n])); got != "" && got != b.User {
				t.Errorf("cut at %d: %s, not %s", n, got, b.User)
			}
		}
	}
	for _, other := range []string{"", "x", "AAAA", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.x", strings.Repeat("é", 200), strings.Repeat("A", 10_000)} {
		if got := claimed(nil, []byte(other)); len(got) > 0 {
			t.Errorf("%.40s: %s", other, got)
		}
	}
}

func BenchmarkClaimed(b *testing.B) {
	pass := mint(b, passes("one deployment"), Buyer{User: "0b2e4c5f-1c8e-4e8f-9d0e-2f6a1f4b7c11", Groups: []string{"members"}, Until: today.Add(time.Hour)})
	var raw [sale.MaxUser]byte
	b.ReportAllocs()
	for b.Loop() {
		if len(claimed(raw[:0], pass)) == 0 {
			b.Fatal("nobody")
		}
	}
}

func BenchmarkPass(b *testing.B) {
	p := passes("one deployment")
	pass := mint(b, p, Buyer{User: "0b2e4c5f-1c8e-4e8f-9d0e-2f6a1f4b7c11", Groups: []string{"members"}, Until: today.Add(time.Hour)})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Check(pass); err != nil {
			b.Fatal(err)
		}
	}
}
