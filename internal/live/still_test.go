package live_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/live"
)

// What changes with a wake of its key alone is built for that, and for nothing else.
func TestWhatIsStillIsNotBuiltUnasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(1)
		var still atomic.Bool
		w := h.Watch("1", "v", func() live.Build {
			build := c.start()
			return func(ctx context.Context) (live.Frame, live.Word) {
				frame, word := build(ctx)
				frame.Still = still.Load()
				return frame, word
			}
		}, silent)
		defer w.Close()
		want(t, w, "whole 1")
		still.Store(true)
		time.Sleep(2 * live.Pulse)
		builds := c.built()
		time.Sleep(10 * live.Pulse)
		h.WakeAll()
		h.Wake("2")
		time.Sleep(live.Pulse)
		if c.built() != builds {
			t.Errorf("it was built %d times", c.built()-builds)
		}
		c.set(2)
		h.Wake("1")
		want(t, w, "news 2")
		still.Store(false)
		time.Sleep(live.Spacing)
		h.Wake("1")
		time.Sleep(2 * live.Spacing)
		c.set(3)
		h.WakeAll()
		want(t, w, "news 3")
	})
}
