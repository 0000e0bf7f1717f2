package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// AddToken is orderstore.Tokens's.
func (s *Store) AddToken(ctx context.Context, t orderstore.Token) error {
	return s.changesOne(ctx, sale.ErrTaken, t.Name, "INSERT INTO seckill_token (name, role, hash, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		t.Name, t.Role, t.Hash[:], t.MadeAt)
}

// RevokeToken is orderstore.Tokens's.
func (s *Store) RevokeToken(ctx context.Context, name string) error {
	return s.changesOne(ctx, sale.ErrNotFound, name, "DELETE FROM seckill_token WHERE name = $1", name)
}

// changesOne runs a statement about a token that changes one row, or is the error else.
func (s *Store) changesOne(ctx context.Context, otherwise error, token, sql string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tag, err := s.pool.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() != 1 {
		return fmt.Errorf("%w: token %s", otherwise, token)
	}
	return translate("write seckill_token", err)
}

// Tokens is orderstore.Tokens's.
func (s *Store) Tokens(ctx context.Context) (all []orderstore.Token, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = query(ctx, s.pool, `SELECT name, role, hash, made_at FROM seckill_token ORDER BY name COLLATE "C"`, nil, func(rows pgx.Rows) error {
		var t orderstore.Token
		var hash []byte
		if err := rows.Scan(&t.Name, &t.Role, &hash, &t.MadeAt); err != nil {
			return err
		}
		if copy(t.Hash[:], hash) != len(t.Hash) || len(hash) != len(t.Hash) {
			return fmt.Errorf("%w: order store: token %s has a hash of %d bytes", sale.ErrDamaged, t.Name, len(hash))
		}
		all = append(all, t)
		return nil
	})
	return all, err
}
