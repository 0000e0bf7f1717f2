package rush

import (
	"net/url"
	"strings"
	"time"
)

// queue starts to follow a buy that was answered 202.
func (w *worker) queue(j job, e ending) {
	path, ok := w.run.target.pathOf(w.answer.location)
	if !ok {
		e.kind = Unexpected
		w.run.record.end(e, "202 with a Location that cannot be followed: "+excerpt([]byte(w.answer.location)))
		w.run.pace.end()
		return
	}
	w.run.record.follow()
	w.askAgain(&tail{buyer: j.buyer, moment: j.moment, sent: e.sent, until: e.at + w.run.config.Follow, path: path}, e)
}

// follow asks for a queued order. A fault on the way is no end: the order is
// what it is, and it is asked for again.
func (w *worker) follow(j job) {
	t := j.tail
	pass := ""
	if w.run.config.Credentials != nil {
		_, pass = w.run.config.Credentials(t.buyer)
	}
	err := w.exchange(getRequest(w.run.target, t.path, pass))
	e := ending{moment: t.moment, sent: t.sent, at: w.run.now()}
	if err != nil {
		if w.run.cutting.Load() {
			w.run.pace.end()
			return
		}
		w.answer = answer{}
		w.askAgain(t, e)
		return
	}
	switch w.answer.status {
	case 200:
		switch statusOf(w.answer.body) {
		case "placed", "paid", "cancelled", "expired": // it was placed, whatever came of it since
			e.kind = Placed
		case "rejected":
			e.kind = Rejected
		case "queued":
			w.askAgain(t, e)
			return
		default:
			e.kind = Unexpected
		}
	case 202, 429, 503:
		w.askAgain(t, e)
		return
	default:
		e.kind = Unexpected
	}
	w.end(j, e)
}

// askAgain puts t off as long as the answer at hand says, or gives it up.
func (w *worker) askAgain(t *tail, e ending) {
	if t.putOff(e.at, w.answer.retryAfter) {
		w.run.pace.again(t)
		return
	}
	e.kind = Queued
	w.run.record.end(e, "still queued after "+w.run.config.Follow.String())
	w.run.pace.end()
}

// An errand is what a buyer comes back for.
type errand uint8

const (
	follow errand = iota // was told "queued", and asks what became of it
	click                // clicks again
	pay
	cancel
	tell // the shop tells of a payment
)

// errands are those that may fail, in words.
var errands = map[errand]string{pay: "paying", cancel: "cancelling", tell: "paying"}

// tail is a buyer who comes back.
type tail struct {
	errand errand
	buyer  int
	moment time.Duration // of the buy itself: latency counts from there to the end; of follow only
	sent   time.Duration // when the buy was sent; of follow only
	until  time.Duration // then it is given up
	due    time.Duration // when to ask next
	path   string
	payment
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
