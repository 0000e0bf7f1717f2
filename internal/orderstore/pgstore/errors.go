package pgstore

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"seckill/internal/sale"
)

// translate puts what the driver says into a kind of package sale, with what was
// being done. Statements here are fixed and the tables were made for them, so
// what breaks a rule of the tables is damage; all else is the server, the way to
// it, or another transaction in the way, and passes.
func translate(what string, err error) error {
	if err == nil || errors.Is(err, sale.ErrMoved) || errors.Is(err, sale.ErrDamaged) {
		return err
	}
	kind := sale.ErrUnavailable
	var refusal *pgconn.PgError
	var entry *pgconn.ConnectError
	var scan pgx.ScanArgError
	switch {
	case errors.As(err, &entry): // no data were asked for yet
	case errors.As(err, &refusal) && blamesTheData(refusal.Code):
		kind = sale.ErrDamaged
	case errors.As(err, &scan):
		kind = sale.ErrDamaged
	}
	return fmt.Errorf("%w: order store: %s: %w", kind, what, err)
}

// isTaken reports whether err is that an order's id is another order's.
func isTaken(err error) bool {
	var refusal *pgconn.PgError
	return errors.As(err, &refusal) && refusal.Code == "23505" && refusal.ConstraintName == "seckill_order_pkey"
}

// blamesTheData reports whether a code of
// https://www.postgresql.org/docs/current/errcodes-appendix.html says that a value,
// a constraint, a table or a page is not as it must be.
func blamesTheData(code string) bool {
	switch code {
	case "42501": // insufficient_privilege: somebody may be granting it just now
		return false
	case "XX001", "XX002": // data_corrupted, index_corrupted
		return true
	}
	switch code[:2] {
	case "22", "23", "42": // data exception, constraint violation, no such table or column
		return true
	}
	return false
}
