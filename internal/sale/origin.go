package sale

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// originSize is how many hexadecimal digits an origin has: with fewer two networks
// of a large sale would be taken for one.
const originSize = 16

// OriginOf is by what a product knows a network again, which is written as 203.0.113.7/32 or 2001:db8::/64.
// It is the same in every process that has the same secret, and another one at each product. Whoever
// has the secret can try all addresses of IPv4, so it is no less private than they are.
func OriginOf(secret []byte, product, network string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(product + " " + network)) // no id ends as a network does
	return hex.EncodeToString(mac.Sum(nil)[:originSize/2])
}

// CheckOrigin reports whether s may be what OriginOf returns.
func CheckOrigin[T string | []byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if lowerHex(s[i]) > 15 {
			return false
		}
	}
	return len(s) == originSize
}
