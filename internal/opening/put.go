package opening

import (
	"context"
	"errors"
	"fmt"

	"seckill/internal/sale"
)

// putTries is how often a change is tried while other openings come first.
const putTries = 4

// Put opens the product's gate under changed terms and returns the product as
// the store shows it then. by is the operator who wants it; empty: nobody with a name.
// change may be called again after a lost race; its error is returned as it is.
//
// Errors: ErrTermsRefused, by the fold, with the product as it is;
// ErrChangedMeanwhile after four races lost; ErrUnavailable and
// ErrUnknownOutcome of the keepers. Once the store has shown the opening, what
// then keeps the gate from opening is left to the monitor.
func (o *Opener) Put(ctx context.Context, product, by string, change func(sale.Product) (sale.Terms, error)) (sale.Product, error) {
	return o.change(ctx, product, by, func(p sale.Product) (sale.Terms, bool, error) {
		terms, err := change(p)
		return terms, false, err
	})
}

// Delete removes a closed product and its orders. Errors are those of Put, and
// ErrNotFound; a product that is not closed is ErrTermsRefused.
func (o *Opener) Delete(ctx context.Context, product, by string) error {
	_, err := o.change(ctx, product, by, func(p sale.Product) (sale.Terms, bool, error) {
		if !p.Exists() {
			return p.Terms, false, sale.ErrNotFound
		}
		return p.Terms, true, nil
	})
	return err
}

func (o *Opener) change(ctx context.Context, product, by string, change Change) (sale.Product, error) {
	for range putTries {
		a := Begin(product, change)
		a.by = by
		var err error
		for err == nil && !a.Accepted {
			err = o.Step(ctx, a)
		}
		if a.Accepted {
			o.Finish(ctx, a)
		}
		switch {
		case a.Accepted && a.Product.Refused:
			return a.Product, sale.ErrTermsRefused
		case a.Accepted:
			return a.Product, nil
		case !errors.Is(err, sale.ErrFenced):
			return a.Product, err
		}
		if err := o.Pause(ctx); err != nil {
			return a.Product, fmt.Errorf("%w: %w", sale.ErrUnavailable, err)
		}
	}
	return sale.Product{ID: product}, sale.ErrChangedMeanwhile
}
