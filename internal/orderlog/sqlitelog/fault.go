package sqlitelog

import (
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"seckill/internal/sale"
)

// A damage is how the file contradicts itself.
type damage string

func (d damage) Error() string { return string(d) }

func damaged(format string, args ...any) error { return damage(fmt.Sprintf(format, args...)) }

// fault translates an error met while doing something with the file.
func fault(path, doing string, err error) error {
	kind := sale.ErrUnavailable
	switch {
	case errors.Is(err, sale.ErrNewer):
		return fmt.Errorf("%s %s: %w", doing, path, err)
	case isDamage(err):
		kind = sale.ErrDamaged
	case ofTheDisk(err):
		path += ": its disk is full, or fails"
	}
	return fmt.Errorf("%w: %s %s: %w", kind, doing, path, err)
}

func isDamage(err error) bool {
	if errors.As(err, new(damage)) || errors.Is(err, sql.ErrNoRows) {
		return true
	}
	var driver *sqlite.Error
	if !errors.As(err, &driver) {
		return false
	}
	if driver.Code() == sqlite3.SQLITE_IOERR_SHORT_READ { // the file ends within a page
		return true
	}
	switch driver.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_MISMATCH:
		return true
	case sqlite3.SQLITE_ERROR: // a statement that does not fit the tables
		return true
	}
	return false
}

// ofTheDisk reports whether SQLite says no more than that the system has failed it,
// as it does if a disk is too full even to begin.
func ofTheDisk(err error) bool {
	var driver *sqlite.Error
	return errors.As(err, &driver) && driver.Code()&0xff == sqlite3.SQLITE_IOERR
}
