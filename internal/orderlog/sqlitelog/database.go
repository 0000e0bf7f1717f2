package sqlitelog

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// The file's own mark and the version of its tables.
const (
	applicationID = 0x5eC1_0106
	schemaVersion = 1
)

const schema = `
CREATE TABLE log_identity (id TEXT NOT NULL) STRICT;
CREATE TABLE log_row (
	first  INTEGER PRIMARY KEY, -- offset of its first record
	count  INTEGER NOT NULL,
	before INTEGER NOT NULL,    -- sum of the row before
	sum    INTEGER NOT NULL,    -- CRC-32C of the rest
	frames BLOB    NOT NULL
) STRICT;
`

const (
	insertRow   = `INSERT INTO log_row (first, count, before, sum, frames) VALUES (?, ?, ?, ?, ?)`
	selectChain = `SELECT first, count, before, sum, frames FROM log_row ORDER BY first`
	selectRows  = `SELECT first, count, before, sum, frames FROM log_row
		WHERE first >= (SELECT max(first) FROM log_row WHERE first <= ?) ORDER BY first`
	// The checkpoint is called for, since the one that SQLite would make by
	// itself keeps the failure of a sync to itself.
	checkpoint = `PRAGMA wal_checkpoint(PASSIVE)`
)

// openWriter opens the file for the goroutine that writes, and makes the tables
// in one that is new.
func openWriter(ctx context.Context, path string) (*sql.DB, string, error) {
	if err := touch(path); err != nil {
		return nil, "", err
	}
	// fdatasync saves the write of the file's times, for which an fsync waits too.
	_, _ = sqlite.Fdatasync(true) // if there is none, SQLite goes on with fsync
	db, err := open(path, "_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(0)&_txlock=immediate")
	if err != nil {
		return nil, "", err
	}
	db.SetMaxOpenConns(1)
	id, err := identify(ctx, db)
	if err != nil {
		_ = db.Close() // the first error is the one to tell
		return nil, "", fault(path, "open", err)
	}
	return db, id, nil
}

func openReader(path string) (*sql.DB, error) { return open(path, "mode=ro") }

func open(path, options string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fault(path, "open", err)
	}
	name := url.URL{Scheme: "file", Path: abs, RawQuery: options + "&_pragma=busy_timeout(5000)"}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fault(path, "open", err)
	}
	return db, nil
}

// minSize is that of the smallest file which SQLite does not take for an empty one.
const minSize = 512

// touch makes the file, so that it and those that SQLite puts beside it are the
// owner's alone, and refuses one that was cut so short that it seems new.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fault(path, "open", err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() > 0 && info.Size() < minSize {
		err = damaged("it is cut to %d bytes", info.Size())
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fault(path, "open", err)
	}
	return nil
}

// identify returns the log's id, and makes log and id if the file is empty.
func identify(ctx context.Context, db *sql.DB) (id string, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer tx.Rollback() //nolint:errcheck // after a Commit there is nothing to roll back
	var tables, application, version int64
	err = tx.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM sqlite_schema), application_id, user_version
		FROM pragma_application_id, pragma_user_version`).Scan(&tables, &application, &version)
	switch {
	case err != nil:
		return "", err
	case tables == 0 && application == 0:
		id = rand.Text()
		_, err = tx.ExecContext(ctx, schema+fmt.Sprintf(`
			PRAGMA application_id = %d; PRAGMA user_version = %d;
			INSERT INTO log_identity (id) VALUES (?)`, applicationID, schemaVersion), id)
	case application != applicationID || version != schemaVersion:
		return "", damaged("it is no order log of version %d", schemaVersion)
	default:
		err = tx.QueryRowContext(ctx, `SELECT coalesce(id, '') FROM log_identity`).Scan(&id)
		if err == nil && id == "" {
			err = damaged("it has no id")
		}
	}
	if err != nil {
		return "", err
	}
	return id, tx.Commit()
}
