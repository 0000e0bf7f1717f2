package sqlitestore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"modernc.org/sqlite"

	"seckill/internal/sale"
)

// Figures of docs/performance.md. The pages that random users touch are the cost
// of a batch: a larger page cache or a longer log of pages saves few of them, as
// a batch of 2,000 meets nearly 2,000 different ones.
const (
	writerPragmas = `
		PRAGMA busy_timeout = 5000;
		PRAGMA journal_mode = WAL;
		PRAGMA synchronous = NORMAL;
		PRAGMA wal_autocheckpoint = 4000;
		PRAGMA journal_size_limit = 67108864;
		PRAGMA cache_size = -32000;
		PRAGMA temp_store = MEMORY`
	readerPragmas = `
		PRAGMA busy_timeout = 5000;
		PRAGMA query_only = ON;
		` + readerCache
	readerCache = "PRAGMA cache_size = -4000"
)

// A conn is one connection, for one goroutine at a time, with its prepared
// statements. Its errors are already of the kinds of package sale.
type conn struct {
	driver.Conn
	path string
	idle map[string]driver.Stmt
	args []driver.NamedValue // of the statement being started
}

func connect(path, pragmas string) (*conn, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, translate(path, "open", err)
	}
	// A URI, so that no character of the path means anything to SQLite.
	raw, err := new(sqlite.Driver).Open("file:" + (&url.URL{Path: full}).EscapedPath())
	if err != nil {
		return nil, translate(path, "open", err)
	}
	c := &conn{Conn: raw, path: path, idle: map[string]driver.Stmt{}}
	if _, err := c.exec("open", pragmas); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// exec runs a statement. What it does is for the error.
func (c *conn) exec(what, sql string, args ...driver.Value) (driver.Result, error) {
	stmt, err := c.prepare(sql)
	if err != nil {
		return nil, translate(c.path, what, err)
	}
	defer c.put(sql, stmt)
	result, err := stmt.(driver.StmtExecContext).ExecContext(context.Background(), c.named(args))
	return result, translate(c.path, what, err)
}

// query calls row with each row of a query; the values are valid during the call.
// The errors of row are passed on as they are, its misfits as damage.
func (c *conn) query(ctx context.Context, what, sql string, args []driver.Value, row func([]driver.Value) error) (err error) {
	defer func() {
		if m, is := catch(recover()); is {
			err = fmt.Errorf("%w: order store %s: %s: %s", sale.ErrDamaged, c.path, what, m)
		}
	}()
	stmt, err := c.prepare(sql)
	if err != nil {
		return translate(c.path, what, err)
	}
	defer c.put(sql, stmt)
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(ctx, c.named(args))
	if err != nil {
		return translate(c.path, what, err)
	}
	defer func() { _ = rows.Close() }() // Next has told what went wrong
	values := make([]driver.Value, len(rows.Columns()))
	for {
		switch err := rows.Next(values); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return translate(c.path, what, err)
		}
		if err := row(values); err != nil {
			return err
		}
	}
}

// prepare takes the statement from the idle ones: a query may run inside the
// rows of the same query.
func (c *conn) prepare(sql string) (driver.Stmt, error) {
	if stmt := c.idle[sql]; stmt != nil {
		delete(c.idle, sql)
		return stmt, nil
	}
	return c.Conn.Prepare(sql)
}

func (c *conn) put(sql string, stmt driver.Stmt) {
	if c.idle[sql] != nil {
		_ = stmt.Close() // SQLite finalizes it, whatever it did last
		return
	}
	c.idle[sql] = stmt
}

// Close closes the statements, and then the connection.
func (c *conn) Close() error {
	for _, stmt := range c.idle {
		_ = stmt.Close() // likewise
	}
	return translate(c.path, "close", c.Conn.Close())
}

// within runs f between BEGIN and COMMIT; whatever goes wrong, nothing happened.
func (c *conn) within(begin string, f func() error) (err error) {
	if _, err := c.exec("begin", begin); err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed { // also if f panics
			_, _ = c.exec("roll back", "ROLLBACK") // it fails if SQLite has rolled back by itself
		}
	}()
	if err := f(); err != nil {
		return err
	}
	if _, err := c.exec("commit", "COMMIT"); err != nil {
		return err
	}
	committed = true
	return nil
}

func (c *conn) named(args []driver.Value) []driver.NamedValue {
	c.args = c.args[:0]
	for i, v := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return c.args
}
