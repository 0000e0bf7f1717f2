package sim

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// memLog is an order log in memory. logtest holds it to the contract.
type memLog struct {
	mu         sync.Mutex
	partitions [][]orderlog.Line     // as a program reads them that reads all versions
	versions   map[sale.Position]int // those above 1
	hidden     []int64               // of each partition: lines from here on are not read yet; 0: none
	grown      chan struct{}         // closed and made anew when a line comes
	closed     bool
	written    uint32 // lines, ever
	topic      string // which log it is
}

var _ orderlog.Keeper = (*memLog)(nil)

func newMemLog(partitions int) *memLog {
	l := &memLog{versions: map[sale.Position]int{}, partitions: make([][]orderlog.Line, partitions), hidden: make([]int64, partitions), grown: make(chan struct{})}
	l.topic = fmt.Sprintf("%p", l)
	return l
}

func (l *memLog) Append(ctx context.Context, partition int32, records []sale.Record) (sale.Position, error) {
	return l.appendAs(ctx, partition, records, 0)
}

// appendAs appends records that say at least this version.
func (l *memLog) appendAs(ctx context.Context, partition int32, records []sale.Record, version int) (sale.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || ctx.Err() != nil {
		return sale.Position{}, unavailable
	}
	for i := range records {
		r := &records[i]
		l.add(partition, r.ProductID, r.Kind, max(r.Version(), version), r.Epoch, r.AppendBody(nil))
	}
	return sale.Position{Partition: partition, Offset: int64(len(l.partitions[partition])) - 1}, nil
}

// add takes a line as any log does: by its written form.
func (l *memLog) add(partition int32, product string, kind sale.Kind, version int, epoch int64, raw []byte) {
	w := orderlog.Written{Product: []byte(product), Kind: []byte(kind), Version: version, Epoch: epoch, Body: raw}
	at := sale.Position{Partition: partition, Offset: int64(len(l.partitions[partition]))}
	line, err := w.Line(at)
	if l.versions[at] = version; version < 2 {
		delete(l.versions, at)
	}
	if err != nil {
		w.Version = sale.Version
		line, _ = w.Line(at)
	}
	l.written++
	line.Sum = l.written
	l.partitions[partition] = append(l.partitions[partition], line)
	close(l.grown)
	l.grown = make(chan struct{})
}

func (l *memLog) Partition(product string) int32 {
	h := fnv.New32a()
	h.Write([]byte(product))
	return int32(h.Sum32() % uint32(len(l.partitions)))
}

func (l *memLog) Partitions(context.Context) (int32, error) {
	return int32(len(l.partitions)), l.reachable()
}

var unavailable = fmt.Errorf("log: %w", sale.ErrUnavailable)

// reachable is nil, or why nobody is answered.
func (l *memLog) reachable() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return unavailable
	}
	return nil
}

func (l *memLog) Read(ctx context.Context, partition int32, from int64, most int) ([]orderlog.Line, error) {
	return l.readAs(ctx, partition, from, most, sale.Version)
}

// readAs reads as a program does that reads records up to this version.
func (l *memLog) readAs(ctx context.Context, partition int32, from int64, most, version int) ([]orderlog.Line, error) {
	for {
		lines, grown, err := l.slice(partition, from, most, version)
		if len(lines) > 0 || err != nil {
			return lines, err
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, fmt.Errorf("log: %w: %w", sale.ErrUnavailable, ctx.Err())
		}
	}
}

func (l *memLog) slice(partition int32, from int64, most, version int) ([]orderlog.Line, <-chan struct{}, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.partitions[partition]
	if l.closed {
		return nil, nil, unavailable
	}
	if from < 0 || from > int64(len(all)) {
		return nil, nil, fmt.Errorf("log: no offset %d in a log of %d: %w", from, len(all), sale.ErrDamaged)
	}
	lines := all[from:max(from, min(from+int64(most), l.shown(partition)))]
	for i := range lines {
		at := sale.Position{Partition: partition, Offset: from + int64(i)}
		if newer := l.versions[at]; newer > version {
			err := fmt.Errorf("the log at partition %d, offset %d: %w: this one reads records up to version %d, and that is of version %d",
				partition, at.Offset, sale.ErrNewer, version, newer)
			lines, err := orderlog.Readable(lines[:i], err)
			return lines, l.grown, err
		}
	}
	return lines, l.grown, nil
}

// readable is where the lines end that can be read now.
func (l *memLog) readable(partition int32) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown(partition)
}

func (l *memLog) shown(partition int32) int64 {
	if hidden := l.hidden[partition]; hidden > 0 {
		return hidden
	}
	return int64(len(l.partitions[partition]))
}

// hide keeps what comes from now on from all who read, until lose cuts it off.
func (l *memLog) hide(partition int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hidden[partition] = int64(len(l.partitions[partition]))
}

func (l *memLog) lose(partition int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if hidden := l.hidden[partition]; hidden > 0 {
		l.partitions[partition] = slices.Clip(l.partitions[partition][:hidden])
		l.hidden[partition] = 0
	}
}

func (l *memLog) Bounds(_ context.Context, partition int32) (first, end int64, err error) {
	err = l.reachable()
	l.mu.Lock()
	defer l.mu.Unlock()
	return 0, int64(len(l.partitions[partition])), err
}

func (l *memLog) Source(context.Context, int32) (orderlog.Source, error) {
	return orderlog.Source{Cluster: "memory", Topic: l.topic}, l.reachable()
}

func (l *memLog) Run(ctx context.Context, f func(context.Context, int32) error) error {
	g, each := errgroup.WithContext(ctx)
	for p := range l.partitions {
		g.Go(func() error { return f(each, int32(p)) })
	}
	if err := g.Wait(); err != nil && ctx.Err() == nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func (l *memLog) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	close(l.grown)
	l.grown = make(chan struct{})
}
