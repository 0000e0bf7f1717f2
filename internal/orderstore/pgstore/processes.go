package pgstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// Whoever says that it is alive, and whoever asks what may be written, holds the row
// of seckill_written: either the one that asks sees the process, or the process sees
// what was allowed. The clock is read behind that wait.
const (
	readWritten = "SELECT version FROM seckill_written FOR UPDATE"
	noteProcess = `INSERT INTO seckill_process (id, role, place, reads, seen_at) VALUES ($1, $2, $3, $4, clock_timestamp())
		ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`
	dropGone      = "DELETE FROM seckill_process WHERE seen_at < clock_timestamp() - make_interval(secs => $1)"
	dropProcess   = "DELETE FROM seckill_process WHERE id = $1"
	readsTheLeast = "SELECT role, place, reads FROM seckill_process WHERE reads < $1 ORDER BY reads, id LIMIT 1"
	readLiving    = "SELECT id, role, place, reads FROM seckill_process WHERE seen_at >= clock_timestamp() - make_interval(secs => $1) ORDER BY id"
	setWritten    = "UPDATE seckill_written SET version = $1"
)

// Alive is orderstore.Processes's. It also drops the rows of those that are gone.
func (s *Store) Alive(ctx context.Context, p orderstore.Process) error {
	return s.withVersion(ctx, func(tx pgx.Tx, allowed int) error {
		if p.Reads < allowed {
			return fmt.Errorf("%w: this one reads records up to version %d, and version %d may be in the log: start a newer one", sale.ErrNewer, p.Reads, allowed)
		}
		if _, err := tx.Exec(ctx, noteProcess, p.ID, p.Role, p.Place, p.Reads); err != nil {
			return translate("write seckill_process", err)
		}
		return forgetGone(ctx, tx)
	})
}

// Allow is orderstore.Processes's.
func (s *Store) Allow(ctx context.Context, version int) error {
	return s.withVersion(ctx, func(tx pgx.Tx, allowed int) error {
		if version <= allowed {
			return nil
		}
		if err := forgetGone(ctx, tx); err != nil {
			return err
		}
		var role, place string
		var reads int
		err := tx.QueryRow(ctx, readsTheLeast, version).Scan(&role, &place, &reads)
		switch {
		case err == nil:
			return fmt.Errorf("%w: records of version %d are not written yet: the process %s (%s) reads them up to version %d", sale.ErrUnavailable, version, place, role, reads)
		case !errors.Is(err, pgx.ErrNoRows):
			return translate("read seckill_process", err)
		}
		_, err = tx.Exec(ctx, setWritten, version)
		return translate("write seckill_written", err)
	})
}

// Living is orderstore.Processes's.
func (s *Store) Living(ctx context.Context) (all []orderstore.Process, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = query(ctx, s.pool, readLiving, []any{orderstore.ProcessGone.Seconds()}, func(rows pgx.Rows) error {
		var p orderstore.Process
		err := rows.Scan(&p.ID, &p.Role, &p.Place, &p.Reads)
		all = append(all, p)
		return err
	})
	return all, err
}

// Ended is orderstore.Processes's.
func (s *Store) Ended(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := s.pool.Exec(ctx, dropProcess, id)
	return translate("write seckill_process", err)
}

// withVersion has f decide under the version up to which records may be written.
func (s *Store) withVersion(ctx context.Context, f func(tx pgx.Tx, allowed int) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return s.within(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		var allowed int
		if err := tx.QueryRow(ctx, readWritten).Scan(&allowed); err != nil {
			return translate("read seckill_written", err)
		}
		return f(tx, allowed)
	})
}

// Whoever was seen by a clock that was set back since may be gone: not for as long as that.
const seenByNow = "UPDATE seckill_process SET seen_at = clock_timestamp() WHERE seen_at > clock_timestamp()"

func forgetGone(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, seenByNow)
	if err == nil {
		_, err = tx.Exec(ctx, dropGone, orderstore.ProcessGone.Seconds())
	}
	return translate("write seckill_process", err)
}

const recoveryKey = "hashtext('seckill recover'), hashtext(current_schema())"

// LockRecovery has this process alone recover the sale, until release is called or it
// ends; while another one does, it is ErrUnavailable. held is ctx, and also done when the
// lock turns out to be lost, with its server or the way there: another one may have it then.
func (s *Store) LockRecovery(ctx context.Context) (held context.Context, release func(), err error) {
	try, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, end, err := lasting(try, s.pool)
	if err != nil {
		return nil, nil, translate("lock the recovery", err)
	}
	var free bool
	err = c.QueryRow(try, "SELECT pg_try_advisory_xact_lock("+recoveryKey+")").Scan(&free)
	if err == nil && free {
		held, lose := context.WithCancelCause(ctx)
		var watch sync.WaitGroup
		watch.Go(func() { lose(untilLost(held, c)) })
		return held, func() { lose(nil); watch.Wait(); end() }, nil
	}
	end()
	if err == nil {
		return nil, nil, fmt.Errorf("%w: another process is recovering this sale", sale.ErrUnavailable)
	}
	return nil, nil, translate("lock the recovery", err)
}

// untilLost uses a transaction each second, so that no pooler takes it for idle, and returns why that
// is no longer possible, or nil once ctx is done.
func untilLost(ctx context.Context, c *pgx.Conn) error {
	for tick := time.Tick(time.Second); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick:
		}
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		_, err := c.Exec(late, "SELECT 1")
		cancel()
		if err != nil {
			return translate("the lock of the recovery is lost", err)
		}
	}
}
