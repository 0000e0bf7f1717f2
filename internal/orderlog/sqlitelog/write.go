package sqlitelog

import (
	"fmt"
	"runtime"

	"seckill/internal/crash"
	"seckill/internal/sale"
)

// Pages, of the 4096 bytes that SQLite uses: after so many a checkpoint moves
// them from the write-ahead log into the file. A larger number makes it longer,
// and somebody waits for it.
const (
	pageSize       = 4096
	maxUnmerged    = 1000
	pagesOfACommit = 3       // that a commit writes beside its records
	maxSpare       = 4 << 20 // bytes of a buffer that is worth keeping
)

// write is the goroutine that writes: batch after batch, until the log is over.
func (l *Log) write() {
	defer close(l.written)
	for {
		b := l.next()
		if b == nil {
			return
		}
		crash.At("sqlitelog: a batch is to be written")
		if err := l.commit(b); err != nil {
			l.fail(b, err)
			return
		}
		crash.At("sqlitelog: a batch is written")
		l.publish(b)
		crash.At("sqlitelog: those who appended are told")
		if err := l.merge(); err != nil {
			l.fail(nil, err)
			return
		}
	}
}

// next takes the pending batch, as soon as there is one; nil: the log is closed
// and everything is written.
func (l *Log) next() *batch {
	// Those who waited for the last commit come back with more: let them be in
	// this one.
	runtime.Gosched()
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.pending.count == 0 {
		if l.over != nil {
			return nil
		}
		l.work.Wait()
	}
	b := l.pending
	b.first = l.end
	l.pending, l.spare = newBatch(l.spare), nil
	return b
}

func (l *Log) commit(b *batch) error {
	r := row{first: b.first, count: b.count, before: l.sum, frames: b.frames}
	r.sum = r.checksum()
	if _, err := l.insert.Exec(r.first, r.count, r.before, r.sum, r.frames); err != nil {
		return err
	}
	l.sum = r.sum
	l.unmerged += pagesOfACommit + len(b.frames)/pageSize
	return nil
}

// publish tells those who appended and those who read.
func (l *Log) publish(b *batch) {
	l.mu.Lock()
	l.end += b.count
	if cap(b.frames) <= maxSpare {
		l.spare = b.frames
	}
	if l.over == nil {
		close(l.grown)
		l.grown = make(chan struct{})
	}
	l.mu.Unlock()
	close(b.done)
}

// merge moves pages that were written long enough ago into the file. That a
// reader keeps some of them back is no failure: the next one moves them.
func (l *Log) merge() error {
	if l.unmerged < maxUnmerged {
		return nil
	}
	l.unmerged = 0
	var blocked, pages, moved int
	return l.writer.QueryRow(checkpoint).Scan(&blocked, &pages, &moved)
}

// fail ends the log: the outcome of b is unknown, what waits behind it was never written.
func (l *Log) fail(b *batch, err error) {
	l.mu.Lock()
	l.failure = fault(l.path, "write", err)
	over := fmt.Errorf("%w: the order log has failed: %w", sale.ErrUnavailable, l.failure)
	if l.over == nil {
		l.finish(over)
	}
	waiting := l.pending
	l.pending = newBatch(nil)
	l.mu.Unlock()
	if b != nil {
		b.err = fmt.Errorf("%w: %v", sale.ErrUnknownOutcome, l.failure)
		close(b.done)
	}
	waiting.err = over
	close(waiting.done)
	close(l.failed)
}
