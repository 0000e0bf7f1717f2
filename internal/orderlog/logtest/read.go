package logtest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"seckill/internal/orderlog"
	"seckill/internal/sale"
)

func everyKindComesBackWhole(t *testing.T, h Harness) {
	product, partition := home(h)
	records := everyKind(product)
	mustAppend(t, h, partition, records)
	wantRecords(t, mustRead(t.Context(), t, h, partition, 0, int64(len(records))), records)
}

func readGivesAtMostMax(t *testing.T, h Harness) {
	product, partition := home(h)
	mustAppend(t, h, partition, orders(product, 1, 3))
	mustAppend(t, h, partition, orders(product, 4, 7))
	for _, max := range []int{1, 2, 3, 4, 10, 11, math.MaxInt} {
		lines, err := h.Read(t.Context(), partition, 0, max)
		if err != nil || len(lines) < 1 || len(lines) > max {
			t.Fatalf("Read of at most %d gives %d lines, error %v", max, len(lines), err)
		}
		wantRecords(t, lines, orders(product, 1, int64(len(lines))))
	}
}

func readFromAnyOffset(t *testing.T, h Harness) {
	product, partition := home(h)
	var end int64
	for _, count := range []int64{1, 4, 2, 1} {
		mustAppend(t, h, partition, orders(product, end+1, count))
		end += count
	}
	for from := range end {
		wantRecords(t, mustRead(t.Context(), t, h, partition, from, end-from), orders(product, from+1, end-from))
	}
}

// A reader that follows is at the end of the log again before every append, or
// comes there while it happens.
func readWaitsForAnAppend(t *testing.T, h Harness) {
	product, partition := home(h)
	const rounds = 30
	got := make(chan orderlog.Line)
	go func() {
		defer close(got)
		for from := range int64(rounds) {
			lines, err := h.Read(t.Context(), partition, from, 10)
			if err != nil || len(lines) != 1 {
				t.Errorf("Read at the end: %d lines, %v", len(lines), err)
				return
			}
			got <- lines[0]
		}
	}()
	for n := range int64(rounds) {
		mustAppend(t, h, partition, orders(product, n+1, 1))
		wantRecords(t, []orderlog.Line{<-got}, orders(product, n+1, 1))
	}
}

func readWaitsUntilItsContextIsDone(t *testing.T, h Harness) {
	_, partition := home(h)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := h.Read(ctx, partition, 0, 10)
		failed <- err
	}()
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Fatalf("Read whose context is done: %v", err)
	}
}

func readOutsideTheLogIsDamage(t *testing.T, h Harness) {
	product, partition := home(h)
	outside := func(when string, offsets ...int64) {
		for _, from := range offsets {
			if _, err := h.Read(t.Context(), partition, from, 10); !errors.Is(err, sale.ErrDamaged) {
				t.Fatalf("Read from %d of %s: %v", from, when, err)
			}
		}
	}
	outside("an empty log", math.MinInt64, -2, -1, 1, math.MaxInt64)
	mustAppend(t, h, partition, orders(product, 1, 3))
	outside("a log of 3", math.MinInt64, -2, -1, 4, math.MaxInt64)
}

func readsOverlapAppends(t *testing.T, h Harness) {
	product, partition := home(h)
	const appends, size, readers = 20, 25, 3
	done := make(chan []orderlog.Line)
	for range readers {
		go func() {
			var lines []orderlog.Line
			for len(lines) < appends*size {
				got, err := h.Read(t.Context(), partition, int64(len(lines)), 7)
				if err != nil {
					t.Errorf("Read: %v", err)
					break
				}
				lines = append(lines, got...)
			}
			done <- lines
		}()
	}
	for n := range int64(appends) {
		mustAppend(t, h, partition, orders(product, 1+n*size, size))
	}
	for range readers {
		wantRecords(t, <-done, orders(product, 1, appends*size))
	}
}

