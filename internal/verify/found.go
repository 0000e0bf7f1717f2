package verify

import (
	"context"
	"errors"
	"fmt"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// AsFound judges a sale of which nobody can say whether it runs. Live, if its
// gates stand still. If they stay away for longer than anybody who sells leaves
// them, or the log is not folded, and meanwhile neither log nor store moves, then as
// Stopped: idle is not empty and says how that was seen. An error means that it could
// not judge: those of Live, ErrChangedMeanwhile if one of the two moved.
func AsFound(ctx context.Context, p Parts) (r Report, idle string, err error) {
	before, err := p.progress(ctx)
	if err != nil {
		return r, "", err
	}
	r, err = Live(ctx, p)
	switch {
	case away(err):
		idle = "nobody opens the gates"
	case errors.Is(err, ErrBehind):
		idle = "nobody folds the log"
	default:
		return r, "", err
	}
	after, err := p.progress(ctx)
	if err != nil {
		return r, "", err
	}
	if after != before {
		return r, "", fmt.Errorf("%w: %s, and yet the sale moves", sale.ErrChangedMeanwhile, idle)
	}
	r, err = Stopped(ctx, p)
	return r, idle, err
}

// progress grows with each record that the log gets, as whoever opens a gate gives
// it one, and with each that the store applies.
func (p Parts) progress(ctx context.Context) (int64, error) {
	records, folded, err := orderstore.Folded(ctx, p.Log, p.Store)
	return records + folded, err
}
