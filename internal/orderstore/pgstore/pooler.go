package pgstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

var errNoTransactions = errors.New("the pooler in front of Postgres gives each statement another session, and refuses transactions: " +
	"set pool_mode = session or transaction in PgBouncer, or go to Postgres itself")

// pooled fits the connections to what is between them and Postgres. Most keep their
// session: settings are made once. begin is empty then. Where a pooler gives each
// transaction another session, nothing may be left in one, nor be taken for granted:
// no statement has a name, and begin are the settings, which follow the BEGIN of each
// transaction; single statements go without, and nobody listens.
func pooled(ctx context.Context, config *pgxpool.Config, session map[string]string) (begin string, err error) {
	to := config.ConnConfig
	kept, err := keepsSessions(ctx, to.Config)
	if err != nil {
		return "", err
	}
	if kept {
		to.AfterConnect = setter(session, to.ConnectTimeout)
		return "", nil
	}
	to.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	var foreign []string
	for name, value := range session {
		if _, ours := settings[name]; !ours {
			foreign = append(foreign, name)
		}
		begin += fmt.Sprintf("; SET LOCAL %s = '%s'", pgx.Identifier{name}.Sanitize(), strings.ReplaceAll(value, "'", "''"))
	}
	if len(foreign) > 0 {
		slices.Sort(foreign)
		return "", fmt.Errorf("the pooler in front of Postgres gives each transaction another session, so the URL cannot set %s: "+
			"ALTER ROLE … SET it, set pool_mode = session in PgBouncer, or go to Postgres itself", strings.Join(foreign, ", "))
	}
	return begin, nil
}

// keepsSessions reports whether a connection keeps one session of Postgres as long as
// it lasts. It leaves nothing behind in the sessions that it meets, which may be somebody
// else's. A pooler that refuses transactions is errNoTransactions.
func keepsSessions(ctx context.Context, config pgconn.Config) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*config.ConnectTimeout)
	defer cancel()
	one, err := pgconn.ConnectConfig(ctx, &config)
	if err != nil {
		return false, translate("connect", err)
	}
	defer one.Close(ctx) //nolint:errcheck // it only takes leave
	first, err := session(ctx, one)
	if err != nil || first == one.PID() { // no pooler: it was told whom it speaks to
		return true, translate("connect", err)
	}
	other, err := pgconn.ConnectConfig(ctx, &config)
	if err != nil {
		return false, translate("connect", err)
	}
	defer other.Close(ctx) //nolint:errcheck // likewise
	// Between two statements a pooler gives the session of one to the other, or
	// takes the next of many: of two, each would get its own by turns.
	for range 3 {
		b, err := session(ctx, other)
		if err != nil {
			return false, translate("connect", err)
		}
		for range 2 {
			a, err := session(ctx, one)
			if err != nil {
				return false, translate("connect", err)
			}
			if a != first || a == b {
				return false, takesTransactions(ctx, one)
			}
		}
	}
	return true, nil
}

func takesTransactions(ctx context.Context, c *pgconn.PgConn) error {
	_, err := c.Exec(ctx, "BEGIN").ReadAll()
	if err == nil {
		_, err = c.Exec(ctx, "ROLLBACK").ReadAll()
	}
	if refusal, ok := errors.AsType[*pgconn.PgError](err); ok && refusal.Code == "08P01" { // protocol_violation, as PgBouncer has it
		return errNoTransactions
	}
	return translate("connect", err)
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
