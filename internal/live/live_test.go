package live_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"seckill/internal/live"
)

// A counter is a key's truth, which its topic shows.
type counter struct {
	mu                   sync.Mutex
	value, shown, builds int
}

func count(value int) *counter { return &counter{value: value} }

func (c *counter) set(value int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.value = value
}

func (c *counter) built() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.builds
}

func (c *counter) start() live.Build {
	c.shown = -1
	return func(context.Context) (live.Frame, live.Word) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.builds++
		switch {
		case c.value < 0:
			return live.Frame{}, live.Gone
		case c.value == c.shown:
			return live.Frame{}, live.Same
		}
		c.shown = c.value
		return live.Frame{Whole: fmt.Appendf(nil, "whole %d", c.value), News: fmt.Appendf(nil, "news %d", c.value)}, live.News
	}
}

func next(t *testing.T, w *live.Watcher) string {
	t.Helper()
	synctest.Wait()
	switch frame, open := w.Next(); {
	case !open:
		return "closed"
	case frame == nil:
		return "nothing"
	default:
		return string(frame)
	}
}

func want(t *testing.T, w *live.Watcher, frame string) {
	t.Helper()
	if got := next(t, w); got != frame {
		t.Fatalf("got %q, not %q", got, frame)
	}
}

func silent() {}

func TestWholeFirstThenNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(1)
		w := h.Watch("1", "v", c.start, silent)
		defer w.Close()
		want(t, w, "whole 1")
		want(t, w, "nothing")
		time.Sleep(live.Spacing)
		c.set(2)
		h.Wake("2", "1")
		want(t, w, "news 2")
		late := h.Watch("1", "v", c.start, silent)
		defer late.Close()
		want(t, late, "whole 2")
	})
}

func TestOneBuildForAllAndTenASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(0)
		var all []*live.Watcher
		for range 100 {
			w := h.Watch("1", "v", c.start, silent)
			defer w.Close()
			all = append(all, w)
		}
		frames := 0
		for i := range 99 { // of 10 ms, so the eleventh build is not due yet
			c.set(i + 1)
			h.Wake("1")
			synctest.Wait()
			for _, w := range all {
				for next(t, w) != "nothing" {
					frames++
				}
			}
			time.Sleep(10 * time.Millisecond)
		}
		if n := c.built(); n != 10 {
			t.Errorf("%d builds in a second, not 10", n)
		}
		if frames != 10*len(all) {
			t.Errorf("%d frames, not 10 for each of %d", frames, len(all))
		}
	})
}

// A listener fetches what there is at the beginning and when it is rung, as a stream does.
type listener struct {
	mu     sync.Mutex
	w      *live.Watcher
	frames []string
}

func listen(h *live.Hub, c *counter) *listener {
	l := &listener{}
	l.mu.Lock() // a ring waits until there is a watcher
	l.w = h.Watch("1", "v", c.start, l.ring)
	l.mu.Unlock()
	l.ring() // what was there before
	return l
}

func (l *listener) ring() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for frame, _ := l.w.Next(); frame != nil; frame, _ = l.w.Next() {
		l.frames = append(l.frames, string(frame))
	}
}

// heard is what it has fetched so far.
func (l *listener) heard() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.frames, ", ")
}

// told is how many have heard this last.
func told(all []*listener, frame string) (n int) {
	for _, l := range all {
		if strings.HasSuffix(l.heard(), frame) {
			n++
		}
	}
	return n
}

func TestAFewAreToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(0)
		var all []*listener
		for range 8 {
			l := listen(h, c)
			defer l.w.Close()
			all = append(all, l)
		}
		time.Sleep(live.Spacing)
		c.set(1)
		h.Wake("1")
		synctest.Wait()
		if n := told(all, "news 1"); n != len(all) {
			t.Errorf("%d of %d were told", n, len(all))
		}
	})
}

func TestACrowdIsToldInTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(0)
		var all []*listener
		for range 20_000 {
			l := listen(h, c)
			defer l.w.Close()
			all = append(all, l)
		}
		const round = time.Second + 2*live.Spacing // and the builds between
		time.Sleep(round)
		if n := told(all, "whole 0"); n != len(all) {
			t.Fatalf("%d of %d were told of the beginning", n, len(all))
		}
		c.set(1)
		h.Wake("1")
		synctest.Wait()
		if n := told(all, "news 1"); n == 0 || n > 20 {
			t.Errorf("%d were told at once", n)
		}
		late := h.Watch("1", "v", c.start, silent) // while the others are being told
		defer late.Close()
		want(t, late, "whole 1")
		want(t, late, "nothing")
		time.Sleep(live.Spacing)
		first := told(all, "news 1")
		c.set(2) // for most, this is what they are told instead
		h.Wake("1")
		time.Sleep(round)
		again, whole := told(all, "whole 0, news 1, news 2"), told(all, "whole 0, whole 2")
		if again < first || whole < len(all)/2 || again+whole != len(all) {
			t.Errorf("%d of %d were told twice, and %d of %d once", again, first, whole, len(all))
		}
	})
}

func TestAWakeDuringTheSpacingIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(1)
		w := h.Watch("1", "v", c.start, silent)
		defer w.Close()
		want(t, w, "whole 1")
		c.set(2)
		h.Wake("1")
		want(t, w, "nothing")
		time.Sleep(live.Spacing)
		want(t, w, "news 2")
	})
}

func TestPulse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(1)
		w := h.Watch("1", "v", c.start, silent)
		defer w.Close()
		want(t, w, "whole 1")
		c.set(2)
		time.Sleep(live.Pulse)
		want(t, w, "news 2")
	})
}

func TestASlowWatcherStartsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(1)
		slow, quick := h.Watch("1", "v", c.start, silent), h.Watch("1", "v", c.start, silent)
		defer slow.Close()
		defer quick.Close()
		want(t, quick, "whole 1")
		for value := 2; value <= 4; value++ {
			time.Sleep(live.Spacing)
			c.set(value)
			h.Wake("1")
			want(t, quick, fmt.Sprintf("news %d", value))
		}
		want(t, slow, "whole 4")
		want(t, slow, "nothing")
	})
}

func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(1)
		w := h.Watch("1", "v", c.start, silent)
		want(t, w, "whole 1")
		time.Sleep(live.Spacing)
		c.set(-1)
		h.Wake("1")
		want(t, w, "closed")
		c.set(5)
		again := h.Watch("1", "v", c.start, silent)
		want(t, again, "whole 5")
		w.Close() // must not take the new topic along
		w.Close()
		time.Sleep(live.Spacing)
		c.set(6)
		h.Wake("1")
		want(t, again, "news 6")
		again.Close()
		if n := h.Watchers(); n != 0 {
			t.Errorf("%d watchers are left", n)
		}
	})
}

// The bubble itself fails this test if a topic's goroutine outlives its watchers.
func TestTheLastWatcherEndsTheTopic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, c := live.New(), count(1)
		a, b := h.Watch("1", "v", c.start, silent), h.Watch("1", "v", c.start, silent)
		other := h.Watch("1", "another", count(7).start, silent)
		want(t, a, "whole 1")
		want(t, b, "whole 1")
		a.Close()
		time.Sleep(live.Spacing)
		c.set(2)
		h.Wake("1")
		want(t, b, "news 2")
		b.Close()
		builds := c.built()
		h.Wake("1")
		time.Sleep(3 * live.Pulse)
		if c.built() != builds {
			t.Error("the topic goes on building for nobody")
		}
		want(t, other, "whole 7")
		other.Close()
	})
}
