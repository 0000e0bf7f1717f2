package sqlitelog

import (
	"context"
	"database/sql"
)

// checkChain reads every row and returns the end of the log and the sum of its
// last row. Rows that were cut off the end leave no trace here: the order store,
// which may not be ahead of the log, is what tells.
func checkChain(ctx context.Context, db *sql.DB, path, id string) (end int64, sum uint32, err error) {
	rows, err := db.QueryContext(ctx, selectChain)
	if err != nil {
		return 0, 0, fault(path, "check", err)
	}
	defer rows.Close() //nolint:errcheck // rows.Err tells
	sum = sumOfID(id)
	for rows.Next() {
		var r row
		var frames sql.RawBytes // valid until the next row, which spares a copy of the whole log
		if err := r.scan(rows, &frames); err != nil {
			return end, sum, fault(path, "check", err)
		}
		r.frames = frames
		if err := r.check(end, sum); err != nil {
			return end, sum, fault(path, "check", err)
		}
		end, sum = r.end(), r.sum
	}
	if err := rows.Err(); err != nil {
		return end, sum, fault(path, "check", err)
	}
	return end, sum, nil
}
