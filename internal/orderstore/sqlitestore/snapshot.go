package sqlitestore

import (
	"context"
	"database/sql/driver"
	"fmt"
	"math"
	"strings"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// chunk is how many orders Snapshot hands over at once.
const chunk = 1000

// Product returns one product, its tombstone included.
func (s *Store) Product(ctx context.Context, id string) (p sale.Product, err error) {
	err = s.read(ctx, func(c *conn) error {
		p, _, err = c.product(ctx, id)
		return err
	})
	return p, err
}

func (c *conn) product(ctx context.Context, id string) (p sale.Product, key int64, err error) {
	err = c.query(ctx, "read seckill_product", "SELECT "+productColumns+", key FROM seckill_product WHERE product_id = ?",
		[]driver.Value{id}, func(v []driver.Value) error { p, key = scanProduct(v), integer(v[len(v)-1]); return nil })
	if err == nil && key == 0 {
		err = fmt.Errorf("%w: product %s", sale.ErrNotFound, id)
	}
	return p, key, err
}

// A listed is all products after so many batches.
type listed struct {
	applied       int64
	kept, deleted []sale.Product
}

// Products returns the products that are not deleted, or the tombstones, by id. Those who watch over
// the gates ask again and again: nothing is read if no batch was applied since.
func (s *Store) Products(ctx context.Context, deleted bool) ([]sale.Product, error) {
	var l *listed
	err := s.read(ctx, func(c *conn) error {
		applied := s.applied.Load() // before the read, which may see more
		if l = s.listed.Load(); l != nil && l.applied == applied {
			return nil
		}
		all, err := c.products(ctx)
		if err != nil {
			return err
		}
		l = &listed{applied: applied}
		for _, p := range all {
			if p.Deleted {
				l.deleted = append(l.deleted, p)
			} else {
				l.kept = append(l.kept, p)
			}
		}
		s.listed.Store(l)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case deleted:
		return l.deleted, nil
	}
	return l.kept, nil
}

func (c *conn) products(ctx context.Context) (all []sale.Product, err error) {
	err = c.query(ctx, "read seckill_product", "SELECT "+productColumns+" FROM seckill_product ORDER BY product_id",
		nil, func(v []driver.Value) error { all = append(all, scanProduct(v)); return nil })
	return all, err
}

// Snapshot calls f with the orders of a product that were not rejected. The slice
// is f's for the call only.
func (s *Store) Snapshot(ctx context.Context, product string, f func([]sale.Order) error) (p sale.Product, err error) {
	err = s.readOne(ctx, func(c *conn) error {
		var key int64
		if p, key, err = c.product(ctx, product); err != nil {
			return err
		}
		orders := make([]sale.Order, 0, chunk)
		err := c.query(ctx, "read seckill_order", "SELECT order_id, user_id, status, origin FROM seckill_order WHERE place BETWEEN ? AND ?",
			[]driver.Value{key * span, key*span + span - 1}, func(v []driver.Value) error {
				orders = append(orders, sale.Order{
					ID: orderID(v[0]), ProductID: product, UserID: text(v[1]), Status: status(v[2]), Origin: text(v[3]),
				})
				if len(orders) < chunk {
					return nil
				}
				full := orders
				orders = orders[:0]
				return f(full)
			})
		if err != nil || len(orders) == 0 {
			return err
		}
		return f(orders)
	})
	return p, err
}

// Audit calls f with one snapshot of everything, of a file that SQLite itself
// finds whole: what f reads would not show an index that has lost a row.
func (s *Store) Audit(ctx context.Context, f func(orderstore.Snapshot) error) error {
	return s.readOne(ctx, func(c *conn) error {
		if err := c.check(ctx); err != nil {
			return err
		}
		a := audit{ctx, c}
		// BEGIN alone takes no snapshot; the first read does.
		if _, err := a.Marks(); err != nil {
			return err
		}
		return f(a)
	})
}

// check has SQLite compare tables, indexes and what either may hold. It looks
// each row up in each index: with the small cache of a reader a million orders
// took 13 s, with this one 8.
func (c *conn) check(ctx context.Context) error {
	if _, err := c.exec("check", "PRAGMA cache_size = -64000"); err != nil {
		return err
	}
	defer c.exec("check", readerCache) //nolint:errcheck // a cache that stays large harms nothing
	var found []string
	err := c.query(ctx, "check", "PRAGMA integrity_check(10)", nil, func(v []driver.Value) error {
		if says := text(v[0]); says != "ok" {
			found = append(found, says)
		}
		return nil
	})
	if err == nil && len(found) > 0 {
		err = fmt.Errorf("%w: order store %s: %s", sale.ErrDamaged, c.path, strings.Join(found, "; "))
	}
	return err
}

// An audit is one snapshot, for one Audit.
type audit struct {
	ctx context.Context
	c   *conn
}

func (a audit) Marks() (map[int32]orderstore.Mark, error) { return a.c.marks(a.ctx) }

func (a audit) Products() ([]sale.Product, error) { return a.c.products(a.ctx) }

func (a audit) Orders(product string, f func(sale.Order) error) error {
	_, key, err := a.c.product(a.ctx, product)
	if err != nil {
		return err
	}
	first, last := key*span, key*span+span-1
	sql := "SELECT " + orderColumns + " FROM seckill_order WHERE place BETWEEN ? AND ? ORDER BY "
	row := func(v []driver.Value) error { return f(scanOrder(product, v)) }
	if err := a.c.query(a.ctx, "read seckill_order", sql+"partition, position", []driver.Value{-last, -first}, row); err != nil {
		return err
	}
	return a.c.query(a.ctx, "read seckill_order", sql+"place", []driver.Value{first, last}, row)
}

func (a audit) Returns(product string, f func(sale.Return) error) error {
	_, key, err := a.c.product(a.ctx, product)
	if err != nil {
		return err
	}
	return a.c.returns(a.ctx, product, key, 0, math.MaxInt64, f)
}

func (a audit) DeadLetters() (all []orderstore.DeadLetter, err error) {
	err = a.c.query(a.ctx, "read seckill_dead_letter", "SELECT partition, position, product_id, reason, raw FROM seckill_dead_letter ORDER BY partition, position",
		nil, func(v []driver.Value) error {
			all = append(all, orderstore.DeadLetter{
				Position: sale.Position{Partition: int32(integer(v[0])), Offset: integer(v[1])},
				Product:  text(v[2]), Reason: text(v[3]), Raw: blob(v[4]),
			})
			return nil
		})
	return all, err
}
