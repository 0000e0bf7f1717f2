package memgate

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"seckill/internal/gate"
)

// TestOutboxIsAList compares the outbox with a plain list.
func TestOutboxIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b outbox
		var list []gate.EntryID
		seq, orders := int64(1), 0
		sizes := map[gate.EntryID]int{}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				n := rapid.IntRange(1, 5).Draw(t, "orders")
				id := b.add(entry{epoch: 1, first: seq, orders: make([]gate.Request, n)})
				seq += int64(n)
				orders += n
				sizes[id] = n
				list = append(list, id)
			},
			"forget": func(t *rapid.T) {
				if len(list) == 0 {
					t.Skip("nothing to forget")
				}
				i := rapid.IntRange(0, len(list)-1).Draw(t, "which")
				id := list[i]
				list = slices.Delete(list, i, i+1)
				orders -= sizes[id]
				b.forget(id)
				b.forget(id)
			},
			"": func(t *rapid.T) {
				var got []gate.EntryID
				for _, e := range b.records("p", time.Time{}, 0, 1000) {
					got = append(got, e.ID)
				}
				if !slices.Equal(got, list) || b.orders != orders || len(b.place) != len(list) {
					t.Fatalf("holds %q with %d orders, not %q with %d", got, b.orders, list, orders)
				}
				if len(list) == 0 && len(b.entries) != 0 {
					t.Fatalf("keeps %d entries that have left", len(b.entries))
				}
			},
		})
	})
}
