package sale

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"time"
)

// The longest ids, in bytes.
const (
	MaxID      = 64 // of a product
	MaxUser    = 120
	MaxPayment = 120
)

// What CheckID and CheckUser ask of an id, as regular expressions of ECMAScript and of Go.
const (
	IDPattern   = `^[A-Za-z0-9_-]{1,64}$`
	UserPattern = `^[A-Za-z0-9._~:@|/+=-]{1,120}$`
	// PaymentPattern is what CheckPayment asks of one.
	PaymentPattern = `^[A-Za-z0-9_-]{1,120}$`
)

// CheckPayment reports whether id may be a payment's: as a product's, and longer.
func CheckPayment(id string) bool { return check(id, MaxPayment, inID) }

// RehearsalPrefix begins the product ids that only the server itself puts on sale.
const RehearsalPrefix = "rehearsal-"

// CheckID reports whether id may be a product id: nothing that can leave a Redis
// hash tag, a path, a log line or a column.
func CheckID[T string | []byte](id T) bool { return check(id, MaxID, inID) }

// CheckUser reports whether id may be a user id, or the name of a group of users. Both
// are of other systems: an e-mail address, auth0|62f, gid://shop/Customer/1. They
// stand in no key and in no path.
func CheckUser[T string | []byte](id T) bool { return check(id, MaxUser, inUser) }

// The alphabets of ids.
const (
	inID = 1 << iota
	inUser
)

var alphabets = func() (in [256]byte) {
	set := func(which byte, all string) {
		for _, c := range []byte(all) {
			in[c] |= which
		}
	}
	set(inID|inUser, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
	set(inUser, ".~:@|/+=")
	return in
}()

func check[T string | []byte](id T, most int, alphabet byte) bool {
	if len(id) == 0 || len(id) > most {
		return false
	}
	for i := 0; i < len(id); i++ {
		if alphabets[id[i]]&alphabet == 0 {
			return false
		}
	}
	return true
}

// OrderID is a UUID, version 7 or, under an Idempotency-Key, version 8 (RFC 9562).
type OrderID [16]byte

// NewOrderID makes the version 7 id of an order at the time at (to the
// millisecond), from 10 random bytes.
func NewOrderID(at time.Time, random [10]byte) OrderID {
	var id OrderID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16)
	copy(id[6:], random[:])
	return id.stamp(7)
}

// KeyedOrderID makes the version 8 id that a buy of product by user under an
// Idempotency-Key always gets, in every process that has the same secret.
func KeyedOrderID(secret []byte, product, user, key string) OrderID {
	mac := hmac.New(sha256.New, secret)
	// Neither id can hold a blank, so the three parts cannot run into each other.
	mac.Write([]byte(product + " " + user + " " + key))
	var id OrderID
	copy(id[:], mac.Sum(nil))
	return id.stamp(8)
}

// LateOrderID makes the version 8 id of the order that a payment gets if it is late.
func LateOrderID(secret []byte, product, payment string) OrderID {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(product + " " + payment)) // one blank, where an id of a key has two
	var id OrderID
	copy(id[:], mac.Sum(nil))
	return id.stamp(8)
}

func (id OrderID) stamp(version byte) OrderID {
	id[6] = id[6]&0x0f | version<<4
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ParseOrderID reads the 36 characters that String writes.
func ParseOrderID(s string) (id OrderID, err error) {
	err = id.UnmarshalText([]byte(s))
	return id, err
}

var errNotUUID = errors.New(RuleUUID.Words)

func (id OrderID) String() string {
	b, _ := id.MarshalText()
	return string(b)
}

// MarshalText writes the usual 36 characters, in lower case.
func (id OrderID) MarshalText() ([]byte, error) { return id.appendText(make([]byte, 0, 36)), nil }

// UnmarshalText is the inverse of MarshalText.
func (id *OrderID) UnmarshalText(b []byte) error {
	if !id.scan(b) {
		return errNotUUID
	}
	return nil
}

func (id *OrderID) appendText(b []byte) []byte {
	for i, part := range [...][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}

// scan sets the id to that in b, and reports whether there is one; if not, it is zero.
func (id *OrderID) scan(b []byte) bool {
	*id = OrderID{}
	if len(b) != 36 || b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		return false
	}
	var got OrderID
	// Where the two digits of each byte stand.
	for i, at := range [16]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34} {
		high, low := lowerHex(b[at]), lowerHex(b[at+1])
		if high > 15 || low > 15 {
			return false
		}
		got[i] = high<<4 | low
	}
	*id = got
	return true
}

// lowerHex is the value of a hexadecimal digit in lower case, above 15 for anything else.
func lowerHex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}
