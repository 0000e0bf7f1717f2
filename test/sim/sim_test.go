package sim

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"seckill/test/ledger"
)

// number is a number from the environment: SEEDS is how many stories are told,
// SEED the first.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestStoriesKeepEveryPromise tells stories on all processors, and stops at the
// first that broke a promise. With TALLY it goes on, and counts them.
func TestStoriesKeepEveryPromise(t *testing.T) {
	tellAll(t, number(t, "SEED", 0), number(t, "SEEDS", 100))
}

// A full run of the faults tells 300,000, a thousand for each line of the ledger.
func TestStoriesForTheLedger(t *testing.T) {
	if !ledger.Full() {
		t.Skip("300,000 stories: make fault FULL=1")
	}
	ledger.Trials(t, "simulation", 0, func(t *ledger.Trial) {
		t.Seeds = ledger.Stories
		t.Found = tellAll(t.T, (t.Seed-1)*ledger.Stories, ledger.Stories)
	})
}

// tellAll fails the test with a story that broke a promise, and returns which and how.
func tellAll(t *testing.T, first, n uint64) (what string) {
	t.Helper()
	end := first + n
	tally := os.Getenv("TALLY") != ""
	var next, broke atomic.Uint64
	next.Store(first)
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for tally || broke.Load() == 0 {
				seed := next.Add(1) - 1
				if seed >= end {
					return
				}
				s, found := tell(seed)
				if len(found) == 0 {
					continue
				}
				if broke.Add(1) == 1 {
					what = fmt.Sprintf("seed %d, the %d. told: %s", seed, seed-first+1, strings.Join(found, "\n"))
					t.Errorf("%s\n\n%s\n\nreplay: SEED=%d SEEDS=1 go test -run Stories ./test/sim", what, strings.Join(s.last(60), "\n"), seed)
				}
			}
		})
	}
	all.Wait()
	if n := broke.Load(); n > 0 {
		t.Errorf("%d of %d stories broke a promise", n, min(next.Load(), end)-first)
	}
	return what
}

func TestOneSeedTellsOneStory(t *testing.T) {
	for seed := range uint64(5) {
		a, _ := tell(seed)
		b, _ := tell(seed)
		if a.hash != b.hash {
			t.Fatalf("seed %d: two histories, of %d and %d steps", seed, a.steps, b.steps)
		}
		if c, _ := tell(seed + 1); c.hash == a.hash {
			t.Fatalf("seeds %d and %d tell the same story", seed, seed+1)
		}
	}
}

// Among the stories are upgrades, in which newer records are written and older programs
// meet them.
func TestStoriesOfUpgrades(t *testing.T) {
	wrote, halted := 0, 0
	for seed := uint64(11); seed < 40*20; seed += 20 {
		s, found := tell(seed)
		if len(found) > 0 {
			t.Errorf("seed %d: %s", seed, strings.Join(found, "\n"))
		}
		wrote, halted = wrote+s.upgrade.wrote, halted+s.upgrade.halted
	}
	if wrote == 0 || halted == 0 {
		t.Errorf("%d newer records, and %d processes that halted", wrote, halted)
	}
}
