package identity

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"math/big"

	"filippo.io/nistec"
	"github.com/golang-jwt/jwt/v5"
)

// maxES256 is how many keys of a set have their multiples kept, some 800 KB each. Others are left to crypto/ecdsa.
const maxES256 = 8

// An es256 is the ES256 (RFC 7518, 3.4) of one public key, for a shop signs all its tokens with the same one: with the key's multiples at hand,
// a signature takes half of the time that crypto/ecdsa takes. It accepts what crypto/ecdsa accepts. Nothing in it is secret, so its time may tell anything.
type es256 struct {
	// multiples has by place, of a scalar of 32 bytes, and by that byte, less one, how many times the key that is.
	multiples [32][255]nistec.P256Point
}

var order = elliptic.P256().Params().N // of the curve's group

// newES256 computes the key's multiples, in a few milliseconds.
func newES256(key *ecdsa.PublicKey) (*es256, error) {
	if key.Curve != elliptic.P256() {
		return nil, errors.New("the key is not of P-256")
	}
	encoded, err := key.Bytes()
	if err != nil {
		return nil, err
	}
	unit, err := nistec.NewP256Point().SetBytes(encoded) // 256 times itself with each place
	if err != nil {
		return nil, err
	}
	e := new(es256)
	for place := len(e.multiples) - 1; place >= 0; place-- {
		next := nistec.NewP256Point()
		for i := range e.multiples[place] {
			next.Add(next, unit)
			e.multiples[place][i].Set(next)
		}
		unit.Add(next, unit)
	}
	return e, nil
}

func (*es256) Alg() string {
	return jwt.SigningMethodES256.Alg()
}

func (*es256) Sign(string, any) ([]byte, error) {
	return nil, jwt.ErrInvalidKeyType // it is a public one
}

// Verify checks a signature by the key that e is of (SEC 1, 4.1.4), whatever is given as the key. Errors: jwt.ErrECDSAVerification.
func (e *es256) Verify(signed string, signature []byte, _ any) error {
	if len(signature) != 64 {
		return jwt.ErrECDSAVerification
	}
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	if r.Sign() == 0 || s.Sign() == 0 || r.Cmp(order) >= 0 || s.Cmp(order) >= 0 {
		return jwt.ErrECDSAVerification
	}
	hash := sha256.Sum256([]byte(signed))
	inverse := new(big.Int).ModInverse(s, order)
	sum, err := nistec.NewP256Point().ScalarBaseMult(product(new(big.Int).SetBytes(hash[:]), inverse))
	if err != nil {
		return err
	}
	for place, digit := range product(r, inverse) {
		if digit > 0 {
			sum.Add(sum, &e.multiples[place][digit-1])
		}
	}
	x, err := sum.BytesX()
	if err != nil || r.Cmp(new(big.Int).Mod(new(big.Int).SetBytes(x), order)) != 0 { // an error: it is the point at infinity
		return jwt.ErrECDSAVerification
	}
	return nil
}

// product is a times b modulo the order, as a scalar.
func product(a, b *big.Int) []byte {
	p := new(big.Int).Mul(a, b)
	return p.Mod(p, order).FillBytes(make([]byte, 32))
}
