package sqlitestore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"math"
	"strings"
	"time"

	"seckill/internal/sale"
)

// Orders by time are in an index, which no step of an order touches, and those that were
// cancelled or have expired in one of their own; so a page costs its length, but for the
// orders that are placed or paid between those that are the other. Those of a user are
// looked for under each product where they hold a unit, and in an index of what has ended:
// no index of users is paid by orders that are placed
// (docs/decisions/0040-search-costs-no-index-of-users.md).
const (
	searchIndexes = `
CREATE INDEX seckill_order_time ON seckill_order (placed_at) WHERE number > 0;
CREATE INDEX seckill_order_ended_time ON seckill_order (status, placed_at) WHERE status IN (3, 4);
CREATE INDEX seckill_order_ended_user ON seckill_order (user_id) WHERE status IN (3, 4);
`
	heldBy  = "FROM seckill_product p CROSS JOIN seckill_order o ON o.product = p.key AND o.user_id = ?4 AND o.status < 3 WHERE "
	endedBy = "FROM seckill_order o CROSS JOIN seckill_product p ON p.key = o.product WHERE o.user_id = ?4 AND o.status IN (3, 4) AND "
	ended   = "FROM seckill_order o CROSS JOIN seckill_product p ON p.key = o.product WHERE o.status IN (3, 4) AND "
	placed  = "FROM seckill_order o CROSS JOIN seckill_product p ON p.key = o.product WHERE o.number > 0 AND "

	inTime  = " AND o.placed_at >= ?1 AND o.placed_at < ?2"
	behind  = " AND (o.placed_at, p.product_id, o.number) < (?5, ?6, ?7)"
	placing = " ORDER BY placed_at DESC, product_id DESC, number DESC LIMIT ?3"
)

// searched is where the orders are that q asks for, of each place what a SELECT says after
// its columns.
func searched(q *sale.Search) (parts []string) {
	status := "true"
	if q.Status != "" {
		status = fmt.Sprint("o.status = ", statusNumber(q.Status))
	}
	switch {
	case q.User != "":
		parts = []string{heldBy, endedBy}
	case q.Status == sale.Cancelled || q.Status == sale.Expired:
		parts = []string{ended}
	default:
		parts = []string{placed}
	}
	for i := range parts {
		parts[i] += status + inTime
	}
	return parts
}

// searchArgs are the arguments of time, limit and user.
func searchArgs(q *sale.Search) []driver.Value {
	from, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.From.IsZero() {
		from = ceilMilli(q.From)
	}
	if !q.Until.IsZero() {
		until = ceilMilli(q.Until)
	}
	return []driver.Value{from, until, int64(q.Limit), q.User}
}

// ceilMilli is the first millisecond that is not before t.
func ceilMilli(t time.Time) int64 { return t.Add(time.Millisecond - 1).UnixMilli() }

// Search returns orders of all products, the last placed first.
func (s *Store) Search(ctx context.Context, q sale.Search) (orders []sale.Order, err error) {
	parts, args := searched(&q), searchArgs(&q)
	at := int64(math.MaxInt64)
	if q.Behind != (sale.Placing{}) {
		at = q.Behind.At.UnixMilli()
		args[1] = min(args[1].(int64), at+1) // the same once more, for the index
	}
	for i, part := range parts {
		parts[i] = "SELECT * FROM (SELECT " + columnsOf("o") + ", p.product_id AS product_id " + part + behind + placing + ")"
	}
	err = s.read(ctx, func(c *conn) error {
		return c.orders(ctx, &orders, strings.Join(parts, " UNION ALL ")+placing, append(args, at, q.Behind.Product, q.Behind.Number)...)
	})
	return orders, err
}

// Count returns how many orders a search finds in all, up to its limit.
func (s *Store) Count(ctx context.Context, q sale.Search) (n int64, err error) {
	sql := "SELECT count(*) FROM (SELECT 1 " + strings.Join(searched(&q), " UNION ALL SELECT 1 ") + " LIMIT ?3)"
	err = s.read(ctx, func(c *conn) error {
		return c.query(ctx, "count orders", sql, searchArgs(&q), func(v []driver.Value) error { n = integer(v[0]); return nil })
	})
	return n, err
}
