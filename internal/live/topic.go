package live

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A topic is a view of a key, with all who watch it.
type topic struct {
	hub       *Hub
	key, view string
	build     Build
	stop      context.CancelFunc
	woken     chan struct{} // holds one wake-up: more would say no more
	still     atomic.Bool   // what the last build found

	mu       sync.Mutex
	watchers map[*Watcher]struct{}
	due      []*Watcher // who are to be rung, those who wait longest first
	frame    Frame
	number   int // of the frame; 0 before the first
	gone     bool
}

// A Watcher is one who watches.
type Watcher struct {
	topic *topic
	ring  func()
	once  sync.Once
	seen  int  // the number of the last frame, with the topic's mu
	due   bool // likewise: it is to be rung
}

// Next is what there is to be shown and was not yet, the whole first; nil if
// there is nothing. It is not open if there is nothing to watch any more.
func (w *Watcher) Next() (frame []byte, open bool) {
	t := w.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	switch missed := t.number - w.seen; {
	case missed == 0:
		return nil, !t.gone
	case missed == 1 && w.seen > 0:
		frame = t.frame.News
	default:
		frame = t.frame.Whole
	}
	w.seen = t.number
	return frame, true
}

// Close ends the watching. It may be called more than once.
func (w *Watcher) Close() { w.once.Do(func() { w.topic.hub.leave(w) }) }

func (t *topic) wake() {
	select {
	case t.woken <- struct{}{}:
	default:
	}
}

func (t *topic) run(ctx context.Context) {
	for {
		frame, word := t.build(ctx)
		t.still.Store(frame.Still)
		switch word {
		case News:
			t.show(frame)
		case Gone:
			t.end()
			return
		}
		if !t.rest(ctx) {
			return
		}
	}
}

// show makes it everybody's turn, behind those who still wait for the frame
// before, and will get this one instead.
func (t *topic) show(f Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.frame = f
	t.number++
	for w := range t.watchers {
		if !w.due {
			w.due = true
			t.due = append(t.due, w)
		}
	}
}

// rest rings who is due, turn by turn, until the next build is due, and returns
// false if the topic has ended.
func (t *topic) rest(ctx context.Context) bool {
	spaced := time.After(Spacing)
	var pulse <-chan time.Time
	if !t.still.Load() {
		pulse = time.After(Pulse)
	}
	var woken <-chan struct{} // not before the spacing has passed
	for {
		var next <-chan time.Time
		if t.turn() {
			next = time.After(turnEvery)
		}
		select {
		case <-next:
		case <-spaced:
			woken = t.woken
		case <-woken:
			return true
		case <-pulse:
			return true
		case <-ctx.Done():
			return false
		}
	}
}

// turn rings the next few, and returns whether there are more. To ring thousands
// at once would make the buyers of this moment wait behind all of them.
func (t *topic) turn() (more bool) {
	t.mu.Lock()
	n := min(len(t.due), max(few, len(t.watchers)/turns))
	now := t.due[:n]
	t.due = t.due[n:]
	for _, w := range now {
		w.due = false
	}
	more = len(t.due) > 0
	t.mu.Unlock()
	for _, w := range now {
		w.ring()
	}
	return more
}

// end tells every watcher; who comes after that begins a new topic.
func (t *topic) end() {
	t.hub.mu.Lock()
	t.hub.forget(t)
	t.hub.mu.Unlock()
	t.mu.Lock()
	t.gone = true
	all := slices.Collect(maps.Keys(t.watchers))
	t.mu.Unlock()
	for _, w := range all {
		w.ring()
	}
}

func (t *topic) join(ring func()) *Watcher {
	w := &Watcher{topic: t, ring: ring}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.watchers[w] = struct{}{}
	return w
}

// part returns how many are left.
func (t *topic) part(w *Watcher) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.watchers, w)
	return len(t.watchers)
}
