package sqlitestore

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"fmt"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// AddToken is orderstore.Tokens's. Like what Meta keeps, a token is in no log, so the
// commit waits for the disk.
func (s *Store) AddToken(ctx context.Context, t orderstore.Token) error {
	return s.durably(ctx, func(c *conn) error {
		return c.changesOne(sale.ErrTaken, t.Name, "INSERT INTO seckill_token (name, role, hash, made_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
			t.Name, t.Role, t.Hash[:], fromTime(t.MadeAt))
	})
}

// RevokeToken is orderstore.Tokens's.
func (s *Store) RevokeToken(ctx context.Context, name string) error {
	return s.durably(ctx, func(c *conn) error {
		return c.changesOne(sale.ErrNotFound, name, "DELETE FROM seckill_token WHERE name = ?", name)
	})
}

// changesOne runs a statement about a token that changes one row, or is the error else.
func (c *conn) changesOne(otherwise error, token, sql string, args ...driver.Value) error {
	result, err := c.exec("write seckill_token", sql, args...)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return fmt.Errorf("%w: token %s", otherwise, token)
	}
	return nil
}

// Tokens is orderstore.Tokens's.
func (s *Store) Tokens(ctx context.Context) (all []orderstore.Token, err error) {
	err = s.read(ctx, func(c *conn) error {
		return c.query(ctx, "read seckill_token", "SELECT name, role, hash, made_at FROM seckill_token ORDER BY name", nil, func(v []driver.Value) error {
			hash := blob(v[2])
			if len(hash) != sha256.Size {
				panic(misfit(fmt.Sprintf("%x stands for a hash", hash)))
			}
			all = append(all, orderstore.Token{Name: text(v[0]), Role: text(v[1]), Hash: [sha256.Size]byte(hash), MadeAt: toTime(v[3])})
			return nil
		})
	})
	return all, err
}
