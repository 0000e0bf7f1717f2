package kafkalog_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/sale"
)

func order(n int64) sale.Record {
	var random [10]byte
	binary.BigEndian.PutUint64(random[2:], uint64(n)*0x9e3779b97f4a7c15)
	at := time.UnixMilli(1_778_000_000_000 + n).UTC()
	return sale.Record{
		Kind: sale.KindOrder, ProductID: "1", Epoch: 3, At: at,
		OrderID: sale.NewOrderID(at, random), UserID: fmt.Sprintf("user-%07d", n), Seq: n,
	}
}

// orders are the orders first … first+count-1.
func orders(first, count int64) []sale.Record {
	records := make([]sale.Record, count)
	for i := range records {
		records[i] = order(first + int64(i))
	}
	return records
}

// BenchmarkAppend is one durable batch an operation, each after the one before, as
// a product's lane appends; also while a projector follows.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int64{1, 10, 100, 1000} {
		for _, follow := range []bool{false, true} {
			b.Run(fmt.Sprintf("records=%d/reader=%t", size, follow), func(b *testing.B) {
				l := open(b, shared(b), freshTopic(b))
				read := make(chan error, 1)
				if follow {
					go func() { read <- readAll(b.Context(), l, int64(b.N)*size) }()
				} else {
					read <- nil
				}
				records, took := orders(1, size), make([]time.Duration, b.N)
				b.ReportAllocs()
				b.ResetTimer()
				for i := range took {
					start := time.Now()
					if _, err := l.Append(b.Context(), 0, records); err != nil {
						b.Fatal(err)
					}
					took[i] = time.Since(start)
				}
				if err := <-read; err != nil {
					b.Fatal(err)
				}
				report(b, took, size)
			})
		}
	}
}

func report(b *testing.B, took []time.Duration, size int64) {
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "batches/s")
	b.ReportMetric(float64(b.N)*float64(size)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

// readAll reads the first count lines, as a projector does.
func readAll(ctx context.Context, l *kafkalog.Log, count int64) error {
	for from := int64(0); from < count; {
		lines, err := l.Read(ctx, 0, from, 2000)
		if err != nil {
			return err
		}
		from += int64(len(lines))
	}
	return nil
}

// BenchmarkRead is a fold's reading of 200,000 records.
func BenchmarkRead(b *testing.B) {
	const count, size = 200_000, 1000
	l := open(b, shared(b), freshTopic(b))
	for n := int64(0); n < count; n += size {
		if _, err := l.Append(b.Context(), 0, orders(1+n, size)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := readAll(b.Context(), l, count); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(count*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkBounds is what a look at the log's end costs.
func BenchmarkBounds(b *testing.B) {
	l := open(b, shared(b), freshTopic(b))
	for b.Loop() {
		if _, _, err := l.Bounds(b.Context(), 0); err != nil {
			b.Fatal(err)
		}
	}
}
