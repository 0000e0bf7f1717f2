package pgstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

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
		_, err := steps.Up(ctx)
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
	steps, err := goose.NewProvider(goose.DialectPostgres, db, folder,
		goose.WithTableName(versions), goose.WithSessionLocker(locker{}))
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

// A locker holds an advisory lock of this schema. The library's own looks again
// only every second or more; this one is waked.
type locker struct{}

const lockKey = "hashtext('seckill'), hashtext(current_schema())"

func (locker) SessionLock(ctx context.Context, c *sql.Conn) error {
	_, err := c.ExecContext(ctx, "SELECT pg_advisory_lock("+lockKey+")")
	return err
}

func (locker) SessionUnlock(ctx context.Context, c *sql.Conn) error {
	_, err := c.ExecContext(ctx, "SELECT pg_advisory_unlock("+lockKey+")")
	return err
}
