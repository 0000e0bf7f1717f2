package pgstore

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"seckill/internal/sale"
)

//go:embed migrations/*.sql
var files embed.FS

// migrate brings the tables up to date. Of processes that come at once, the first
// does it and the others wait.
func migrate(ctx context.Context, pool *pgxpool.Pool) error {
	return prepare(ctx, pool, func(steps *goose.Provider) error {
		c, release, err := lasting(ctx, pool)
		if err == nil {
			defer release()
			_, err = c.Exec(ctx, "SELECT pg_advisory_xact_lock("+lockKey+")")
		}
		if err == nil {
			_, err = steps.Up(ctx)
		}
		return translate("make the tables", err)
	})
}

// current wants the tables as this program would make them.
func current(ctx context.Context, pool *pgxpool.Pool) error {
	return prepare(ctx, pool, func(steps *goose.Provider) error {
		var made bool
		err := pool.QueryRow(ctx, "SELECT to_regclass('"+versions+"') IS NOT NULL").Scan(&made)
		switch {
		case err != nil:
			return translate("look for the tables", err)
		case !made:
			return fmt.Errorf("%w: Postgres has no tables of seckill there", sale.ErrNotFound)
		}
		has, knows, err := steps.GetVersions(ctx)
		if err == nil && has < knows {
			return fmt.Errorf("%w: order store: its tables are of version %d, and this program's of %d: start it to bring them up", sale.ErrUnavailable, has, knows)
		}
		return translate("read the version of the tables", err)
	})
}

// versions is the table in which goose notes what it has made.
const versions = "seckill_version"

// prepare takes the steps that work needs, and wants no tables of a newer program after it.
func prepare(ctx context.Context, pool *pgxpool.Pool, work func(*goose.Provider) error) error {
	var path string
	var schema *string
	if err := pool.QueryRow(ctx, "SELECT current_setting('search_path'), current_schema()").Scan(&path, &schema); err != nil {
		return translate("connect", err)
	}
	if schema == nil {
		return fmt.Errorf("%w: order store: there is no schema of the search_path %s", sale.ErrUnavailable, path)
	}
	folder, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(pool)
	defer func() { _ = db.Close() }() // it only gives connections back
	steps, err := goose.NewProvider(goose.DialectPostgres, db, folder, goose.WithTableName(versions))
	if err != nil {
		return err
	}
	if err := work(steps); err != nil {
		return err
	}
	has, knows, err := steps.GetVersions(ctx)
	if err == nil && has > knows {
		return fmt.Errorf("%w: order store: its tables are of version %d, and this program knows them up to %d: a newer one made them",
			sale.ErrUnavailable, has, knows)
	}
	return translate("read the version of the tables", err)
}

const lockKey = "hashtext('seckill'), hashtext(current_schema())"

// lasting begins a transaction on a connection of its own, which keeps what it locks until
// release, however long that is, or until this process ends. A pooler keeps one session for it.
func lasting(ctx context.Context, pool *pgxpool.Pool) (c *pgx.Conn, release func(), err error) {
	if c, err = pgx.ConnectConfig(ctx, pool.Config().ConnConfig); err != nil {
		return nil, nil, err
	}
	release = func() { // unlocked first: the server may notice the end of a connection later
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_, _ = c.Exec(late, "ROLLBACK")
		_ = c.Close(late)
	}
	if _, err = c.Exec(ctx, "BEGIN; "+unbounded); err != nil {
		release()
		return nil, nil, err
	}
	return c, release, nil
}

// unbounded has a transaction last as long as it wants to, whatever the role or the database would have it
// last. transaction_timeout is there since Postgres 17.
const unbounded = "SELECT set_config(name, '0', true) FROM pg_settings WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')"
