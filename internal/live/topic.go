package live

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// A topic is a view of a key, with all who watch it.
type topic struct {
	hub       *Hub
	key, view string
	build     Build
	stop      context.CancelFunc
	woken     chan struct{} // holds one wake-up: more would say no more

	mu       sync.Mutex
	watchers map[*Watcher]struct{}
	whole    []byte // of the last frame; nil before the first
}

// A Watcher is one who watches.
type Watcher struct {
	topic  *topic
	frames chan []byte
	ring   func()
	once   sync.Once
}

// Frames gives what there is to be shown, the whole first. It is closed where
// there is nothing to watch any more.
func (w *Watcher) Frames() <-chan []byte { return w.frames }

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
		switch word {
		case News:
			t.show(ctx, frame)
		case Gone:
			t.end()
			return
		}
		if !t.rest(ctx) {
			return
		}
	}
}

// rest waits until the next build is due, and false where the topic has ended.
func (t *topic) rest(ctx context.Context) bool {
	select {
	case <-time.After(Spacing):
	case <-ctx.Done():
		return false
	}
	select {
	case <-t.woken:
	case <-time.After(Pulse - Spacing):
	case <-ctx.Done():
		return false
	}
	return true
}

// show hands a frame round, turn by turn: to wake thousands at once would make
// the buyers of this moment wait behind all of them.
func (t *topic) show(ctx context.Context, f Frame) {
	t.mu.Lock()
	first := t.whole == nil
	t.whole = f.Whole // those who come from here on begin with it
	there := slices.Collect(maps.Keys(t.watchers))
	t.mu.Unlock()
	for {
		n := min(turn, len(there))
		t.hand(there[:n], f, first)
		if there = there[n:]; len(there) == 0 {
			return
		}
		select {
		case <-time.After(breath):
		case <-ctx.Done():
			return
		}
	}
}

// hand gives a frame to those of these watchers who have not left.
func (t *topic) hand(to []*Watcher, f Frame, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range to {
		if _, there := t.watchers[w]; !there {
			continue
		}
		if first || len(w.frames) == cap(w.frames) {
			w.restart(f.Whole)
		} else {
			w.frames <- f.News // there is room, and nobody else sends
		}
		w.ring()
	}
}

// restart leaves the watcher nothing to read but the whole.
func (w *Watcher) restart(whole []byte) {
	for {
		select {
		case <-w.frames:
			continue
		default:
		}
		w.frames <- whole
		return
	}
}

// end closes every watcher's channel; who comes after that begins a new topic.
func (t *topic) end() {
	t.hub.mu.Lock()
	defer t.hub.mu.Unlock()
	t.hub.forget(t)
	t.mu.Lock()
	defer t.mu.Unlock()
	for w := range t.watchers {
		close(w.frames)
		w.ring()
	}
}

func (t *topic) join(ring func()) *Watcher {
	w := &Watcher{topic: t, frames: make(chan []byte, behind), ring: ring}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.whole != nil {
		w.frames <- t.whole
	}
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
