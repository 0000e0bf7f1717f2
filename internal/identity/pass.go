package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"sync"
	"time"

	"seckill/internal/sale"
)

// passVersion is the first byte of a pass. Another one is of another program.
const passVersion = 1

// The flags of a pass: it is good for the products of rehearsals only; a challenge was passed for it.
const (
	rehearsalPass = 1 << iota
	challengedPass
)

// Passes mints passes, and checks them.
//
// A pass is base64url, without padding, of: version, flags, end (8 bytes, Unix seconds), then user and each group
// behind its length (one byte), and an HMAC-SHA-256 over all of that.
type Passes struct {
	checkers sync.Pool // of *checker
	now      func() time.Time
}

// A checker is what the check of one pass needs.
type checker struct {
	mac hash.Hash // under the key
	raw [maxPass]byte
	sum [sha256.Size]byte
}

// NewPasses makes the Passes of a key, which every process of the deployment has, and nobody else.
func NewPasses(key []byte, now func() time.Time) *Passes {
	return &Passes{now: now, checkers: sync.Pool{New: func() any { return &checker{mac: hmac.New(sha256.New, key)} }}}
}

// Mint makes the pass of a buyer, good until b.Until. A user or group that is none is an error.
func (p *Passes) Mint(b Buyer) (string, error) {
	if err := b.check(); err != nil {
		return "", err
	}
	var flags byte
	if b.Rehearsal {
		flags |= rehearsalPass
	}
	if b.Challenged {
		flags |= challengedPass
	}
	raw := binary.BigEndian.AppendUint64([]byte{passVersion, flags}, uint64(b.Until.Unix()))
	for _, part := range append([]string{b.User}, b.Groups...) {
		raw = append(append(raw, byte(len(part))), part...)
	}
	c := p.checkers.Get().(*checker)
	defer p.checkers.Put(c)
	return base64.RawURLEncoding.EncodeToString(append(raw, c.sign(raw)...)), nil
}

// maxPass is the longest pass, as bytes: a longer one is not even decoded.
const maxPass = 2 + 8 + (1+MaxGroups)*(1+sale.MaxUser) + sha256.Size

// Check reads a pass. Errors: ErrWrong, ErrEnded.
func (p *Passes) Check(pass []byte) (b Buyer, err error) {
	c := p.checkers.Get().(*checker)
	defer p.checkers.Put(c)
	if base64.RawURLEncoding.DecodedLen(len(pass)) > len(c.raw) {
		return b, ErrWrong
	}
	n, err := strict.Decode(c.raw[:], pass)
	if err != nil || n < 2+8+sha256.Size {
		return b, ErrWrong
	}
	raw, mac := c.raw[:n-sha256.Size], c.raw[n-sha256.Size:n]
	if !hmac.Equal(c.sign(raw), mac) || raw[0] != passVersion {
		return b, ErrWrong
	}
	b.Rehearsal, b.Challenged = raw[1]&rehearsalPass != 0, raw[1]&challengedPass != 0
	b.Until = time.Unix(int64(binary.BigEndian.Uint64(raw[2:])), 0)
	for parts := raw[10:]; len(parts) > 0; { // by the MAC they are those that Mint wrote
		part := string(parts[1 : 1+int(parts[0])])
		parts = parts[1+len(part):]
		if b.User == "" {
			b.User = part
		} else {
			b.Groups = append(b.Groups, part)
		}
	}
	if !p.now().Before(b.Until) {
		return Buyer{}, ErrEnded
	}
	return b, nil
}

// claimed appends the user of a pass that nobody has checked, and nothing if it has none.
func claimed(to, pass []byte) []byte {
	const head = 2 + 8 + 1
	var raw [head + sale.MaxUser + 1]byte // whole groups of 4 characters
	n, err := strict.Decode(raw[:], pass[:min(len(pass)/4*4, base64.RawURLEncoding.EncodedLen(len(raw)))])
	if err != nil || n < head || raw[0] != passVersion || n < head+int(raw[head-1]) {
		return to
	}
	return append(to, raw[head:head+int(raw[head-1])]...)
}

// strict takes one spelling of a pass only.
var strict = base64.RawURLEncoding.Strict()

// sign is the MAC of raw, until the next one.
func (c *checker) sign(raw []byte) []byte {
	c.mac.Reset()
	c.mac.Write(raw)
	return c.mac.Sum(c.sum[:0])
}
