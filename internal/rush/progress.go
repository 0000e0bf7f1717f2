package rush

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Observer hears of a rush while it lasts: every [Config.Every], from one
// goroutine, and once more at the end. The rush does not wait for it.
type Observer func(Progress)

// Progress is a rush so far.
type Progress struct {
	Elapsed  time.Duration  // since the start
	Buyers   int            // in all
	Sent     int64          // buyers whose order has been sent
	Answered int64          // buyers that have ended
	Errors   int64          // of them, those that are not Right
	Answers  map[Kind]int64 // Answered by kind; a kind that nobody met is absent
	Latency  Latency        // of the buyers that got an answer so far
	Beyond                  // so far
}

func (r *run) snapshot() Progress {
	s := Progress{Buyers: r.config.Buyers, Sent: int64(r.pace.sent()), Answers: map[Kind]int64{}}
	r.record.mu.Lock()
	defer r.record.mu.Unlock()
	s.Elapsed = r.record.finished
	if s.Elapsed == 0 {
		s.Elapsed = r.now()
	}
	for k, n := range r.record.counts {
		if n == 0 {
			continue
		}
		s.Answers[Kind(k)] = n
		s.Answered += n
		if !Kind(k).Right() {
			s.Errors += n
		}
	}
	s.Latency = latencyOf(r.record.all())
	s.Beyond = r.record.beyond.clone()
	return s
}

// Bar shows progress as a bar that redraws itself; w is a terminal. Every of
// the Config should be some 100 ms with it.
func Bar(w io.Writer, buyers int) Observer {
	bar := progressbar.NewOptions(buyers,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(50*time.Millisecond),
	)
	return func(s Progress) {
		bar.Describe(brief(s))
		_ = bar.Set64(s.Answered) // a bar that cannot be drawn harms nothing
		if s.Answered == int64(s.Buyers) {
			_ = bar.Finish()
		}
	}
}

// Lines shows progress as one line a snapshot, for logs and files.
func Lines(w io.Writer) Observer {
	told := int64(-1)
	return func(s Progress) {
		if s.Answered == told && s.Answered == int64(s.Buyers) {
			return // the end came together with a second's line
		}
		told = s.Answered
		fmt.Fprintf(w, "%6.1f s  %s of %s sent  %s answered  %s  p99 %s ms\n", s.Elapsed.Seconds(),
			thousands(s.Sent), thousands(int64(s.Buyers)), thousands(s.Answered), brief(s), millis(s.Latency.P99MS))
	}
}

func brief(s Progress) string {
	return fmt.Sprintf("%s placed, %s sold out, %s errors",
		thousands(s.Answers[Placed]), thousands(s.Answers[SoldOut]), thousands(s.Errors))
}
