package purchase

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// seed is of this process, so that nobody can choose user ids that collide.
var seed = maphash.MakeSeed()

// A userSet is hashes of users of a gate at one epoch: of all whose first order
// has a seq up to the set's, and maybe of others. It only grows, so that what
// covers a view goes on covering it. Any number may look while it does.
//
// Hashes are kept by open addressing; 0 is a free place.
type userSet struct {
	epoch int64
	seq   atomic.Int64
	table atomic.Pointer[[]atomic.Uint64] // a power of two

	mu   sync.Mutex // held to add
	used int
}

func newUserSet(epoch int64) *userSet {
	s := &userSet{epoch: epoch}
	s.table.Store(&[]atomic.Uint64{{}, {}, {}, {}})
	return s
}

// covers reports whether nobody outside of the set had an order when the gate
// said v.
func (s *userSet) covers(v *gate.View) bool {
	return s != nil && s.epoch == v.Epoch && s.seq.Load() >= v.Seq
}

func (s *userSet) mayHold(user []byte) bool {
	table, hash := *s.table.Load(), maphash.Bytes(seed, user)|1
	return table[find(table, hash)].Load() == hash
}

// find is the place of a hash, or where it would be.
func find(table []atomic.Uint64, hash uint64) uint64 {
	for at := hash >> 1; ; at++ {
		at &= uint64(len(table) - 1)
		if is := table[at].Load(); is == hash || is == 0 {
			return at
		}
	}
}

func (s *userSet) add(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	table, hash := *s.table.Load(), maphash.String(seed, user)|1
	at := find(table, hash)
	if table[at].Load() == hash {
		return
	}
	table[at].Store(hash)
	if s.used++; 4*s.used > 3*len(table) {
		larger := make([]atomic.Uint64, 2*len(table))
		for i := range table {
			if hash := table[i].Load(); hash != 0 {
				larger[find(larger, hash)].Store(hash)
			}
		}
		s.table.Store(&larger)
	}
}

// reach notes that the set has all users up to a seq.
func (s *userSet) reach(seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq.Store(max(seq, s.seq.Load()))
}

// grow adds the users of the last orders that the gate had admitted when it said
// v, if the set has all before them.
func (s *userSet) grow(v *gate.View, orders []sale.Record) {
	if s == nil || s.epoch != v.Epoch || s.seq.Load() < v.Seq-int64(len(orders)) {
		return
	}
	for i := range orders {
		s.add(orders[i].UserID)
	}
	s.reach(v.Seq)
}
