package app

import (
	"context"
	"errors"
	"testing"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// products are those that the tables have.
type products struct {
	orderstore.Keeper
	have map[string]bool
}

func (s products) Product(_ context.Context, id string) (sale.Product, error) {
	if !s.have[id] {
		return sale.Product{}, sale.ErrNotFound
	}
	return sale.Product{ID: id}, nil
}

// Tables that are being folded anew lack products that are there: nobody is told that
// one is not, until they have all.
func TestTablesThatAreFoldedAnew(t *testing.T) {
	tables, asked := products{have: map[string]bool{"first": true}}, 0
	behind := sale.ErrUnavailable
	store := &foldedStore{Keeper: tables, catchUp: func(context.Context) error {
		asked++
		if behind == nil {
			tables.have["last"] = true
		}
		return behind
	}}
	for _, c := range []struct {
		product string
		behind  error
		want    error
		asked   int
	}{
		{"first", sale.ErrUnavailable, nil, 0},
		{"last", sale.ErrUnavailable, sale.ErrShut, 1},
		{"none", context.DeadlineExceeded, sale.ErrShut, 2},
		{"last", nil, nil, 3},
		{"none", sale.ErrUnavailable, sale.ErrNotFound, 3}, // and from then on a stranger costs nothing more
	} {
		behind = c.behind
		if _, err := store.Product(t.Context(), c.product); !errors.Is(err, c.want) || asked != c.asked {
			t.Errorf("of %s, with %v, it says %v, and was asked %d times", c.product, c.behind, err, asked)
		}
	}
}
