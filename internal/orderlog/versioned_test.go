package orderlog

import (
	"context"
	"errors"
	"testing"

	"seckill/internal/sale"
)

// A taking log takes what it is given.
type taking struct {
	Keeper
	taken int
}

func (l *taking) Append(_ context.Context, _ int32, records []sale.Record) (sale.Position, error) {
	l.taken += len(records)
	return sale.Position{}, nil
}

// Before the first record of a version it is asked whether everybody reads it, and if
// not, or if nobody can tell, nothing is appended.
func TestNothingIsAppendedThatSomebodyCannotRead(t *testing.T) {
	log, asked, says := &taking{}, 0, error(sale.ErrUnavailable)
	v := NewVersioned(log, func(_ context.Context, version int) error {
		if asked++; version != 1 {
			t.Errorf("asked for version %d", version)
		}
		return says
	})
	some := []sale.Record{{Kind: sale.KindOrder}, {Kind: sale.KindExpire}}
	appends := func(want error, nowAsked, nowTaken int) {
		t.Helper()
		if _, err := v.Append(t.Context(), 0, some); !errors.Is(err, want) || asked != nowAsked || log.taken != nowTaken {
			t.Errorf("%v, asked %d times, %d taken", err, asked, log.taken)
		}
	}
	appends(nil, 0, 2)
	v.allowed.Store(0) // as it is to a record of a version that came later
	appends(sale.ErrUnavailable, 1, 2)
	appends(sale.ErrUnavailable, 2, 2)
	says = nil
	appends(nil, 3, 4)
	appends(nil, 3, 6)
}
