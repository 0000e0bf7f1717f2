package gate

import (
	"context"
	"time"

	"seckill/internal/sale"
)

const (
	// drainChunk bounds the entries that Drain holds at once.
	drainChunk = 64
	// drainOrders bounds the orders that it appends at once, but for an entry that
	// has more: each append has to fit into the time of whoever drains.
	drainOrders = 4096
)

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
		for len(entries) > 0 {
			var orders []sale.Record
			var ids []EntryID
			for len(entries) > 0 && (len(ids) == 0 || len(orders)+len(entries[0].Orders) <= drainOrders) {
				orders, ids = append(orders, entries[0].Orders...), append(ids, entries[0].ID)
				entries = entries[1:]
			}
			if err := add(ctx, orders); err != nil {
				return err
			}
			if err := box.Forget(ctx, product, ids); err != nil {
				return err
			}
		}
	}
}
