package orderstore

import (
	"context"
	"fmt"
	"maps"
	"os"
	"sync"

	"seckill/internal/sale"
)

// A Progress is how far each partition is folded, as far as a process knows, for
// those who wait for it: a keeper's Passed. The zero Progress knows of nothing.
type Progress struct {
	mu    sync.Mutex
	next  map[int32]int64
	moved chan struct{} // closed at the next move; nil: nobody waits
}

// Set takes what was read, also if it is less: a store may have been put back
// to an older copy. Nil is for when nothing can be known.
func (p *Progress) Set(next map[int32]int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	differs := !maps.Equal(p.next, next)
	if p.next = next; differs {
		p.wake()
	}
}

// Advance takes what was told of one partition. It may be older than what is known.
func (p *Progress) Advance(partition int32, next int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if next <= p.next[partition] {
		return
	}
	if p.next == nil {
		p.next = map[int32]int64{}
	}
	p.next[partition] = next
	p.wake()
}

func (p *Progress) wake() {
	if p.moved != nil {
		close(p.moved)
		p.moved = nil
	}
}

// Await waits until the record at this position is folded. Its error is
// ErrUnavailable, with that of ctx if it is done, or if the keeper is closed.
func (p *Progress) Await(ctx context.Context, at sale.Position, closed <-chan struct{}) error {
	for {
		passed, moved := p.Passed(at)
		if passed {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return waiting(ctx.Err())
		case <-closed:
			return waiting(os.ErrClosed)
		}
	}
}

// Passed reports whether the record at this position is folded, and else what is
// closed when that may have changed.
func (p *Progress) Passed(at sale.Position) (bool, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.moved == nil {
		p.moved = make(chan struct{})
	}
	return p.next[at.Partition] > at.Offset, p.moved
}

func waiting(err error) error {
	return fmt.Errorf("%w: order store: wait for a position: %w", sale.ErrUnavailable, err)
}
