package logtest

import (
	"errors"
	"testing"

	"seckill/internal/sale"
)

func reopenKeepsEverything(t *testing.T, h Harness) {
	product, partition := home(h)
	records := append(everyKind(product), orders(product, 2, 200)...)
	mustAppend(t, h, partition, records[:100])
	mustAppend(t, h, partition, records[100:])
	count := int64(len(records))

	k := h.Reopen()
	if first, end, err := k.Bounds(t.Context(), partition); err != nil || first != 0 || end != count {
		t.Fatalf("Bounds after a restart are %d, %d, %v; want 0, %d", first, end, err, count)
	}
	wantRecords(t, mustRead(t.Context(), t, k, partition, 0, count), records)
	if last := mustAppend(t, k, partition, orders(product, 1000, 1)); last != count {
		t.Fatalf("the first record after a restart is at %d, want %d", last, count)
	}
	wantRecords(t, mustRead(t.Context(), t, k, partition, count, 1), orders(product, 1000, 1))
}

func sourceIsForLife(t *testing.T, h Harness) {
	product, partition := home(h)
	before, err := h.Source(t.Context(), partition)
	if err != nil || before.Cluster == "" {
		t.Fatalf("Source: %+v, %v", before, err)
	}
	mustAppend(t, h, partition, orders(product, 1, 1))
	k := h.Reopen()
	after, err := k.Source(t.Context(), partition)
	if err != nil || after.Cluster != before.Cluster || after.Topic != before.Topic || after.Leader < before.Leader {
		t.Fatalf("Source was %+v and is %+v after a restart, error %v", before, after, err)
	}
	if l := mustRead(t.Context(), t, k, partition, 0, 1)[0]; l.Leader > after.Leader {
		t.Fatalf("a line was written by leader %d, and the log is at %d", l.Leader, after.Leader)
	}
}

func sourceTellsLogsApart(t *testing.T, h, other Harness) {
	a, errA := h.Source(t.Context(), 0)
	b, errB := other.Source(t.Context(), 0)
	if errA != nil || errB != nil || a == b {
		t.Fatalf("two logs have the sources %+v (%v) and %+v (%v)", a, errA, b, errB)
	}
}

func closedIsUnavailable(t *testing.T, h Harness) {
	product, partition := home(h)
	mustAppend(t, h, partition, orders(product, 1, 1))
	h.Close()
	ctx := t.Context()
	for name, call := range map[string]func() error{
		"Append":     func() error { _, err := h.Append(ctx, partition, orders(product, 2, 1)); return err },
		"Read":       func() error { _, err := h.Read(ctx, partition, 0, 1); return err },
		"Bounds":     func() error { _, _, err := h.Bounds(ctx, partition); return err },
		"Source":     func() error { _, err := h.Source(ctx, partition); return err },
		"Partitions": func() error { _, err := h.Partitions(ctx); return err },
	} {
		if err := call(); !errors.Is(err, sale.ErrUnavailable) {
			t.Errorf("%s of a closed log: %v", name, err)
		}
	}
}

func closeEndsAReadThatWaits(t *testing.T, h Harness) {
	_, partition := home(h)
	failed := make(chan error)
	go func() {
		_, err := h.Read(t.Context(), partition, 0, 1)
		failed <- err
	}()
	h.Close()
	if err := <-failed; !errors.Is(err, sale.ErrUnavailable) {
		t.Fatalf("Read of a log that closes: %v", err)
	}
}
