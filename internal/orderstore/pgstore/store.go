// Package pgstore keeps the order store of a cluster in Postgres, 15 and up.
//
// It promises what package orderstore does, to any number of processes at once: a
// batch is there whole or not at all, with its mark, and whoever loses the race
// for a mark has changed nothing. The race is decided by compare-and-set on the
// row of seckill_position, which a batch holds from its first statement to its
// commit; a process that stops in between loses its session, and with it the
// row, after the time stall.
//
//	move the mark ──► lock the products ──► read ──► fold ──► write, notify ──► commit
//	   └─ moved by another: roll back
//
// Constraints of the tables are the arbiter: a batch that breaks one is
// ErrDamaged and leaves no trace. No conflict is ever passed over, for under the
// mark and the locks the fold has seen whatever it could conflict with.
//
// Open makes the tables, or brings older ones up to date, under an advisory
// lock, so that any number of processes may start at once. A Store has a pool of
// connections and one more, which listens for positions and looks them up every
// so often should a notification be missing. Behind a pooler that gives each transaction
// another session it looks them up all the time: pooled. After a lost connection it connects anew by itself; Close
// ends it.
package pgstore

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"seckill/internal/orderstore"
)

// patience bounds every call but those that read a whole sale. It is long, as a
// batch may have a million orders to delete.
const patience = time.Minute

// A Store is an open order store.
type Store struct {
	pool     *pgxpool.Pool
	begin    string // what follows the BEGIN of a transaction: pooled
	poll     time.Duration
	progress orderstore.Progress
	closed   context.Context
	close    context.CancelFunc
	feed     sync.WaitGroup
}

var _ orderstore.Keeper = (*Store)(nil)

// Open opens the store at url, which follows the rules of libpq: what it leaves
// out comes from PGHOST, PGPASSFILE, PGSSLMODE and their like, and from a
// password file; search_path in it chooses the schema, which must be there;
// pool_max_conns bounds the pool. ErrUnavailable, if it may be tried again,
// has what is missing; tables of a newer version are ErrUnavailable too. A pooler
// in between that refuses transactions is an error of no kind, and so is a setting in the
// URL that would have to be left in its sessions.
func Open(ctx context.Context, url string) (*Store, error) {
	return open(ctx, url, time.Second, migrate)
}

// OpenExisting is Open for who only looks: it makes no tables. If there are none
// it is ErrNotFound.
func OpenExisting(ctx context.Context, url string) (*Store, error) {
	return open(ctx, url, time.Second, current)
}

func open(ctx context.Context, url string, poll time.Duration, prepare func(context.Context, *pgxpool.Pool) error) (*Store, error) {
	config, session, err := configure(url)
	if err != nil {
		return nil, err
	}
	begin, err := pooled(ctx, config, session)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(context.WithoutCancel(ctx), config)
	if err != nil {
		return nil, translate("connect", err)
	}
	if err := prepare(ctx, pool); err != nil {
		pool.Close()
		return nil, err
	}
	s := &Store{pool: pool, begin: begin, poll: poll}
	s.closed, s.close = context.WithCancel(context.Background())
	s.feed.Go(s.listen)
	return s, nil
}

// Close ends the store when those who use it are done. What is asked for after
// that is ErrUnavailable.
func (s *Store) Close() error {
	s.close()
	s.feed.Wait()
	s.pool.Close()
	return nil
}

// within runs f in one transaction; whatever goes wrong, nothing happened, unless
// it was the commit itself.
func (s *Store) within(ctx context.Context, options pgx.TxOptions, f func(pgx.Tx) error) error {
	if s.begin != "" {
		options.BeginQuery = fmt.Sprintf("BEGIN ISOLATION LEVEL %s%s%s", cmp.Or(options.IsoLevel, pgx.ReadCommitted), access(options), s.begin)
	}
	tx, err := s.pool.BeginTx(ctx, options)
	if err != nil {
		return translate("begin", err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // does nothing after a commit; if it fails, the connection is dropped
	if err := f(tx); err != nil {
		return err
	}
	return translate("commit", tx.Commit(ctx))
}

func access(o pgx.TxOptions) string {
	if o.AccessMode == "" {
		return ""
	}
	return " " + string(o.AccessMode)
}
