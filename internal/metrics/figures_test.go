package metrics

import (
	"testing"
	"time"
)

func TestEveryTimeHasACell(t *testing.T) {
	last := 0
	for us := int64(0); us < 1<<27; us += max(1, us/100) {
		c := cellOf(us)
		most := ceiling(c).Microseconds()
		if c < last || c > last+1 || most < us || most > us+us/fine {
			t.Fatalf("%d us: cell %d after %d, which is said to be %d us", us, c, last, most)
		}
		last = c
	}
	if c := cellOf(1 << 62); c != cells-1 {
		t.Errorf("a very long time: cell %d", c)
	}
}

func TestFiguresOfAStretch(t *testing.T) {
	s := New()
	begun := time.Now().Add(time.Minute)
	s.Figures(begun)
	placed, soldOut := s.Buys("placed"), s.Buys("sold_out")
	for range 10 {
		placed(20 * time.Millisecond)
	}
	for range 90 {
		soldOut(30 * time.Microsecond)
	}
	if f := s.Figures(begun.Add(999 * time.Millisecond)); f.Count != 0 || !f.At.Equal(begun) {
		t.Errorf("before its end: %+v", f)
	}
	f := s.Figures(begun.Add(2 * time.Second))
	if f.Window != 2*time.Second || f.Answers["placed"] != 10 || f.Answers["sold_out"] != 90 || f.Count != 100 {
		t.Errorf("%+v", f)
	}
	near := func(d, want time.Duration) bool { return d >= want && d <= want+want/fine }
	if !near(f.P50, 30*time.Microsecond) || !near(f.P90, 30*time.Microsecond) || !near(f.P99, 20*time.Millisecond) || !near(f.Max, 20*time.Millisecond) {
		t.Errorf("%+v", f)
	}
	if f := s.Figures(begun.Add(2500 * time.Millisecond)); f.Count != 100 {
		t.Errorf("another who asks: %+v", f)
	}
	placed(time.Second)
	if f := s.Figures(begun.Add(3 * time.Second)); f.Count != 1 || len(f.Answers) != 1 || !near(f.P50, time.Second) {
		t.Errorf("the next: %+v", f)
	}
	if f := s.Figures(begun.Add(4 * time.Second)); f.Count != 0 || f.P50 != 0 || f.Max != 0 {
		t.Errorf("an idle one: %+v", f)
	}
}
