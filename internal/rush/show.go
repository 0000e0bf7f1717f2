package rush

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

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
