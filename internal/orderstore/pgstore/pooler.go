package pgstore

import (
	"context"
	"errors"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
)

var errNoSessions = errors.New("the pooler in front of Postgres gives a connection another session each time: " +
	"no statement can be prepared there, and nothing listened for. Set pool_mode = session in PgBouncer, or go to Postgres itself")

// keepsSessions returns errNoSessions if a pooler does not keep one session of
// Postgres for a connection as long as that lasts. It leaves nothing behind in the
// sessions that it meets, which may be somebody else's.
func keepsSessions(ctx context.Context, config pgconn.Config) error {
	config.AfterConnect = nil
	ctx, cancel := context.WithTimeout(ctx, 2*config.ConnectTimeout)
	defer cancel()
	one, err := pgconn.ConnectConfig(ctx, &config)
	if err != nil {
		return translate("connect", err)
	}
	defer one.Close(ctx) //nolint:errcheck // it only takes leave
	first, err := session(ctx, one)
	if err != nil || first == one.PID() { // no pooler: it was told whom it speaks to
		return translate("connect", err)
	}
	other, err := pgconn.ConnectConfig(ctx, &config)
	if err != nil {
		return translate("connect", err)
	}
	defer other.Close(ctx) //nolint:errcheck // likewise
	// Between two statements a pooler gives the session of one to the other, or
	// takes the next of many.
	for range 3 {
		b, err := session(ctx, other)
		if err != nil {
			return translate("connect", err)
		}
		a, err := session(ctx, one)
		if err != nil {
			return translate("connect", err)
		}
		if a != first || a == b {
			return errNoSessions
		}
	}
	return nil
}

// session is the process of Postgres that answers a connection.
func session(ctx context.Context, c *pgconn.PgConn) (pid uint32, err error) {
	results, err := c.Exec(ctx, "SELECT pg_backend_pid()").ReadAll()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(string(results[0].Rows[0][0]), 10, 32)
	return uint32(n), err
}
