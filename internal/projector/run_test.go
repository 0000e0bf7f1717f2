package projector_test

import (
	"context"
	"errors"
	"testing"

	"seckill/internal/sale"
)

func never(context.Context, error) error { return errors.New("nothing to wait for") }

// Run goes on after a store that was away, and hands over what came free.
func TestRun(t *testing.T) {
	s := newShop(t)
	s.append(opening(product, 1, plenty), order(product, 1, "u"), cancel(product, 1))
	s.open(product, 1, 0)
	away := 3
	s.onApply = func(do func() error) error {
		if away--; away >= 0 {
			return sale.ErrUnavailable
		}
		return do()
	}
	ctx, stop := context.WithCancel(t.Context())
	pauses := 0
	s.onReturn = func(do func() error) error {
		err := do()
		if v, _ := s.gate.View(ctx, product); v.Returned == 1 {
			stop()
		}
		return err
	}
	err := s.Run(ctx, 0, func(_ context.Context, why error) error {
		if !errors.Is(why, sale.ErrUnavailable) {
			t.Errorf("it stumbled over %v", why)
		}
		pauses++
		return nil
	})
	if err != nil || pauses != 3 {
		t.Errorf("%v after %d pauses", err, pauses)
	}
	s.wantGate(product, 1, 1)
}

// What is no fault of a keeper that is away ends it; the end of ctx is no error.
func TestRunEnds(t *testing.T) {
	for want, from := range map[error]error{nil: context.Canceled, sale.ErrDamaged: sale.ErrDamaged, sale.ErrFenced: sale.ErrFenced} {
		s := newShop(t)
		s.append(opening(product, 1, plenty))
		ctx, stop := context.WithCancel(t.Context())
		s.onApply = func(func() error) error {
			if want == nil {
				stop()
			}
			return from
		}
		if err := s.Run(ctx, 0, never); !errors.Is(err, want) {
			t.Errorf("%v, not %v", err, want)
		}
		stop()
	}
	s := newShop(t)
	s.append(opening(product, 1, plenty))
	s.onApply = func(func() error) error { return sale.ErrUnavailable }
	if err := s.Run(t.Context(), 0, never); err != nil {
		t.Errorf("where the pause is cut short: %v", err)
	}
}
