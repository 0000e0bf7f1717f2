package identity

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"testing"

	"filippo.io/nistec"
	"github.com/golang-jwt/jwt/v5"
)

// judge asks both for a signature of a key, and wants the same answer of both: whether it is good.
func judge(t testing.TB, key *ecdsa.PublicKey, signed string, signature []byte) bool {
	t.Helper()
	ours, err := newES256(key)
	if err != nil {
		t.Fatal(err)
	}
	got, want := ours.Verify(signed, signature, nil) == nil, jwt.SigningMethodES256.Verify(signed, signature, key) == nil
	if got != want {
		t.Errorf("%q with %x, of the key %x: good %t, by the standard library %t", signed, signature, must(key.Bytes()), got, want)
	}
	return got
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newKey() *ecdsa.PrivateKey {
	return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
}

func raw(r, s *big.Int) []byte {
	both := make([]byte, 64)
	r.FillBytes(both[:32])
	s.FillBytes(both[32:])
	return both
}

func TestES256IsThatOfTheStandardLibrary(t *testing.T) {
	for i := range 20 {
		key, signed := newKey(), strconv.Itoa(i)
		signature := must(jwt.SigningMethodES256.Sign(signed, key))
		if !judge(t, &key.PublicKey, signed, signature) {
			t.Errorf("%x: a right signature is refused", signature)
		}
		if judge(t, &key.PublicKey, signed+"!", signature) || judge(t, &newKey().PublicKey, signed, signature) {
			t.Errorf("%x: good for another text or key", signature)
		}
	}
}

func TestES256OfAlteredSignatures(t *testing.T) {
	key := newKey()
	signature := must(jwt.SigningMethodES256.Sign("text", key))
	refused := func(altered []byte) {
		t.Helper()
		if judge(t, &key.PublicKey, "text", altered) {
			t.Errorf("%x is good, for %x", altered, signature)
		}
	}
	for i := range signature {
		altered := slices.Clone(signature)
		altered[i] ^= 1 << (i % 8)
		refused(altered)
	}
	for _, length := range []int{0, 1, 32, 63, 65, 96, 128} {
		refused(append(slices.Clone(signature), make([]byte, 128)...)[:length])
	}
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	one, all := big.NewInt(1), new(big.Int).SetBytes(bytes.Repeat([]byte{255}, 32))
	for _, bound := range []*big.Int{new(big.Int), one, new(big.Int).Sub(order, one), order, new(big.Int).Add(order, one), elliptic.P256().Params().P, all} {
		refused(raw(bound, s))
		refused(raw(r, bound))
		refused(raw(bound, bound))
	}
	refused(raw(s, r))
	// The same numbers and the order more are the same signature to arithmetic, and none to the standard.
	for _, of := range []*big.Int{r, s} {
		if of.Add(of, order); of.BitLen() <= 256 {
			refused(raw(r, s))
		}
		of.Sub(of, order)
	}
	if !judge(t, &key.PublicKey, "text", raw(r, new(big.Int).Sub(order, s))) {
		t.Error("the other root is a signature, too")
	}
}

// TestES256OfRarePoints is of sums that no chance brings about: keys are made for their signatures.
func TestES256OfRarePoints(t *testing.T) {
	curve := elliptic.P256().Params()
	hash := sha256.Sum256([]byte("text"))
	e := new(big.Int).SetBytes(hash[:])
	modulo := func(n *big.Int) []byte { return n.Mod(n, order).FillBytes(make([]byte, 32)) }

	// The sum's x is the order and a little, so that it is not the r which it equals modulo the order.
	beyond := 0
	for r := int64(1); r < 100; r++ {
		compressed := append([]byte{2}, new(big.Int).Add(order, big.NewInt(r)).FillBytes(make([]byte, 32))...)
		sum, err := nistec.NewP256Point().SetBytes(compressed)
		if err != nil {
			continue // no point has that x
		}
		beyond++
		s := must(rand.Int(rand.Reader, order))
		inverse := new(big.Int).ModInverse(big.NewInt(r), order) // the key is (s sum - e G) / r
		part := must(nistec.NewP256Point().ScalarMult(sum, modulo(s)))
		part.Add(part, nistec.NewP256Point().Negate(must(nistec.NewP256Point().ScalarBaseMult(modulo(new(big.Int).Set(e))))))
		key := must(ecdsa.ParseUncompressedPublicKey(elliptic.P256(), must(nistec.NewP256Point().ScalarMult(part, modulo(inverse))).Bytes()))
		if !judge(t, key, "text", raw(big.NewInt(r), s)) {
			t.Errorf("r = %d: an x of the order and %d is refused", r, r)
		}
		if judge(t, key, "text", raw(new(big.Int).Add(order, big.NewInt(r)), s)) {
			t.Errorf("r = the order and %d is good", r)
		}
	}
	if beyond == 0 {
		t.Error("none of the points was there")
	}

	for _, r := range []*big.Int{big.NewInt(1), curve.Gx, new(big.Int).Sub(order, big.NewInt(1))} {
		// The sum is the point at infinity: the key is -e/r times G.
		secret := new(big.Int).Mul(new(big.Int).Neg(e), new(big.Int).ModInverse(r, order))
		key := must(ecdsa.ParseRawPrivateKey(elliptic.P256(), modulo(secret)))
		// Both halves of the sum are the same point: it is e/r times.
		same := must(ecdsa.ParseRawPrivateKey(elliptic.P256(), modulo(secret.Neg(secret))))
		for _, s := range []*big.Int{big.NewInt(1), r, must(rand.Int(rand.Reader, order))} {
			if judge(t, &key.PublicKey, "text", raw(r, s)) || judge(t, &same.PublicKey, "text", raw(r, s)) {
				t.Errorf("r = %x, s = %x is good", r, s)
			}
		}
	}

	// Of keys whose multiples are those of G: 1, 2, 255, 256, and the last.
	for _, n := range []*big.Int{big.NewInt(1), big.NewInt(2), big.NewInt(255), big.NewInt(256), new(big.Int).Sub(order, big.NewInt(1))} {
		key := must(ecdsa.ParseRawPrivateKey(elliptic.P256(), n.FillBytes(make([]byte, 32))))
		if !judge(t, &key.PublicKey, "text", must(jwt.SigningMethodES256.Sign("text", key))) {
			t.Errorf("the key %v: a right signature is refused", n)
		}
	}
}

func TestMultiplesAreOfP256Alone(t *testing.T) {
	for _, key := range []*ecdsa.PublicKey{
		&must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)).PublicKey,
		{Curve: elliptic.P256(), X: big.NewInt(1), Y: big.NewInt(1)}, // not on it
	} {
		if _, err := newES256(key); err == nil {
			t.Errorf("%v was taken", key)
		}
	}
}

