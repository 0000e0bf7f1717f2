package memgate

import (
	"sync"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/gatetest"
)

// clock is a gate's clock that a test moves on. Its tick is what it goes on by
// itself whenever it is looked at.
type clock struct {
	mu   sync.Mutex
	now  time.Time
	tick time.Duration
}

func newClock(tick time.Duration) *clock {
	return &clock{now: time.Date(2026, 6, 1, 12, 0, 0, 123456, time.UTC), tick: tick}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.tick)
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// TestSuite runs the suite on a clock that stands still, and on one that goes on
// between any two looks, as that of a server elsewhere would.
func TestSuite(t *testing.T) {
	for name, tick := range map[string]time.Duration{"still": 0, "running": 1234567} {
		t.Run(name, func(t *testing.T) {
			gatetest.Exercise(t, func(t *testing.T) gatetest.Harness {
				c := newClock(tick)
				open := func() gate.Keeper { return New(Options{Now: c.Now, MaxUnrelayed: 150}) }
				return gatetest.Harness{Keeper: open(), Other: open(), Restart: open, Advance: c.Advance, MaxUnrelayed: 150}
			})
		})
	}
}

func TestIncarnation(t *testing.T) {
	ctx := t.Context()
	shut := func(o Options) string {
		incarnation, _, err := New(o).Shut(ctx, "p", 1)
		if err != nil {
			t.Fatal(err)
		}
		return incarnation
	}
	if got := shut(Options{Incarnation: "one"}); got != "one" {
		t.Errorf("incarnation %q", got)
	}
	if one, two := shut(Options{}), shut(Options{}); one == two || one == "" {
		t.Errorf("random incarnations %q and %q", one, two)
	}
}

// TestClockGoesBack: what waits for the log is found by those who ask for all of it.
func TestClockGoesBack(t *testing.T) {
	c := newClock(0)
	g := opened(t, Options{Now: c.Now}, gate.Start{Terms: gate.Hours{LimitPerUser: 1}, Remaining: 5})
	if _, err := g.Admit(t.Context(), "p", gate.Try{}, requests(1)); err != nil {
		t.Fatal(err)
	}
	c.Advance(-time.Hour)
	if entries, err := g.Pending(t.Context(), "p", 0, 10); err != nil || len(entries) != 1 {
		t.Fatalf("pending %v, %v", entries, err)
	}
	if c, err := g.Cut(t.Context(), "p"); err != nil || len(c.Outbox) != 1 {
		t.Fatalf("cut %v, %v", c.Outbox, err)
	}
	if entries, err := g.Pending(t.Context(), "p", time.Millisecond, 10); err != nil || len(entries) != 0 {
		t.Fatalf("pending for a millisecond: %v, %v", entries, err)
	}
}

func opened(t testing.TB, o Options, start gate.Start) *Gate {
	t.Helper()
	ctx := t.Context()
	g := New(o)
	incarnation, _, err := g.Shut(ctx, "p", 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Open(ctx, "p", 1, incarnation, start); err != nil {
		t.Fatal(err)
	}
	return g
}
