package sim

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"seckill/internal/orderlog"
	"seckill/internal/orderlog/logtest"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/storetest"
	"seckill/internal/sale"
)

// seeds is how many stories a run tells: SEEDS, or few enough for every build.
func seeds(t *testing.T) uint64 {
	n, err := strconv.ParseUint(os.Getenv("SEEDS"), 10, 32)
	if os.Getenv("SEEDS") == "" {
		return 300
	}
	if err != nil {
		t.Fatalf("SEEDS: %v", err)
	}
	return n
}

// first is the seed to begin with: SEED replays one that failed.
func first() uint64 {
	n, _ := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	return n
}

func TestStoriesKeepEveryPromise(t *testing.T) {
	for seed := first(); seed < first()+seeds(t); seed++ {
		s, found := tell(seed)
		if len(found) > 0 {
			t.Fatalf("seed %d: %s\n\n%s\n\nreplay: SEED=%d SEEDS=1 go test -run Stories ./test/sim",
				seed, strings.Join(found, "\n"), strings.Join(s.world.log[max(0, len(s.world.log)-60):], "\n"), seed)
		}
	}
}

func TestOneSeedTellsOneStory(t *testing.T) {
	for seed := range uint64(20) {
		a, _ := tell(seed)
		b, _ := tell(seed)
		if a.trace != b.trace {
			t.Fatalf("seed %d: two histories, of %d and %d steps", seed, a.steps, b.steps)
		}
		if c, _ := tell(seed + 1); c.trace == a.trace {
			t.Fatalf("seeds %d and %d tell the same story", seed, seed+1)
		}
	}
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
		s := newMemStore(time.Now)
		return storetest.Harness{Keeper: s, Reopen: func() orderstore.Keeper { return s }}
	})
}
