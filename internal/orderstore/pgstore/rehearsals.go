package pgstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seckill/internal/sale"
)

// Rehearsals is where the rehearsals of a cluster are kept: a rehearsal.Registry.
// That one runs at a time in all processes is a unique index; the server's clock
// says which one has given no sign for too long.
type Rehearsals struct {
	store *Store
	alone time.Duration // without a sign: then it is taken for gone
}

// Rehearsals gives the registry. One that gives no sign for so long is taken for gone.
func (s *Store) Rehearsals(alone time.Duration) *Rehearsals { return &Rehearsals{s, alone} }

// alive is true of the one that runs; $1 is how long one may be alone.
const alive = "(running AND seen > now() - $1::interval)"

// Begin puts up the one that runs, or tells which other does.
func (r *Rehearsals) Begin(ctx context.Context, id string, summary []byte) (other string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = r.store.within(ctx, pgx.TxOptions{}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "UPDATE seckill_rehearsal SET running = false WHERE running AND NOT "+alive, r.alone); err != nil {
			return translate("end a rehearsal that is gone", err)
		}
		tag, err := tx.Exec(ctx, "INSERT INTO seckill_rehearsal (id, summary, running, seen) VALUES ($1, $2, true, now()) ON CONFLICT DO NOTHING", id, summary)
		if err != nil || tag.RowsAffected() == 1 {
			return translate("begin a rehearsal", err)
		}
		err = tx.QueryRow(ctx, "SELECT id FROM seckill_rehearsal WHERE running").Scan(&other)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("%w: order store: the other rehearsal has just ended", sale.ErrUnavailable)
		}
		return translate("find the rehearsal that runs", err)
	})
	return other, err
}

// Keep replaces what is kept of the one that runs.
func (r *Rehearsals) Keep(ctx context.Context, id string, summary, report []byte, ended bool) (stop bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = r.store.pool.QueryRow(ctx, `UPDATE seckill_rehearsal SET summary = $2, report = coalesce($3, report), running = NOT $4, seen = now()
		WHERE id = $1 AND running RETURNING stop`, id, summary, report, ended).Scan(&stop)
	return stop, r.found("keep a rehearsal", err)
}

// Get returns one, and whether it runs.
func (r *Rehearsals) Get(ctx context.Context, id string) (summary, report []byte, running bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = r.store.pool.QueryRow(ctx, "SELECT summary, report, "+alive+" FROM seckill_rehearsal WHERE id = $2", r.alone, id).
		Scan(&summary, &report, &running)
	return summary, report, running, r.found("read a rehearsal", err)
}

// All calls f with every one, newest first.
func (r *Rehearsals) All(ctx context.Context, f func(id string, summary []byte, running bool)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return query(ctx, r.store.pool, "SELECT id, summary, "+alive+" FROM seckill_rehearsal ORDER BY id DESC", []any{r.alone}, func(row pgx.Rows) error {
		var id string
		var summary []byte
		var running bool
		err := row.Scan(&id, &summary, &running)
		if err == nil {
			f(id, summary, running)
		}
		return err
	})
}

// Remove takes one away, or asks it to stop.
func (r *Rehearsals) Remove(ctx context.Context, id string) (running bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = r.store.within(ctx, pgx.TxOptions{}, func(tx pgx.Tx) error {
		asked, err := tx.Exec(ctx, "UPDATE seckill_rehearsal SET stop = true WHERE id = $2 AND "+alive, r.alone, id)
		if running = asked.RowsAffected() > 0; err != nil || running {
			return translate("stop a rehearsal", err)
		}
		gone, err := tx.Exec(ctx, "DELETE FROM seckill_rehearsal WHERE id = $1", id)
		if err == nil && gone.RowsAffected() == 0 {
			return sale.ErrNotFound
		}
		return translate("remove a rehearsal", err)
	})
	return running, err
}

// found is translate, where no row means that there is no such rehearsal.
func (r *Rehearsals) found(what string, err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%w: order store: %s", sale.ErrNotFound, what)
	}
	return translate(what, err)
}
