package kafkalog_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"seckill/internal/orderlog"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/sale"
)

// A ledger is what the order store does for projectors: it moves a position only
// from where it is, whoever asks.
type ledger struct {
	t    *testing.T
	mu   sync.Mutex
	next map[int32]int64
	seen map[int64]int // sequence numbers folded
	held map[int32]map[*kafkalog.Log]bool
	news chan struct{} // closed and made anew on every change
}

func newLedger(t *testing.T) *ledger {
	return &ledger{
		t: t, next: map[int32]int64{}, seen: map[int64]int{}, held: map[int32]map[*kafkalog.Log]bool{},
		news: make(chan struct{}),
	}
}

// change does what f does to the ledger, and tells whoever waits.
func (b *ledger) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	close(b.news)
	b.news = make(chan struct{})
}

// await waits until the ledger is as is says.
func (b *ledger) await(is func() bool) {
	for {
		b.mu.Lock()
		done, news := is(), b.news
		b.mu.Unlock()
		if done {
			return
		}
		<-news
	}
}

// fold folds the lines that stand at from, unless somebody else did.
func (b *ledger) fold(partition int32, from int64, lines []orderlog.Line) {
	b.change(func() {
		if b.next[partition] != from {
			return
		}
		for _, l := range lines {
			b.seen[l.Record.Seq]++
		}
		b.next[partition] = from + int64(len(lines))
	})
}

// project reads partitions into the ledger, as a member of the group, until ctx is done.
func (b *ledger) project(ctx context.Context, l *kafkalog.Log) error {
	return l.Run(ctx, func(ctx context.Context, partition int32) error {
		b.hold(l, partition, true)
		defer b.hold(l, partition, false)
		defer finish(b.t, l, partition)
		for {
			b.mu.Lock()
			from := b.next[partition]
			b.mu.Unlock()
			lines, err := l.Read(ctx, partition, from, 50)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil && !errors.Is(err, sale.ErrUnavailable) {
				return err
			}
			b.fold(partition, from, lines)
		}
	})
}

// finish is what a projector has begun when it loses a partition: it takes as long as some requests.
func finish(t *testing.T, l *kafkalog.Log, partition int32) {
	for range 10 {
		if _, _, err := l.Bounds(t.Context(), partition); err != nil {
			t.Errorf("Bounds: %v", err)
		}
	}
}

func (b *ledger) hold(l *kafkalog.Log, partition int32, on bool) {
	b.change(func() {
		if b.held[partition] == nil {
			b.held[partition] = map[*kafkalog.Log]bool{}
		}
		if on {
			b.held[partition][l] = true
			if len(b.held[partition]) > 1 {
				b.t.Errorf("partition %d is held by two, though nobody was lost", partition)
			}
		} else {
			delete(b.held[partition], l)
		}
	})
}

// shares reports whether each of the 12 partitions is held by one of these, and all of these hold as many.
func (b *ledger) shares(members ...*kafkalog.Log) func() bool {
	return func() bool {
		count := map[*kafkalog.Log]int{}
		for p := range int32(12) {
			if len(b.held[p]) != 1 {
				return false
			}
			for l := range b.held[p] {
				count[l]++
			}
		}
		for _, l := range members {
			if count[l] != 12/len(members) {
				return false
			}
		}
		return true
	}
}

// Members come and go while orders are appended: the partitions are always shared
// out again, and every order is folded once.
func TestMembersShareThePartitions(t *testing.T) {
	brokers, topic := shared(t), freshTopic(t)
	b := newLedger(t)
	var running sync.WaitGroup
	member := func() (l *kafkalog.Log, leave func()) {
		l = open(t, brokers, topic)
		ctx, cancel := context.WithCancel(t.Context())
		running.Go(func() {
			if err := b.project(ctx, l); err != nil {
				t.Errorf("Run: %v", err)
			}
		})
		return l, cancel
	}
	first, leaveFirst := member()
	b.await(b.shares(first))

	seq, stop, stopped := int64(0), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := first.Append(t.Context(), int32(seq/5%12), orders(seq+1, 5)); err != nil {
				t.Errorf("Append: %v", err)
				return
			}
			seq += 5
		}
	}()
	second, leaveSecond := member()
	b.await(b.shares(first, second))
	third, leaveThird := member()
	b.await(b.shares(first, second, third))
	leaveFirst()
	b.await(b.shares(second, third))
	leaveThird()
	b.await(b.shares(second))
	close(stop)
	<-stopped
	b.await(func() bool { return int64(len(b.seen)) == seq })
	leaveSecond()
	running.Wait()
	for n, times := range b.seen {
		if times != 1 || n < 1 || n > seq {
			t.Errorf("order %d was folded %d times", n, times)
		}
	}
}
