package sqlitestore

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"seckill/internal/sale"
)

// translate puts what the driver says into a kind of package sale, with the file
// and what was being done with it. Statements here are fixed, so whatever they
// fail of but the machine is the file's contents.
func translate(path, what string, err error) error {
	if err == nil {
		return nil
	}
	kind := sale.ErrDamaged
	var failure *sqlite.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		kind = sale.ErrUnavailable
	case errors.As(err, &failure) && ofTheMachine(failure.Code()):
		kind = sale.ErrUnavailable
		if failure.Code()&0xff == sqlite3.SQLITE_IOERR { // also if a disk is too full even to begin
			what = "its disk is full, or fails: " + what
		}
	}
	return fmt.Errorf("%w: order store %s: %s: %w", kind, path, what, err)
}

// ofTheMachine reports whether a result code blames disk, memory or a lock.
func ofTheMachine(code int) bool {
	if code == sqlite3.SQLITE_IOERR_CORRUPTFS {
		return false
	}
	switch code & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED,
		sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT:
		return true
	}
	return false
}
