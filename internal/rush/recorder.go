package rush

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// ending is how and when a buyer ended. Times count from the start.
type ending struct {
	kind   Kind
	moment time.Duration // when it was to be sent
	sent   time.Duration // when it was sent
	at     time.Duration // when the whole of the last answer was there
}

// recorder adds endings up. One lock is enough: an ending takes some 100 ns
// of it, and one histogram a worker would be 200 KB a worker.
type recorder struct {
	start time.Time

	mu         sync.Mutex
	counts     [kinds]int64
	latency    [kinds]*hdrhistogram.Histogram // nil: no such ending yet
	lateness   *hdrhistogram.Histogram        // sent - moment
	timeline   timeline
	complaints complaints
	followed   int64
	beyond     Beyond
	last       time.Duration // when the last ending was
	finished   time.Duration // 0: the rush goes on
}

func newRecorder(start time.Time) *recorder {
	return &recorder{start: start, lateness: newHistogram(), timeline: newTimeline(), complaints: complaints{}}
}

// newHistogram counts microseconds from 1 to a bit more than the longest rush,
// to three significant digits.
func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, (2 * MaxOver).Microseconds(), 3)
}

// end adds a buyer's ending. said is what was wrong, for a kind that is an error.
func (r *recorder) end(e ending, said string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[e.kind]++
	if r.latency[e.kind] == nil {
		r.latency[e.kind] = newHistogram()
	}
	record(r.latency[e.kind], e.at-e.moment)
	record(r.lateness, e.sent-e.moment)
	r.timeline.add(e.kind, e.at)
	r.last = max(r.last, e.at)
	if said != "" {
		r.complaints.add(e.kind, said)
	}
}

func record(h *hdrhistogram.Histogram, d time.Duration) {
	us := min(max(d.Microseconds(), 1), h.HighestTrackableValue())
	_ = h.RecordValue(us) // it is in range
}

// note counts what a buyer did beyond the buy.
func (r *recorder) note(count func(*Beyond)) {
	r.mu.Lock()
	count(&r.beyond)
	r.mu.Unlock()
}

// complain takes down what was wrong where it ends no buyer.
func (r *recorder) complain(k Kind, said string) {
	r.mu.Lock()
	r.complaints.add(k, said)
	r.mu.Unlock()
}

// follow counts a buyer who was told to ask again.
func (r *recorder) follow() {
	r.mu.Lock()
	r.followed++
	r.mu.Unlock()
}

// finish notes that nobody will end any more.
func (r *recorder) finish() {
	r.mu.Lock()
	r.finished = time.Since(r.start)
	r.mu.Unlock()
}

// all is the latency of every buyer that got an answer, of whatever kind.
// A refused connection is quick, and must not make a server look so.
// The caller holds the lock.
func (r *recorder) all() *hdrhistogram.Histogram {
	all := newHistogram()
	for k, h := range r.latency {
		if h != nil && Kind(k) != NoAnswer && Kind(k) != Queued {
			all.Merge(h)
		}
	}
	return all
}

// complaints counts what was said by errors, a few different ones of each kind.
type complaints map[Kind]map[string]int64

// different is how many are told apart; the rest is counted as "other".
const different = 6

func (c complaints) add(k Kind, said string) {
	if c[k] == nil {
		c[k] = map[string]int64{}
	}
	if _, known := c[k][said]; !known && len(c[k]) >= different {
		said = "other"
	}
	c[k][said]++
}