// Tokens of as many keys as have their multiples kept, and of one more, are checked alike.
func TestWhoseMultiplesAreKept(t *testing.T) {
	var shop []signer
	for i := range maxES256 + 1 {
		shop = append(shop, newSigner(t, fmt.Sprint(i), jwt.SigningMethodES256))
	}
	v := tokens(t, shop...)
	kept := 0
	for i, s := range shop {
		if b, err := v.Check(s.sign(t, claimsOf(nil))); err != nil || b.User != "ann" {
			t.Errorf("key %d: %+v, %v", i, b, err)
		}
		parsed, _, err := v.parser.ParseUnverified(string(s.sign(t, claimsOf(nil))), jwt.MapClaims{})
		if err == nil {
			_, err = v.keys.find(parsed)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, fast := parsed.Method.(*es256); fast {
			kept++
		}
	}
	if kept != maxES256 {
		t.Errorf("%d of %d keys have their multiples kept, not %d", kept, len(shop), maxES256)
	}
}

func FuzzES256(f *testing.F) {
	f.Add([]byte("secret"), "text", uint16(0))
	f.Add([]byte("secret"), "text", uint16(1000))
	f.Fuzz(func(t *testing.T, secret []byte, signed string, flip uint16) {
		hash := sha256.Sum256(secret)
		key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), hash[:])
		if err != nil {
			return // beyond the order
		}
		signature := must(jwt.SigningMethodES256.Sign(signed, key))
		altered := int(flip) < 8*len(signature)
		if altered {
			signature[flip/8] ^= 1 << (flip % 8)
		}
		if good := judge(t, &key.PublicKey, signed, signature); good == altered {
			t.Errorf("altered %t, and good %t", altered, good)
		}
	})
}
