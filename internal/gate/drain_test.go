package gate_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// A box is an outbox in memory.
type box struct{ entries []gate.Entry }

func (b *box) Pending(_ context.Context, _ string, _ time.Duration, most int) ([]gate.Entry, error) {
	return slices.Clone(b.entries[:min(most, len(b.entries))]), nil
}

func (b *box) Forget(_ context.Context, _ string, ids []gate.EntryID) error {
	b.entries = slices.DeleteFunc(b.entries, func(e gate.Entry) bool { return slices.Contains(ids, e.ID) })
	return nil
}

// A full outbox is appended bit by bit, and each bit is forgotten: a limit of time is
// then no reason to append all of it again.
func TestDrainGoesBitByBit(t *testing.T) {
	b := &box{}
	for i, orders := range []int{3000, 1000, 96, 1, 5000, 4000, 200} {
		b.entries = append(b.entries, gate.Entry{ID: gate.EntryID(fmt.Sprint("1-", i)), Orders: make([]sale.Record, orders)})
	}
	var appended []int
	err := gate.Drain(t.Context(), b, "p", 0, func(_ context.Context, orders []sale.Record) error {
		if appended = append(appended, len(orders)); len(appended) == 5 {
			return context.DeadlineExceeded
		}
		return nil
	})
	if want := []int{4096, 1, 5000, 4000, 200}; err == nil || !slices.Equal(appended, want) {
		t.Errorf("appended %v, %v, not %v", appended, err, want)
	}
	if len(b.entries) != 1 || b.entries[0].ID != "1-6" {
		t.Errorf("left are %d entries", len(b.entries))
	}
}
