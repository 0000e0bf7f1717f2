package metrics

import (
	"math/bits"
	"sync"
	"sync/atomic"
	"time"
)

// window is the least that figures are taken over.
const window = time.Second

// Figures are what one process has answered to buys in one stretch of time.
type Figures struct {
	At      time.Time // its end
	Window  time.Duration
	Answers map[string]int64 // by what the buyer was told
	Count   int64            // all of them
	P50     time.Duration
	P90     time.Duration
	P99     time.Duration
	Max     time.Duration
}

// Each power of two is divided into so many cells: a percentile is at most 6 % too high.
const (
	fineBits = 4
	fine     = 1 << fineBits
	cells    = 24 * fine // to 134 s
)

// A tally counts answers by how many microseconds they took. Of the histograms that
// there are, Prometheus' has 16 cells for what the console reads a percentile from, and
// the one of package rush bears one writer at a time.
type tally struct{ cells [cells]atomic.Int64 }

func (t *tally) add(took time.Duration) {
	t.cells[cellOf(max(0, took.Microseconds()))].Add(1)
}

func cellOf(us int64) int {
	shift := max(0, bits.Len64(uint64(us))-fineBits-1)
	return min(shift*fine+int(us>>shift), cells-1)
}

// ceiling is the most that a cell counts.
func ceiling(cell int) time.Duration {
	shift := max(0, cell/fine-1)
	return (time.Duration(cell-shift*fine+1)<<shift - 1) * time.Microsecond
}

// A ledger is the tallies of one process, and the last stretch of time that they
// were read over.
type ledger struct {
	mu      sync.Mutex
	tallies map[string]*tally
	since   time.Time
	before  map[string][cells]int64 // the counts as they were at since
	last    Figures
}

func (l *ledger) tally(answer string) *tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tallies[answer] == nil {
		l.tallies[answer] = &tally{}
	}
	return l.tallies[answer]
}

// Figures returns those of the last stretch of time, which ends now if it is a
// second by now, and then another begins. So whoever asks once a second, with any
// number of others, sees every stretch.
func (s *Set) Figures(now time.Time) Figures {
	l := &s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.since) < window {
		return l.last
	}
	f := Figures{At: now, Window: now.Sub(l.since), Answers: map[string]int64{}}
	var sum [cells]int64
	for answer, t := range l.tallies {
		before := l.before[answer]
		var counts [cells]int64
		for i := range counts {
			counts[i] = t.cells[i].Load()
			n := counts[i] - before[i]
			sum[i] += n
			f.Count += n
			if n > 0 {
				f.Answers[answer] += n
			}
		}
		l.before[answer] = counts
	}
	f.measure(&sum)
	l.since, l.last = now, f
	return f
}

// measure reads the percentiles.
func (f *Figures) measure(sum *[cells]int64) {
	var passed int64
	for i, n := range sum {
		if n == 0 {
			continue
		}
		passed += n
		for _, p := range [...]struct {
			at      *time.Duration
			percent int64
		}{{&f.P50, 50}, {&f.P90, 90}, {&f.P99, 99}} {
			if *p.at == 0 && passed*100 >= f.Count*p.percent {
				*p.at = max(ceiling(i), time.Microsecond)
			}
		}
		f.Max = max(ceiling(i), time.Microsecond)
	}
}
