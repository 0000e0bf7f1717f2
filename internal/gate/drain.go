package gate

import (
	"context"
	"time"

	"seckill/internal/sale"
)

// drainChunk bounds the entries that Drain holds at once.
const drainChunk = 64

// Drain gives the orders of every outbox entry that is at least age old to
// add, which makes them durable in the log, and then forgets the entry. An
// order that gets into the log twice counts once, so anybody may drain at any
// time.
func Drain(ctx context.Context, box Outbox, product string, age time.Duration, add func(context.Context, []sale.Record) error) error {
	for {
		entries, err := box.Pending(ctx, product, age, drainChunk)
		if err != nil || len(entries) == 0 {
			return err
		}
		var orders []sale.Record
		ids := make([]EntryID, len(entries))
		for i, e := range entries {
			orders = append(orders, e.Orders...)
			ids[i] = e.ID
		}
		if err := add(ctx, orders); err != nil {
			return err
		}
		if err := box.Forget(ctx, product, ids); err != nil {
			return err
		}
	}
}
