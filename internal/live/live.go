// Package live is the fan-out to whoever watches a product or an order.
//
// A watcher watches a view of a key, say the counters of a product. All watchers
// of one view of one key form a topic, and the topic builds each frame once for
// all of them: at most one every Spacing, as soon as somebody calls Wake with its
// key, and every Pulse unasked, for what changes without a record (time passes, a
// gate shuts), but for a frame that is Still. It rings its watchers in turns, and each fetches what is newest
// then: a few hear of a frame at once, and thousands within about a second.
//
// It promises that Wake never blocks, that whatever was true when Wake was called
// is seen by a build that starts after it, that every watcher is rung after the last
// frame, and that a slow one delays nobody: who has missed a frame gets what is
// there as a whole instead of the news.
//
//	first Watch ──► building ──► resting ──woken or pulse──► building … ──► last Close
//	                   └──Gone──► ended, its watchers told
//
// A topic has one goroutine, from its first watcher to its last. Every method is
// safe for concurrent use.
package live

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// Spacing is the shortest time between two builds of a topic.
	Spacing = 100 * time.Millisecond
	// Pulse is the longest a topic rests.
	Pulse = time.Second
	// few is how many watchers are rung at once, and turnEvery the time until the next
	// turn. If they are so many that this would take more than some turns, each
	// turn is of more: all are rung in about a second.
	few       = 8
	turnEvery = time.Millisecond
	turns     = 1000
)

// A Frame is what a topic has to say. Its bytes are shared, and never changed.
type Frame struct {
	Whole []byte // for those who come now, or have missed one
	News  []byte // what is new since the frame before
	Still bool   // nothing of it changes until somebody calls Wake with its key: no build before that
}

// A Word is what a build found.
type Word uint8

// The words.
const (
	Same Word = iota // nothing new, or nothing to be learned at the moment; of the frame only Still counts
	News             // the frame is to be shown
	Gone             // there is nothing to watch any more
)

// A Build makes a topic's next frame. Only one call runs at a time, so it may
// remember the last.
type Build func(ctx context.Context) (Frame, Word)

// A Hub holds the topics of one process.
type Hub struct {
	mu       sync.Mutex // before a topic's
	topics   map[string]map[string]*topic
	watchers atomic.Int64
}

// New makes a Hub.
func New() *Hub { return &Hub{topics: map[string]map[string]*topic{}} }

// Watchers is how many there are.
func (h *Hub) Watchers() int { return int(h.watchers.Load()) }

// Wake tells the topics of these keys that there may be news: the ids of the
// products and orders that changed.
func (h *Hub) Wake(keys ...string) {
	if h.watchers.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, key := range keys {
		for _, t := range h.topics[key] {
			t.wake()
		}
	}
}

// WakeAll tells every topic that there may be news, but those that are Still.
func (h *Hub) WakeAll() {
	if h.watchers.Load() == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, topics := range h.topics {
		for _, t := range topics {
			if !t.still.Load() {
				t.wake()
			}
		}
	}
}

// Watch begins to watch a view of a key. If nobody watches it yet, start
// makes the Build of the new topic. ring is called when there is something new for
// [Watcher.Next], and must not block. It may also be called when there is nothing,
// and once after Close.
func (h *Hub) Watch(key, view string, start func() Build, ring func()) *Watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers.Add(1)
	t := h.topics[key][view]
	if t == nil {
		t = h.open(key, view, start())
	}
	return t.join(ring)
}

func (h *Hub) open(key, view string, build Build) *topic {
	ctx, stop := context.WithCancel(context.Background())
	t := &topic{hub: h, key: key, view: view, build: build, stop: stop,
		woken: make(chan struct{}, 1), watchers: map[*Watcher]struct{}{}}
	if h.topics[key] == nil {
		h.topics[key] = map[string]*topic{}
	}
	h.topics[key][view] = t
	go t.run(ctx)
	return t
}

// leave takes w out of its topic, and ends the topic with its last watcher.
func (h *Hub) leave(w *Watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers.Add(-1)
	if w.topic.part(w) == 0 {
		h.forget(w.topic)
	}
}

// forget is called with h.mu held, once or twice for a topic.
func (h *Hub) forget(t *topic) {
	t.stop()
	if h.topics[t.key][t.view] != t {
		return
	}
	delete(h.topics[t.key], t.view)
	if len(h.topics[t.key]) == 0 {
		delete(h.topics, t.key)
	}
}
