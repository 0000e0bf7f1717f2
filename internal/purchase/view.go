package purchase

import (
	"time"

	"seckill/internal/gate"
)

// A view is what a gate said of itself, by when, and, while it refuses, who may
// hold an order: those must be asked for at the gate.
type view struct {
	gate.View
	taken time.Time // by this process's clock, before the gate was asked
	users *userSet  // covers the view; nil: not known
}

// old reports whether the view refuses nobody any more. One from before the clock
// was set back is old, too.
func (v *view) old(now time.Time) bool {
	age := now.Sub(v.taken)
	return age > ViewAge || age < 0
}

// refuse answers user from the view, and false if only the gate can tell.
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
