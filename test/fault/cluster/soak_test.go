package cluster

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"seckill/test/ledger"
	"seckill/test/program"
)

const (
	soakRounds = 30
	roundTime  = time.Minute
	faultEvery = 10 * time.Second
)

// For half an hour buyers come at half of the rate that the cluster can serve, with a
// fault every ten seconds; each minute sells another product out. One process is
// never harmed, and its memory does not grow.
func TestSoak(t *testing.T) {
	ledger.Trials(t, "soak", 0, func(t *ledger.Trial) {
		on := sharedServers(t)
		c := start(t, bin, on.flags())
		witness := c.apis[0]
		rate := c.top() / 2
		t.Count("buyers a second", rate)
		var memory []int
		for round := range soakRounds {
			s := c.put(rate * int(roundTime/time.Second) * 3 / 4)
			s.open(rate)
			for range roundTime / faultEvery {
				<-time.After(faultEvery)
				memory = append(memory, residentMB(t, witness.Process))
				t.Count(s.harm(t, on), 1)
			}
			t.Find(s.wind()...)
			t.Count("placed", s.placed(time.Time{}))
			t.Count("queued", s.queued())
			t.Count("rejected", s.count(wasRejected))
			t.Logf("round %d: %d MB", round+1, memory[len(memory)-1])
			s.remove()
		}
		early, late := slices.Max(memory[len(memory)/6:len(memory)/3]), slices.Max(memory[len(memory)*5/6:])
		t.Count("MB early", early)
		t.Count("MB late", late)
		if late > early*5/4 {
			t.Find(fmt.Sprintf("a process has %d MB at the end, and had %d MB", late, early))
		}
	})
}

// top is how many orders a second are placed while buyers come as fast as they can.
func (c *cluster) top() int {
	const measured = 10 * time.Second
	s := c.put(1_000_000)
	over := time.Now().Add(measured)
	var all sync.WaitGroup
	for range 2 * atOnce {
		all.Go(func() {
			for time.Now().Before(over) {
				s.shop(s.newcomer())
			}
		})
	}
	all.Wait()
	s.remove()
	return s.placed(time.Time{}) / int(measured/time.Second)
}

// remove takes the product away, so that the next fault has fewer gates to open.
func (s *sale) remove() {
	for _, ask := range [][2]string{{"POST", "/close"}, {"DELETE", ""}} {
		s.eventually("it is "+ask[0]+ask[1], func() bool {
			a, err := s.c.any().Ask(ask[0], "/api/products/"+s.product+ask[1], "", "")
			return err == nil && a.Status < 300
		})
	}
}

// harm is one fault that the sale outlives, and what it was.
func (s *sale) harm(t *ledger.Trial, on *servers) string {
	c := s.c
	switch t.IntN(7) {
	case 0:
		c.apis[len(c.apis)-1].Kill()
		c.launchAPI()
		return "API killed"
	case 1:
		c.projectors[len(c.projectors)-1].Kill()
		c.launchProjector()
		return "projector killed"
	case 2:
		tell(t, on.redis, "FLUSHALL", "+OK")
		return "FLUSHALL"
	case 3:
		on.redis.Kill()
		up(t, on.redis.Node)
		return "Redis killed"
	case 4:
		on.kafka.Nodes[0].Kill()
		up(t, on.kafka.Nodes[0])
		return "Kafka killed"
	case 5:
		on.postgres.Kill()
		up(t, on.postgres.Node)
		return "Postgres killed"
	}
	frozen := c.projectors[len(c.projectors)-1]
	frozen.Signal(syscall.SIGSTOP)
	<-time.After(faultEvery / 5)
	frozen.Signal(syscall.SIGCONT)
	return "projector frozen"
}

var resident = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func residentMB(t testing.TB, p *program.Process) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
	found := resident.FindSubmatch(status)
	if err != nil || found == nil {
		t.Fatalf("the memory of a process: %v", err)
	}
	kb, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kb / 1024
}
