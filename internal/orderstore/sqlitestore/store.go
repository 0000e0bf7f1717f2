// Package sqlitestore keeps the order store of one process in one SQLite file.
//
// It promises what package orderstore does: a batch is there whole or not at all,
// with its mark, whatever kills the process. After a power cut the last batches
// may be gone, marks and all, for commits do not wait for the disk
// (synchronous=NORMAL): the log, which does wait, folds them again. It cannot be
// the other way round, a store ahead of its log: nothing reaches a batch that was
// not read from the log, and nothing can be read from the log before it is synced.
// Only what Meta keeps is in no log, so Meta waits for the disk.
//
// One connection writes, a few others read, each from a snapshot of its own; they
// do not wait for each other (WAL). Open makes the file, or brings an older one
// up to date; Close waits for whoever is at work. One process at a time may have
// the file open: its caller holds the folder's lock.
//
// Connections are used through the driver's own interfaces: for a million small
// rows package database/sql costs more than SQLite does.
package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// readers is how many may read at once; more wait. Each costs its page cache.
const readers = 4

// A Store is an open order store.
type Store struct {
	path     string
	now      func() time.Time
	writing  chan *conn // holds the one connection that writes, while nobody does
	reading  chan *conn
	closed   chan struct{}
	close    sync.Once
	progress orderstore.Progress
	recent   recent
	applied  atomic.Int64           // batches, ever
	listed   atomic.Pointer[listed] // what Products read last
}

var _ orderstore.Keeper = (*Store)(nil)

// Open opens the store at path, which it makes if there is none, with mode
// 0600. now is its clock. A file that is no store, or is damaged, is ErrDamaged;
// one that cannot be read or written, or is of a newer version, is ErrUnavailable.
func Open(path string, now func() time.Time) (*Store, error) {
	if err := touch(path); err != nil {
		return nil, fmt.Errorf("%w: order store: %w", sale.ErrUnavailable, err)
	}
	s := &Store{
		path: path, now: now,
		writing: make(chan *conn, 1), reading: make(chan *conn, readers), closed: make(chan struct{}),
	}
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.abandon())
	}
	return s, nil
}

// touch makes the file before SQLite would, which asks for no mode; the files
// that SQLite puts beside it get the mode of this one.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (s *Store) open() error {
	w, err := connect(s.path, writerPragmas)
	if err != nil {
		return err
	}
	s.writing <- w
	if err := migrate(w); err != nil {
		return err
	}
	for range readers {
		r, err := connect(s.path, readerPragmas)
		if err != nil {
			return err
		}
		s.reading <- r
	}
	return s.loadProgress(w)
}

// abandon closes what open had opened when it failed.
func (s *Store) abandon() (err error) {
	for _, set := range []chan *conn{s.reading, s.writing} {
		for len(set) > 0 {
			err = errors.Join(err, (<-set).Close())
		}
	}
	return err
}

// Close ends the store when those who use it are done. What is asked for after
// that is ErrUnavailable.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() {
		close(s.closed)
		for range readers {
			err = errors.Join(err, (<-s.reading).Close())
		}
		// The last to close writes the log of pages back into the file.
		err = errors.Join(err, (<-s.writing).Close())
	})
	return err
}

// take is one of a set of connections, for its caller alone, until it is put back.
func (s *Store) take(ctx context.Context, from chan *conn) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, s.unavailable(err)
	}
	select {
	case c := <-from:
		return c, nil
	case <-ctx.Done():
		return nil, s.unavailable(ctx.Err())
	case <-s.closed:
		return nil, s.unavailable(os.ErrClosed)
	}
}

func (s *Store) unavailable(err error) error {
	return fmt.Errorf("%w: %s: %w", sale.ErrUnavailable, s.path, err)
}
