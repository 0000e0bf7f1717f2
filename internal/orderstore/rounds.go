package orderstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/sale"
)

const (
	// turnMost is how many products have their turn in one round, if there are more.
	turnMost = 1000
	// deletedEvery is after how many rounds deleted products are looked after: for a
	// gate, or for buyers, that somebody who came late has left.
	deletedEvery = 60
	// atOnce bounds the products that are looked after side by side, and eachWithin
	// how long one may take.
	atOnce     = 256
	eachWithin = 2 * time.Second
)

// A Lister lists products, as an Opener does.
type Lister interface {
	Products(ctx context.Context, deleted bool) ([]sale.Product, error)
}

// Rounds are whose turn it is, of all products, to be looked after: at first all of
// them, and from then on, if they are many, some each time, as they would keep
// the servers busy while nobody buys. They are explicit state for one goroutine.
type Rounds struct {
	store      Lister
	next, turn int
}

// NewRounds are the rounds through the products of a store.
func NewRounds(store Lister) *Rounds { return &Rounds{store: store} }

// Step takes one round: it looks after products side by side, each in its own time
// and with its own failure, which failed is told of. Its error is that of the store,
// or damage.
func (r *Rounds) Step(ctx context.Context, look func(context.Context, sale.Product) error, failed func(error)) error {
	products, err := r.store.Products(ctx, false)
	if err != nil {
		return err
	}
	n, first := len(products), r.turn == 0
	if r.turn%deletedEvery == 0 {
		deleted, err := r.store.Products(ctx, true)
		if err != nil {
			return err
		}
		if err := each(ctx, deleted, look, failed); err != nil {
			return err
		}
	}
	r.turn++
	if first {
		r.next = rand.N(n + 1) // if others go on elsewhere, all can be opened sooner
	} else if n > turnMost {
		if r.next >= n {
			r.next = 0
		}
		from := r.next
		r.next = min(from+turnMost, n)
		products = products[from:r.next]
	}
	return each(ctx, products, look, failed)
}

func each(ctx context.Context, products []sale.Product, look func(context.Context, sale.Product) error, failed func(error)) error {
	var g errgroup.Group
	g.SetLimit(atOnce)
	for _, product := range products {
		g.Go(func() error {
			limited, cancel := context.WithTimeout(ctx, eachWithin)
			defer cancel()
			err := look(limited, product)
			if errors.Is(err, sale.ErrDamaged) {
				return err
			}
			if err != nil && ctx.Err() == nil {
				failed(err)
			}
			return nil
		})
	}
	return g.Wait()
}