func poisonDoesNotStopTheLine(t *testing.T, h Harness) {
	product, partition := home(h)
	good := order(product, 1)
	body := string(good.AppendBody(nil))
	next := int64(0)
	for _, c := range []struct {
		name, key string
		kind      sale.Kind
		version   int
		epoch     int64
		raw       string
		product   string // as far as it can be told
	}{
		{"a kind of tomorrow", product, "refund", sale.Version, 1, body, product},
		{"no version", product, sale.KindOrder, 0, 1, body, product},
		{"not JSON", product, sale.KindOrder, sale.Version, 1, "\x00\xff{", product},
		{"cut", product, sale.KindOrder, sale.Version, 1, body[:len(body)-1], product},
		{"two values", product, sale.KindOrder, sale.Version, 1, body + body, product},
		{"an unknown key", product, sale.KindOrder, sale.Version, 1, `{"gift":1,` + body[1:], product},
		{"nothing at all", product, sale.KindOrder, sale.Version, 1, "", product},
		{"an opening of epoch 0", product, sale.KindOpening, sale.Version, 0, `{}`, product},
		{"an epoch below 0", product, sale.KindOpening, sale.Version, -1, `{}`, product},
		{"the record of another product", "p2", sale.KindOrder, sale.Version, 1, body, "p2"},
		{"a key that is no id", "p\n{1}", sale.KindOrder, sale.Version, 1, "?", ""},
	} {
		h.WriteRaw(partition, c.key, c.kind, c.version, c.epoch, []byte(c.raw))
		mustAppend(t, h, partition, []sale.Record{good})
		lines := mustRead(t.Context(), t, h, partition, next, 2)
		next += 2
		l := lines[0]
		if !errors.Is(l.Poison, sale.ErrPoison) || string(l.Raw) != c.raw || l.Product != c.product || l.Record != (sale.Record{}) {
			t.Errorf("%s: the line is %+v", c.name, l)
		}
		wantRecords(t, lines[1:], []sale.Record{good})
	}
}

// A record of a newer program is no poison and is not passed over: whoever comes to it
// halts, and has had what stands before it.
func aNewerRecordHalts(t *testing.T, h Harness) {
	product, partition := home(h)
	good := order(product, 1)
	mustAppend(t, h, partition, orders(product, 1, 3))
	h.WriteRaw(partition, product, "refund", sale.Version+1, 1, []byte("what a newer program writes"))
	mustAppend(t, h, partition, []sale.Record{good})
	for from := range int64(3) {
		lines, err := h.Read(t.Context(), partition, from, 10)
		if err != nil {
			t.Fatalf("the lines before it, from %d on: %v", from, err)
		}
		wantRecords(t, lines, orders(product, 1, 3)[from:])
	}
	for _, k := range []func() orderlog.Keeper{func() orderlog.Keeper { return h }, h.Join, h.Reopen} {
		lines, err := k().Read(t.Context(), partition, 3, 10)
		if !errors.Is(err, sale.ErrNewer) || len(lines) > 0 {
			t.Fatalf("%v, %v", lines, err)
		}
		for _, says := range []string{
			fmt.Sprintf("up to version %d", sale.Version), fmt.Sprintf("of version %d", sale.Version+1), fmt.Sprintf("partition %d, offset 3", partition),
		} {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("%v does not say %q", err, says)
			}
		}
	}
}

func boundsFollowTheAppends(t *testing.T, h Harness) {
	product, partition := home(h)
	for _, count := range []int64{0, 1, 5} {
		want := int64(0)
		if count > 0 {
			want = mustAppend(t, h, partition, orders(product, 1, count)) + 1
		}
		first, end, err := h.Bounds(t.Context(), partition)
		if err != nil || first != 0 || end != want {
			t.Fatalf("Bounds are %d, %d, %v; want 0, %d", first, end, err, want)
		}
	}
}

// What stands at an offset has one sum, whoever reads it and from where on.
func aLineHasASum(t *testing.T, h Harness) {
	product, partition := home(h)
	mustAppend(t, h, partition, orders(product, 1, 3))
	mustAppend(t, h, partition, orders(product, 1, 3)) // the same again is another line
	sums := func(l orderlog.Reader) (all []uint32) {
		for from := range int64(6) {
			lines, err := l.Read(t.Context(), partition, from, 1)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, lines[0].Sum)
		}
		return all
	}
	first := sums(h)
	for i, l := range mustRead(t.Context(), t, h, partition, 0, 6) {
		if l.Sum != first[i] || l.Sum == 0 {
			t.Errorf("line %d has the sum %d among others, and %d alone", i, l.Sum, first[i])
		}
	}
	if again := sums(h.Reopen()); !slices.Equal(again, first) {
		t.Errorf("sums %v, and %v after it was opened again", first, again)
	}
}
