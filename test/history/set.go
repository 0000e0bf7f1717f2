package history

import "math/bits"

// A set of users, as a value that can be compared.
type set string

func newSet(users int) set { return set(make([]byte, (users+7)/8)) }

func (s set) with(users ...int) set {
	b := []byte(s)
	for _, u := range users {
		b[u/8] |= 1 << (u % 8)
	}
	return set(b)
}

func (s set) size() (n int) {
	for i := range len(s) {
		n += bits.OnesCount8(s[i])
	}
	return n
}
