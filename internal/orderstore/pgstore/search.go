package pgstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"seckill/internal/sale"
)

// Orders by time are in an index, which no step of an order touches, and those that were
// cancelled or have expired in one of their own; so a page costs its length, but for the
// orders that are placed or paid between those that are the other. Those of a user are
// looked for under each product where they hold a unit, and in an index of what has ended:
// no index of users is paid by orders that are placed
// (docs/decisions/0040-search-costs-no-index-of-users.md).
var (
	heldBy = "FROM seckill_product p CROSS JOIN LATERAL (SELECT " + orderColumns + ` FROM seckill_order
		WHERE product_id = p.id AND user_id = $4 AND status IN ('placed', 'paid') OFFSET 0) o WHERE true`
	endedBy = "FROM seckill_order o WHERE user_id = $4 AND status IN ('cancelled', 'expired')"
	ended   = "FROM seckill_order o WHERE status IN ('cancelled', 'expired')"
	placed  = "FROM seckill_order o WHERE number > 0"
	ofOrder = "o." + strings.ReplaceAll(orderColumns, " ", " o.")
)

const (
	inTime  = " AND placed_at >= $1 AND placed_at < $2"
	behind  = " AND placed_at <= $%[1]d AND (placed_at, product_id, number) < ($%[1]d, $%[2]d, $%[3]d)"
	placing = " ORDER BY placed_at DESC, product_id DESC, number DESC LIMIT $3"
)

// searched is where the orders are that q asks for, of each place what a SELECT says after
// its columns, with its arguments.
func searched(q *sale.Search) (parts []string, args []any) {
	args = []any{orInfinity(q.From, pgtype.NegativeInfinity), orInfinity(q.Until, pgtype.Infinity), q.Limit}
	switch {
	case q.User != "":
		parts, args = []string{heldBy, endedBy}, append(args, q.User)
	case q.Status == sale.Cancelled || q.Status == sale.Expired:
		parts = []string{ended}
	default:
		parts = []string{placed}
	}
	for i := range parts {
		if parts[i] += inTime; q.Status != "" {
			args = append(args, string(q.Status))
			parts[i] += fmt.Sprint(" AND o.status = $", len(args))
		}
	}
	return parts, args
}

func orInfinity(t time.Time, zero pgtype.InfinityModifier) pgtype.Timestamptz {
	if t.IsZero() {
		return pgtype.Timestamptz{InfinityModifier: zero, Valid: true}
	}
	return pgtype.Timestamptz{Time: t, Valid: true}
}

// Search returns orders of all products, the last placed first.
func (s *Store) Search(ctx context.Context, q sale.Search) ([]sale.Order, error) {
	parts, args := searched(&q)
	n := len(args)
	behind := fmt.Sprintf(behind, n+1, n+2, n+3)
	for i, part := range parts {
		parts[i] = "(SELECT " + ofOrder + " " + part + behind + placing + ")"
	}
	return s.orders(ctx, "SELECT * FROM ("+strings.Join(parts, " UNION ALL ")+") o"+placing,
		append(args, orInfinity(q.Behind.At, pgtype.Infinity), q.Behind.Product, q.Behind.Number)...)
}

// Count returns how many orders a search finds in all, up to its limit.
func (s *Store) Count(ctx context.Context, q sale.Search) (n int64, err error) {
	parts, args := searched(&q)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	sql := "SELECT count(*) FROM (SELECT 1 " + strings.Join(parts, " UNION ALL SELECT 1 ") + " LIMIT $3) o"
	err = query(ctx, s.pool, sql, args, func(rows pgx.Rows) error { return rows.Scan(&n) })
	return n, err
}
