package orderlog

import (
	"context"
	"errors"
	"slices"
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
	var asked []int
	log, says := &taking{}, error(sale.ErrUnavailable)
	v := NewVersioned(log, func(_ context.Context, version int) error {
		asked = append(asked, version)
		return says
	})
	first := []sale.Record{{Kind: sale.KindOrder, UserID: "u"}, {Kind: sale.KindExpire}}
	second := []sale.Record{{Kind: sale.KindExpire}, {Kind: sale.KindOpening, Skips: 1}, {Kind: sale.KindExpire}}
	third := []sale.Record{{Kind: sale.KindOrder, UserID: "auth0|62f"}, {Kind: sale.KindOpening, Skips: 1}}
	appends := func(records []sale.Record, want error, nowTaken int, nowAsked ...int) {
		t.Helper()
		if _, err := v.Append(t.Context(), 0, records); !errors.Is(err, want) || !slices.Equal(asked, nowAsked) || log.taken != nowTaken {
			t.Errorf("%v, asked %d times: %d; %d taken", err, len(asked), asked, log.taken)
		}
	}
	appends(first, nil, 2)
	appends(second, sale.ErrUnavailable, 2, 2)
	appends(second, sale.ErrUnavailable, 2, 2, 2)
	says = nil
	appends(second, nil, 5, 2, 2, 2)
	appends(second, nil, 8, 2, 2, 2)
	says = sale.ErrUnavailable
	appends(third, sale.ErrUnavailable, 8, 2, 2, 2, 3)
	appends(second, nil, 11, 2, 2, 2, 3)
	says = nil
	appends(third, nil, 13, 2, 2, 2, 3, 3)
	appends(third, nil, 15, 2, 2, 2, 3, 3)
	appends(first, nil, 17, 2, 2, 2, 3, 3)
}

// Who caused a record is left out as long as somebody could not read it.
func TestANameIsLeftOutThatSomebodyCannotRead(t *testing.T) {
	allowed := 2
	log := &keeping{}
	v := NewVersioned(log, func(_ context.Context, version int) error {
		if version > allowed {
			return sale.ErrUnavailable
		}
		return nil
	})
	records := []sale.Record{{Kind: sale.KindCancel, By: "ann"}, {Kind: sale.KindOpening, Skips: 1, By: "bob"}, {Kind: sale.KindExpire}}
	for range 2 {
		log.kept = nil
		if _, err := v.Append(t.Context(), 0, records); err != nil {
			t.Fatal(err)
		}
		for i, r := range log.kept {
			want := records[i]
			if allowed < 3 {
				want.By = ""
			}
			if r != want {
				t.Errorf("with version %d allowed %+v was written as %+v", allowed, records[i], r)
			}
		}
		if records[0].By != "ann" {
			t.Fatal("the caller's own records were changed")
		}
		allowed = 3
	}
	v = NewVersioned(log, func(_ context.Context, version int) error {
		if version > 1 {
			return sale.ErrUnavailable
		}
		return nil
	})
	if _, err := v.Append(t.Context(), 0, records[1:2]); !errors.Is(err, sale.ErrUnavailable) {
		t.Errorf("what skips epochs was written where that is not allowed: %v", err)
	}
}

// A keeping log keeps what it is given.
type keeping struct {
	Keeper
	kept []sale.Record
}

func (l *keeping) Append(_ context.Context, _ int32, records []sale.Record) (sale.Position, error) {
	l.kept = append(l.kept, records...)
	return sale.Position{}, nil
}
