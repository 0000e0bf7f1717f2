package purchase

import (
	"context"
	"sync"
)

// A Shared is a look-up that those who ask at the same time share: while one is under
// way the next one fills. Nobody joins one that has begun, so whoever asks is told what
// was there after they asked.
type Shared[K, V any] struct {
	ctx   context.Context // of the look-ups
	look  func(ctx context.Context, keys []K) (V, error)
	spawn func(work func())
	await func(ctx context.Context, done <-chan struct{}) error

	mu   sync.Mutex
	next *lookUp[K, V] // the one that fills; nil if none does
	busy bool          // one is under way
}

type lookUp[K, V any] struct {
	keys  []K
	done  chan struct{}
	found V
	err   error
}

// NewShared shares look, whose calls end with ctx. spawn and await are as in Parts.
func NewShared[K, V any](ctx context.Context, look func(ctx context.Context, keys []K) (V, error),
	spawn func(work func()), await func(ctx context.Context, done <-chan struct{}) error,
) *Shared[K, V] {
	return &Shared[K, V]{ctx: ctx, look: look, spawn: spawn, await: await}
}

// Ask is what a look-up for this key and others has found, or why it failed; also that
// ctx was done before.
func (s *Shared[K, V]) Ask(ctx context.Context, key K) (found V, err error) {
	l := s.join(key)
	if err := s.await(ctx, l.done); err != nil {
		return found, err
	}
	return l.found, l.err
}

func (s *Shared[K, V]) join(key K) *lookUp[K, V] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next = &lookUp[K, V]{done: make(chan struct{})}
	}
	l := s.next
	l.keys = append(l.keys, key)
	if !s.busy {
		s.busy = true
		s.spawn(s.work)
	}
	return l
}

// work makes one look-up after the other, for as long as somebody waits for one.
func (s *Shared[K, V]) work() {
	for {
		s.mu.Lock()
		l := s.next
		s.next, s.busy = nil, l != nil
		s.mu.Unlock()
		if l == nil {
			return
		}
		l.found, l.err = s.look(s.ctx, l.keys)
		close(l.done)
	}
}
