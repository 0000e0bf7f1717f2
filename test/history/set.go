package history

import "math/bits"

// A set of users, as a value that can be compared.
type set string

func newSet(users int) set { return set(make([]byte, (users+7)/8)) }

func (s set) has(user int) bool { return s[user/8]&(1<<(user%8)) != 0 }

func (s set) with(user int) set {
	b := []byte(s)
	b[user/8] |= 1 << (user % 8)
	return set(b)
}

func (s set) or(other set) set {
	b := []byte(s)
	for i := range b {
		b[i] |= other[i]
	}
	return set(b)
}

func (s set) size() (n int) {
	for i := range len(s) {
		n += bits.OnesCount8(s[i])
	}
	return n
}
