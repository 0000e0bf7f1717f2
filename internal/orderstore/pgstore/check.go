package pgstore

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// dangers are settings under which a crash may take orders back that were
// answered as placed, or the tables with them.
var dangers = map[string]string{
	"fsync":              "a crash may damage the tables",
	"full_page_writes":   "a crash may damage the tables",
	"synchronous_commit": "a crash takes back orders that were answered as placed, until the log is folded again",
}

// Check returns a warning for each setting of the server, or of the user's, that
// endangers the promise.
func (s *Store) Check(ctx context.Context) (warnings []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = query(ctx, s.pool, "SELECT name FROM pg_settings WHERE setting = 'off' AND name = any($1) ORDER BY name",
		[]any{slices.Collect(maps.Keys(dangers))}, func(rows pgx.Rows) error {
			var name string
			err := rows.Scan(&name)
			warnings = append(warnings, "Postgres has "+name+" off: "+dangers[name]+"; set it on")
			return err
		})
	return warnings, err
}
