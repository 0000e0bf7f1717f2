package app

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// A foldedStore says that a product is not there only once the tables have folded what
// the log held when that was first asked: those that were lost, or that a recovery has
// emptied, do not know it yet. Until then it is ErrShut, as of a gate that is being opened.
type foldedStore struct {
	orderstore.Keeper
	catchUp func(ctx context.Context) error
	folded  atomic.Bool
	waiting singleflight.Group
}

// foldWithin is how long who asks for a product waits for the tables.
const foldWithin = time.Second

func (s *foldedStore) Product(ctx context.Context, id string) (sale.Product, error) {
	p, err := s.Keeper.Product(ctx, id)
	if !errors.Is(err, sale.ErrNotFound) || s.folded.Load() {
		return p, err
	}
	_, behind, _ := s.waiting.Do("", func() (any, error) {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), foldWithin) // for all who ask
		defer cancel()
		return nil, s.catchUp(limited)
	})
	if behind != nil {
		return p, fmt.Errorf("%w: the tables may not have folded product %s yet: %v", sale.ErrShut, id, behind)
	}
	s.folded.Store(true)
	return s.Keeper.Product(ctx, id)
}
