//go:build !stories

package sim

import (
	"sync/atomic"
	"testing"
	"time"

	"seckill/internal/gate"
	"seckill/internal/gate/gatetest"
	"seckill/internal/orderlog"
	"seckill/internal/orderlog/logtest"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/storetest"
	"seckill/internal/sale"
)

// The keepers of the stories pass the suites of the real ones. The tag stories leaves them
// out of a build for the stories alone, half of whose time they would take.

func TestGateServer(t *testing.T) {
	gatetest.Exercise(t, func(t *testing.T) gatetest.Harness {
		var now atomic.Int64
		s := newGateServer(func() time.Time { return time.UnixMilli(0).Add(time.Duration(now.Load())) }, 150, "1", "a")
		return gatetest.Harness{
			Keeper: s, Other: s.of("b"), MaxUnrelayed: s.most,
			Advance: func(d time.Duration) { now.Add(int64(d)) },
			Restart: func() gate.Keeper { s.take(s, 1, s.incarnation+"1"); return s },
		}
	})
}

func TestMemLog(t *testing.T) {
	logtest.Exercise(t, func(t *testing.T) logtest.Harness {
		l := newMemLog(partitions)
		return logtest.Harness{
			Keeper: l, Close: l.close,
			Reopen: func() orderlog.Keeper { l.closed = false; return l },
			Join:   func() orderlog.Keeper { return l },
			WriteRaw: func(partition int32, product string, kind sale.Kind, version int, epoch int64, raw []byte) {
				l.mu.Lock()
				defer l.mu.Unlock()
				l.add(partition, product, kind, version, epoch, raw)
			},
		}
	})
}

func TestMemStore(t *testing.T) {
	storetest.Exercise(t, func(t *testing.T) storetest.Harness {
		passed := time.Duration(0)
		s := newMemStore(func() time.Time { return time.Now().Add(passed) })
		return storetest.Harness{
			Keeper: s, Reopen: func() orderstore.Keeper { return s },
			Pass: func(d time.Duration) { passed += d },
		}
	})
}
