package rush

import (
	"math"
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

// complain takes down what was wrong if it ends no buyer.
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

// latencyOf reads a histogram of microseconds.
func latencyOf(h *hdrhistogram.Histogram) Latency {
	if h.TotalCount() == 0 {
		return Latency{}
	}
	at := func(percentile float64) float64 { return ms(h.ValueAtPercentile(percentile)) }
	return Latency{
		Count:  h.TotalCount(),
		MeanMS: math.Round(h.Mean()) / 1000,
		P50MS:  at(50),
		P90MS:  at(90),
		P99MS:  at(99),
		P999MS: at(99.9),
		MaxMS:  ms(h.Max()),
	}
}

func ms(us int64) float64 { return float64(us) / 1000 }

// curveOf is the percentiles of a histogram, ever denser towards 100: ten
// points for each further nine, as far as there are buyers to speak of.
func curveOf(h *hdrhistogram.Histogram) []Point {
	points := []Point{}
	n := float64(h.TotalCount())
	if n == 0 {
		return points
	}
	const perNine = 10
	for i := 0; ; i++ {
		above := math.Pow(10, -float64(i)/perNine)
		if above*n < 1 {
			break
		}
		percentile := math.Round((100-100*above)*1e6) / 1e6
		points = append(points, Point{percentile, ms(h.ValueAtPercentile(percentile))})
	}
	return append(points, Point{100, ms(h.Max())})
}

// timeline counts endings by time, in at most mostCells cells: when they do not
// suffice, every two become one of twice the width.
type timeline struct {
	width time.Duration
	cells [][kinds]int64
}

const mostCells = 400

func newTimeline() timeline { return timeline{width: 10 * time.Millisecond} }

func (t *timeline) add(k Kind, at time.Duration) {
	for at/t.width >= mostCells {
		t.halve()
	}
	i := int(at / t.width)
	for len(t.cells) <= i {
		t.cells = append(t.cells, [kinds]int64{})
	}
	t.cells[i][k]++
}

func (t *timeline) halve() {
	t.width *= 2
	half := (len(t.cells) + 1) / 2
	for i := range half {
		sum := t.cells[2*i]
		if 2*i+1 < len(t.cells) {
			for k, n := range t.cells[2*i+1] {
				sum[k] += n
			}
		}
		t.cells[i] = sum
	}
	t.cells = t.cells[:half]
}
