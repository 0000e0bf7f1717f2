package sqlitelog_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"seckill/internal/orderlog/sqlitelog"
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

// BenchmarkAppend is one durable record an operation, with so many waiting at
// once; with a reader that follows, or without.
func BenchmarkAppend(b *testing.B) {
	for _, appenders := range []int{1, 256, 1000} {
		for _, follow := range []bool{false, true} {
			b.Run(fmt.Sprintf("appenders=%d/reader=%t", appenders, follow), func(b *testing.B) {
				l := open(b, filepath.Join(b.TempDir(), "log"))
				b.ReportAllocs()
				b.ResetTimer()
				var readers sync.WaitGroup
				if follow {
					readers.Go(func() { read(b, l, int64(b.N)) })
				}
				took := appendAll(b, l, appenders)
				readers.Wait()
				report(b, took)
			})
		}
	}
}

// appendAll shares b.N appends out between the appenders and returns how long each took.
func appendAll(b *testing.B, l *sqlitelog.Log, appenders int) []time.Duration {
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var group sync.WaitGroup
	for range appenders {
		group.Go(func() {
			records := make([]sale.Record, 1)
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				records[0] = order(n)
				start := time.Now()
				if _, err := l.Append(context.Background(), 0, records); err != nil {
					b.Error(err)
					return
				}
				took[n-1] = time.Since(start)
			}
		})
	}
	group.Wait()
	return took
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
}

// read reads the first count lines, as a projector does.
func read(b *testing.B, l *sqlitelog.Log, count int64) {
	for from := int64(0); from < count; {
		lines, err := l.Read(context.Background(), 0, from, 1000)
		if err != nil {
			b.Error(err)
			return
		}
		from += int64(len(lines))
	}
}

// BenchmarkSync is the disk under BenchmarkAppend: 40 KB and one sync an operation.
func BenchmarkSync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "file"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // nothing of it is kept
	block := make([]byte, 40_000)
	took := make([]time.Duration, b.N)
	for i := range took {
		start := time.Now()
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := unix.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(start)
	}
	report(b, took)
}

// million is a log of 1,000,000 orders, made in batches of 256.
func million(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "log")
	l := open(b, path)
	records := make([]sale.Record, 256)
	for n := int64(1); n <= 1_000_000; n += 256 {
		for i := range records {
			records[i] = order(n + int64(i))
		}
		if _, err := l.Append(context.Background(), 0, records); err != nil {
			b.Fatal(err)
		}
	}
	mustClose(b, l)
	return path
}

// BenchmarkOpenMillion is what a restart pays for the check of the whole chain.
func BenchmarkOpenMillion(b *testing.B) {
	path := million(b)
	for b.Loop() {
		mustClose(b, open(b, path))
	}
}

// BenchmarkReadMillion is a fold's reading of the whole log.
func BenchmarkReadMillion(b *testing.B) {
	l := open(b, million(b))
	b.ReportAllocs()
	for b.Loop() {
		read(b, l, 1_000_000)
	}
	b.ReportMetric(1_000_000*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
