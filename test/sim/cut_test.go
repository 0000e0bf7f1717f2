package sim

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"seckill/internal/sale"
)

// TestALogThatGrewAgain: all processes die, the log loses a tail of which the tables
// have applied a part, and other records come to be in its place. Nobody folds them,
// however often the processes are started again.
func TestALogThatGrewAgain(t *testing.T) {
	for seed := range uint64(20) {
		s := newStory(true)
		s.products, s.buyers = 1, 20
		s.system = newSystem(seed, false, 2)
		s.client("merchant", func() { s.merchant(0) })
		for n := range s.buyers {
			s.client(fmt.Sprintf("buyer-%d", n), func() { s.buyer(n) })
		}
		partition := s.log.Partition(productID(0))
		applied := func() int64 { return s.store.view().marks[partition].Next }
		s.run(func() bool { return applied() >= 8 || s.busy == 0 }, 10*time.Minute)
		s.killAll(func(*task) bool { return true })
		before := applied()
		lost := s.log.partitions[partition][before-1-s.rng.Int64N(before):]
		s.log.partitions[partition] = s.log.partitions[partition][:lost[0].Offset]
		for n := range uint64(10) {
			_, err := s.log.Append(context.Background(), partition, []sale.Record{{
				Kind: sale.KindOrder, ProductID: productID(0), Epoch: 1, OrderID: orderID(0, n), UserID: "u", Seq: int64(n) + 1, At: s.now,
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			for _, p := range s.procs {
				s.start(p)
			}
			if said := s.halts(func() bool { return applied() > before }); !strings.Contains(said, "the log was cut off, and grew again") || applied() != before {
				t.Fatalf("seed %d: the tables had applied %d records, and have %d; a projector said %q", seed, before, applied(), said)
			}
			s.killAll(func(*task) bool { return true })
		}
	}
}

// halts lets the tasks go on until one halts, and returns why, or until stop holds.
func (s *story) halts(stop func() bool) (why string) {
	defer func() {
		if r := recover(); r != nil {
			why = fmt.Sprint(r)
		}
	}()
	s.run(stop, time.Minute)
	return ""
}
