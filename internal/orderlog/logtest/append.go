package logtest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"seckill/internal/sale"
)

func appendReturnsTheLastPosition(t *testing.T, h Harness) {
	product, partition := home(h)
	var next int64
	for _, count := range []int64{1, 3, 1, 100} {
		last := mustAppend(t, h, partition, orders(product, next+1, count))
		if next += count; last != next-1 {
			t.Fatalf("after %d records the last is at %d", next, last)
		}
	}
	wantRecords(t, mustRead(t.Context(), t, h, partition, 0, next), orders(product, 1, next))
}

func appendOfNothing(t *testing.T, h Harness) {
	product, partition := home(h)
	for _, records := range [][]sale.Record{nil, {}} {
		if _, err := h.Append(t.Context(), partition, records); err != nil {
			t.Fatalf("Append of nothing: %v", err)
		}
	}
	if last := mustAppend(t, h, partition, orders(product, 1, 1)); last != 0 {
		t.Fatalf("after nothing, the first record is at %d", last)
	}
}

func appendsThatFollowComeAfter(t *testing.T, h Harness) {
	product, partition := home(h)
	const each, appenders = 20, 4
	var group sync.WaitGroup
	for a := range int64(appenders) {
		group.Go(func() {
			before := int64(-1)
			for n := range int64(each) {
				last, err := h.Append(t.Context(), partition, orders(product, 1+a*each+n, 1))
				if err != nil || last.Offset <= before {
					t.Errorf("an append after the one at %d is at %d, error %v", before, last.Offset, err)
					return
				}
				before = last.Offset
			}
		})
	}
	group.Wait()
}

// Many append at once, batches of several sizes and products: each batch is in
// the log once, in order, in one piece, and ends where Append said.
func appendsThatOverlapStayWhole(t *testing.T, h Harness) {
	const appenders, each = 16, 12
	var mu sync.Mutex
	ends := map[sale.Position][]sale.Record{}
	count := map[int32]int64{}
	var group sync.WaitGroup
	for a := range int64(appenders) {
		product := "p" + string(rune('a'+a%4))
		partition := h.Partition(product)
		group.Go(func() {
			for n := range int64(each) {
				batch := orders(product, 1+(a*each+n)*10, 1+(a+n)%5)
				last, err := h.Append(t.Context(), partition, batch)
				if err != nil {
					t.Errorf("Append: %v", err)
					return
				}
				mu.Lock()
				ends[last] = batch
				count[partition] += int64(len(batch))
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if len(ends) != appenders*each {
		t.Fatalf("%d appends ended at %d positions", appenders*each, len(ends))
	}
	for partition, n := range count {
		lines := mustRead(t.Context(), t, h, partition, 0, n)
		for end, batch := range ends {
			if first := end.Offset + 1 - int64(len(batch)); end.Partition == partition {
				wantRecords(t, lines[first:end.Offset+1], batch)
			}
		}
	}
}

func appendUnderADoneContext(t *testing.T, h Harness) {
	product, partition := home(h)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	lost, sentinel := orders(product, 1, 1), orders(product, 2, 1)
	_, err := h.Append(done, partition, lost)
	if !errors.Is(err, sale.ErrUnavailable) && !errors.Is(err, sale.ErrUnknownOutcome) {
		t.Fatalf("Append under a done context: %v", err)
	}
	last := mustAppend(t, h, partition, sentinel)
	if errors.Is(err, sale.ErrUnavailable) && last != 0 {
		t.Fatal("ErrUnavailable, and yet the record is in the log")
	}
	wantRecords(t, mustRead(t.Context(), t, h, partition, last, 1), sentinel)
}

// The caller uses its slice again as soon as Append has returned, also if
// Append gave up waiting.
func appendKeepsNothingOfItsArgument(t *testing.T, h Harness) {
	product, partition := home(h)
	records := orders(product, 1, 50)
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		_, err := h.Append(ctx, partition, records)
		clear(records)
		if err != nil && !errors.Is(err, sale.ErrUnavailable) && !errors.Is(err, sale.ErrUnknownOutcome) {
			t.Fatalf("Append whose context ends: %v", err)
		}
		copy(records, orders(product, 1, 50))
	}
	end := mustAppend(t, h, partition, orders(product, 51, 1)) + 1
	for _, l := range mustRead(t.Context(), t, h, partition, 0, end) {
		if l.Poison != nil || l.Record.ProductID != product {
			t.Fatalf("the line at %d was changed after Append: %+v", l.Offset, l)
		}
	}
}

func partitionsAreApart(t *testing.T, h Harness) {
	n, err := h.Partitions(t.Context())
	if err != nil || n < 1 {
		t.Fatalf("Partitions: %d, %v", n, err)
	}
	for p := range n {
		if last := mustAppend(t, h, p, orders("p1", int64(p)+1, 2)); last != 1 {
			t.Fatalf("the first two records of partition %d end at %d", p, last)
		}
	}
	for p := range n {
		wantRecords(t, mustRead(t.Context(), t, h, p, 0, 2), orders("p1", int64(p)+1, 2))
	}
}

func productsHaveOnePartition(t *testing.T, h Harness) {
	n, err := h.Partitions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := map[string]int32{}
	for _, product := range []string{"1", "2", "A", "a", "_", "-", "rehearsal-1"} {
		p := h.Partition(product)
		if p < 0 || p >= n {
			t.Fatalf("product %q belongs to partition %d of %d", product, p, n)
		}
		before[product] = p
	}
	again := h.Reopen()
	for product, p := range before {
		if got := again.Partition(product); got != p {
			t.Fatalf("product %q belongs to partition %d, and after a restart to %d", product, p, got)
		}
	}
}
