package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seckill/internal/identity"
	"seckill/internal/orderstore/pgstore"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/sale"
)

// Passes mints passes that are good at the sale that is kept in a folder or, if cfg has
// the address of a Postgres, in a cluster. Errors: ErrNoSale, ErrUnavailable.
func Passes(ctx context.Context, cfg Config) (mint func(user string, groups []string, until time.Time) (string, error), err error) {
	key, err := passKey(ctx, cfg)
	if err != nil {
		return nil, err
	}
	passes := identity.NewPasses(key, time.Now)
	return func(user string, groups []string, until time.Time) (string, error) {
		return passes.Mint(identity.Buyer{User: user, Groups: groups, Until: until, Challenged: true})
	}, nil
}

// passKey is the deployment's: from the process that runs it, or from its tables.
func passKey(ctx context.Context, cfg Config) (key []byte, err error) {
	if cfg.Postgres != "" {
		if err := pgstore.CheckURL(cfg.Postgres); err != nil {
			return nil, UsageError{"postgres", err.Error()}
		}
		store, err := pgstore.OpenExisting(ctx, cfg.Postgres)
		if err != nil {
			return nil, err
		}
		key, err = passKeyOf(ctx, store)
		return key, errors.Join(err, store.Close())
	}
	f, err := openFolder(cfg.Data, false)
	if errors.Is(err, ErrInUse) {
		return askServer(ctx, cfg.Data, internalPassKey)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	store, err := sqlitestore.Open(f.file("store.db"), time.Now)
	if err != nil {
		return nil, err
	}
	key, err = passKeyOf(ctx, store)
	return key, errors.Join(err, store.Close())
}

func passKeyOf(ctx context.Context, store interface {
	Meta(ctx context.Context, key string, propose []byte) ([]byte, error)
}) ([]byte, error) {
	key, err := store.Meta(ctx, passSecret, nil)
	if err == nil && key == nil {
		err = fmt.Errorf("%w: the tables have no key of passes yet, which the next start makes", sale.ErrNotFound)
	}
	return key, err
}
