package memgate

import (
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// BenchmarkGrowth admits 2,000,000 buyers one by one at a gate of 10,000,000
// units, and says how long the slowest of them took: by the clock on the wall,
// which has in it whatever else the machine does, and by the CPU time of the
// thread, which has not.
func BenchmarkGrowth(b *testing.B) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	buyers := requests(2_000_000)
	for b.Loop() {
		g := opened(b, Options{}, selling(sale.MaxQuantity))
		wall, cpu := make([]time.Duration, 0, len(buyers)), make([]time.Duration, 0, len(buyers))
		for i := range buyers {
			from, used := time.Now(), threadTime()
			a, err := g.Admit(b.Context(), "p", gate.Try{}, buyers[i:i+1])
			cpu = append(cpu, threadTime()-used)
			wall = append(wall, time.Since(from))
			if err != nil {
				b.Fatal(err)
			}
			if err := g.Forget(b.Context(), "p", []gate.EntryID{a.Entry}); err != nil {
				b.Fatal(err)
			}
		}
		report(b, "wall", wall)
		report(b, "cpu", cpu)
	}
}

func report(b *testing.B, clock string, took []time.Duration) {
	slices.Sort(took)
	last := len(took) - 1
	b.ReportMetric(float64(took[last].Nanoseconds())/1000, "max-"+clock+"-µs")
	b.ReportMetric(float64(took[last-len(took)/100_000].Nanoseconds())/1000, "p99.999-"+clock+"-µs")
}

func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}
