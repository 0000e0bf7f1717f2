package rush

import (
	"net/url"
	"strings"
	"time"
)

// An errand is what a buyer comes back for.
type errand uint8

const (
	follow errand = iota // was told "queued", and asks what became of it
	click                // clicks again
	pay
)

// tail is a buyer who comes back.
type tail struct {
	errand errand
	buyer  int
	moment time.Duration // of the buy itself: latency counts from there to the end; of follow only
	sent   time.Duration // when the buy was sent; of follow only
	until  time.Duration // then it is given up
	due    time.Duration // when to ask next
	path   string
}

// patience is the pause before a queued order is asked for again where the
// server names none.
const patience = 500 * time.Millisecond

// putOff sets when to ask again, and reports whether that is still worth it.
func (t *tail) putOff(now, retryAfter time.Duration) bool {
	if retryAfter == 0 {
		retryAfter = patience
	}
	t.due = now + retryAfter
	return t.due <= t.until
}

// pathOf is the path of a Location, which must be on the same server.
func (t *target) pathOf(location string) (string, bool) {
	u, err := url.Parse(location)
	if err != nil || (u.Host != "" && u.Host != t.host) || !strings.HasPrefix(u.Path, "/") {
		return "", false
	}
	return u.RequestURI(), true
}

// tails is a heap by when they are due.
type tails []*tail

func (h tails) Len() int           { return len(h) }
func (h tails) Less(i, j int) bool { return h[i].due < h[j].due }
func (h tails) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *tails) Push(x any)        { *h = append(*h, x.(*tail)) }
func (h *tails) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return t
}
