package purchase

import "time"

// doubtFor is how long a lane remembers, at least, that a try is in doubt, by this
// process's clock, should its gate not answer again.
const doubtFor = 10 * AdmitWithin

// doubts are the users of whom some try may still be admitted, or may have been: the
// gate did not answer, and by its clock the deadline has not passed.
type doubts struct {
	until, before map[string]time.Time // by user; before is the doubtFor that went before
	begun         time.Time
	last          time.Time // the latest of all
}

// add takes in those of a batch whose outcome is unknown.
func (s *doubts) add(b *batch, now time.Time) {
	if s.until == nil || now.Sub(s.begun) > doubtFor {
		s.until, s.before, s.begun = map[string]time.Time{}, s.until, now
	}
	for _, r := range b.requests {
		s.until[r.User] = later(s.until[r.User], b.by)
	}
	s.last = later(s.last, b.by)
}

// pass forgets them all once none can be admitted any more by what the gate's clock says.
func (s *doubts) pass(now time.Time) {
	if s.until != nil && now.After(s.last) {
		*s = doubts{}
	}
}

// of is until when a try of this user may be admitted; zero: none is in doubt.
func (s *doubts) of(user string) time.Time { return later(s.until[user], s.before[user]) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
