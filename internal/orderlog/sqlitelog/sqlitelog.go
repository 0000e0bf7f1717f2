// Package sqlitelog keeps the order log of the embedded mode in one SQLite file,
// with one partition.
//
// It promises that a record whose Append answered nil was synced to the disk
// before, and that a log which was changed behind its back is found out.
//
// One goroutine writes. What is appended while a commit is in flight waits and
// goes into the next one together: one row, one sync, whoever appended it. A row
// carries its records, the offset of the first, a CRC-32C over all of that, and
// the sum of the row before, so that the rows are a chain from the log's id to
// its end. Open checks the whole chain, Read every row that it reads.
//
//	open ──Close──► closed
//	  └──a write or a sync failed──► failed ──Close──► closed
//
// A sync that failed is never tried again, as the kernel may have dropped what
// was to be written and would say yes the second time. The log then is failed:
// the batch in question has an unknown outcome, everything after it is
// unavailable, and whoever owns the process watches Failed and ends it. The next
// Open finds what is really there.
//
// Every method is safe for concurrent use. One process at a time may have the
// file open; to see to that is the caller's part.
package sqlitelog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

// A Log is an open order log.
type Log struct {
	path      string
	id        string
	beginning bool // and what comes behind it is damaged

	writer *sql.DB // one connection, for the goroutine that writes
	insert *sql.Stmt
	reader *sql.DB
	query  *sql.Stmt
	// The row that the last read ended with, if it may be in the middle: a
	// row of many records must not be read again for each part of it.
	begun atomic.Pointer[row]

	sum      uint32 // of the last row; the writing goroutine's own
	unmerged int    // pages written since the last checkpoint; likewise

	mu      sync.Mutex
	work    *sync.Cond    // pending is not empty, or over is set
	pending *batch        // takes what is appended now
	spare   []byte        // a buffer for the pending batch after this one
	end     int64         // of what is durable
	grown   chan struct{} // closed when end or over changes
	over    error         // why the log takes no calls any more
	failure error         // why it failed

	failed  chan struct{}
	written chan struct{} // the writing goroutine has ended
}

var _ orderlog.Keeper = (*Log)(nil)

// Open opens the log at path, or makes a new one there, and checks its whole
// chain. A log that contradicts itself is ErrDamaged, with file and place; one
// that cannot be read is ErrUnavailable.
func Open(ctx context.Context, path string) (*Log, error) { return openLog(ctx, path, false) }

// OpenBeginning opens a log that is damaged for what stands before the damage, to be
// read, and nothing else. It is ErrDamaged if nothing stands there.
func OpenBeginning(ctx context.Context, path string) (*Log, error) { return openLog(ctx, path, true) }

func openLog(ctx context.Context, path string, beginning bool) (*Log, error) {
	l := &Log{
		path: path, beginning: beginning, pending: newBatch(nil), grown: make(chan struct{}),
		failed: make(chan struct{}), written: make(chan struct{}),
	}
	l.work = sync.NewCond(&l.mu)
	if err := l.connect(ctx); err != nil {
		return nil, errors.Join(err, l.disconnect())
	}
	go l.write()
	return l, nil
}

func (l *Log) connect(ctx context.Context) (err error) {
	if l.writer, l.id, err = openWriter(ctx, l.path); err != nil {
		return err
	}
	l.end, l.sum, err = checkChain(ctx, l.writer, l.path, l.id)
	if err != nil && !(l.beginning && l.end > 0 && errors.Is(err, sale.ErrDamaged)) {
		return err
	}
	if l.insert, err = l.writer.PrepareContext(ctx, insertRow); err != nil {
		return fault(l.path, "prepare", err)
	}
	if l.reader, err = openReader(l.path); err != nil {
		return err
	}
	if l.query, err = l.reader.PrepareContext(ctx, selectRows); err != nil {
		return fault(l.path, "prepare", err)
	}
	return nil
}

// Close waits for the appends that were taken and closes the file. Every later
// call is ErrUnavailable.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.over == nil {
		l.finish(fmt.Errorf("%w: %s is closed", sale.ErrUnavailable, l.path))
	}
	l.mu.Unlock()
	<-l.written
	return l.disconnect()
}

// finish ends the taking of calls. l.mu is held.
func (l *Log) finish(over error) {
	l.over = over
	l.work.Signal()
	close(l.grown)
}

func (l *Log) disconnect() error {
	if l.reader != nil {
		_ = l.reader.Close() // it has nothing to write
	}
	// To close the last connection is to sync again, which a failed log must not.
	if l.writer == nil || l.Err() != nil {
		return nil
	}
	if err := l.writer.Close(); err != nil {
		return fault(l.path, "close", err)
	}
	return nil
}

// Failed is closed when the log has failed: the process must end.
func (l *Log) Failed() <-chan struct{} { return l.failed }

// Err is why the log failed, nil if it did not.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failure
}

// Run implements orderlog.Group: this process is the only one, so it is given
// the one partition until ctx is done.
func (l *Log) Run(ctx context.Context, f func(ctx context.Context, partition int32) error) error {
	err := f(ctx, 0)
	if err == nil {
		<-ctx.Done()
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil // it was told to end, and says so
	}
	return err
}
