package sim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/projector"
	"seckill/internal/sale"
)

// TestPartitionsFoldInEveryOrder: a log that is folded anew gives the same tables, whichever
// partition is ahead of the other. The one exception is an id that somebody else has written
// under two products: which of them has it hangs on the order, and so does what becomes of
// an order for which the unit that goes with it was the last.
func TestPartitionsFoldInEveryOrder(t *testing.T) {
	compared, claimed := 0, 0
	for seed := range uint64(120) {
		s, found := tell(seed)
		if len(found) > 0 {
			t.Fatalf("seed %d: %v", seed, found)
		}
		if s.upgrade.on { // some records are of a version that nobody reads yet
			continue
		}
		twice := s.claimedTwice()
		if len(twice) > 0 && !s.forged {
			t.Fatalf("seed %d: ids of two products, and nobody forged: %v", seed, twice)
		}
		first := s.refolded(t, func(int) int32 { return 0 })
		for name, turn := range map[string]func(int) int32{
			"the last partition first": func(int) int32 { return partitions - 1 },
			"in turns":                 func(n int) int32 { return int32(n % partitions) },
			"at random":                func(int) int32 { return s.rng.Int32N(partitions) },
		} {
			other := s.refolded(t, turn)
			compared++
			if len(twice) == 0 {
				if !maps.Equal(first.products, other.products) || !maps.Equal(first.orders, other.orders) || !maps.EqualFunc(first.returns, other.returns, slices.Equal) || !maps.Equal(first.payments, other.payments) {
					t.Errorf("seed %d, %s: the tables differ", seed, name)
				}
				continue
			}
			claimed++
			for id, o := range first.orders {
				if is, kept := other.orders[id]; !twice[id] && (!kept || is.ProductID != o.ProductID || is.UserID != o.UserID) {
					t.Errorf("seed %d, %s: %s, which one product has, is %+v and was %+v", seed, name, id, is, o)
				}
			}
			for id := range twice {
				if _, kept := other.orders[id]; !kept && first.orders[id].ID == id {
					t.Errorf("seed %d, %s: nobody has %s", seed, name, id)
				}
			}
		}
	}
	if compared == 0 || claimed == 0 {
		t.Errorf("%d logs were compared, %d of them with an id under two products", compared, claimed)
	}
}

// refolded is the tables that the log gives, a few lines of the partition whose turn it is at a time.
func (s *story) refolded(t *testing.T, turn func(n int) int32) tables {
	t.Helper()
	store := newMemStore(func() time.Time { return time.Time{} })
	p := projector.New(fewLines{s.log, s}, store, s.gates(), silent{})
	cursors := make([]*projector.Cursor, partitions)
	for i := range cursors {
		cursors[i] = projector.NewCursor(int32(i))
	}
	left := func(partition int32) bool {
		return store.tables.marks[partition].Next < int64(len(s.log.partitions[partition]))
	}
	for n := 0; ; n++ {
		partition := turn(n)
		for range partitions {
			if left(partition) {
				break
			}
			partition = (partition + 1) % partitions
		}
		if !left(partition) {
			return store.tables
		}
		if _, err := p.Step(context.Background(), cursors[partition]); err != nil {
			t.Fatal(fmt.Errorf("partition %d: %w", partition, err))
		}
	}
}

// claimedTwice are the ids under which orders of two products are in the log.
func (s *story) claimedTwice() map[sale.OrderID]bool {
	of, twice := map[sale.OrderID]string{}, map[sale.OrderID]bool{}
	for _, lines := range s.log.partitions {
		for _, l := range lines {
			if l.Poison != nil || l.Record.Kind != sale.KindOrder {
				continue
			}
			if id := l.Record.OrderID; of[id] == "" {
				of[id] = l.Product
			} else if of[id] != l.Product {
				twice[id] = true
			}
		}
	}
	return twice
}

// fewLines is a log of which a few lines are read at a time.
type fewLines struct {
	*memLog
	s *story
}

func (l fewLines) Read(ctx context.Context, partition int32, from int64, most int) ([]orderlog.Line, error) {
	return l.memLog.Read(ctx, partition, from, min(most, 1+l.s.rng.IntN(5)))
}

type silent struct{}

func (silent) Projected([]*sale.State, int) {}
func (silent) Returned(string)              {}
