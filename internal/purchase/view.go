package purchase

import (
	"hash/maphash"
	"time"

	"seckill/internal/gate"
)

// seed is of this process, so that nobody can choose user ids that collide.
var seed = maphash.MakeSeed()

// A view is what a gate said of itself, by when, and, while it refuses, who may
// hold an order: those must be asked for at the gate.
type view struct {
	gate.View
	taken time.Time // by this process's clock, before the gate was asked
	users *userSet  // nil: not known
}

// A userSet is the hashes of all users of a gate at one (epoch, seq).
type userSet struct {
	epoch, seq int64
	hashes     map[uint64]struct{}
}

func (s *userSet) of(v *gate.View) bool {
	return s != nil && s.epoch == v.Epoch && s.seq == v.Seq
}

func (s *userSet) mayHold(user []byte) bool {
	_, in := s.hashes[maphash.Bytes(seed, user)]
	return in
}

// old reports whether the view refuses nobody any more. One from before the clock
// was set back is old, too.
func (v *view) old(now time.Time) bool {
	age := now.Sub(v.taken)
	return age > ViewAge || age < 0
}

// refuse answers user from the view, and false where only the gate can tell.
func (v *view) refuse(user []byte, now time.Time) (Answer, bool) {
	if v.old(now) || v.users == nil {
		return Answer{}, false
	}
	gateNow := v.Now.Add(now.Sub(v.taken))
	verdict, all := v.Refuses(gateNow)
	if !all || v.users.mayHold(user) {
		return Answer{}, false
	}
	return refusal(verdict, &v.View, gateNow), true
}
