package cluster

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"seckill/internal/devstack"
	"seckill/test/ledger"
	"seckill/test/program"
)

const faultEvery = 10 * time.Second

// For half an hour buyers come at half of the rate that the cluster can serve, with a
// fault every ten seconds; each minute, which is a trial, sells another product out.
// One process is never harmed, and its memory does not grow.
func TestSoak(t *testing.T) {
	if !ledger.Full() {
		t.Skip("half an hour: make fault FULL=1")
	}
	on := sharedServers(t)
	c := start(t, bin, on.flags())
	witness, rate := c.apis[0], c.top()/2
	var memory []int
	ledger.Trials(t, "soak", 0, func(t *ledger.Trial) {
		s := c.put(rate * 60)
		s.t = t
		s.open(rate)
		for range time.Minute / faultEvery {
			<-time.After(faultEvery)
			t.Count(s.harm(t, on), 1)
		}
		t.Find(s.wind()...)
		memory = append(memory, residentMB(t, witness.Process))
		t.Count("buyers a second", rate)
		t.Count("placed", s.placed(time.Time{}))
		t.Count("queued", s.queued())
		t.Count("rejected", s.count(wasRejected))
		t.Count("MB", memory[len(memory)-1])
		s.remove()
	})
	const warm = 5 // minutes, until all has been met once
	if n := len(memory); n > 2*warm && memory[n-1] > memory[warm]*5/4 {
		t.Errorf("a process has more memory each minute: %v MB", memory)
	}
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
		each(on.kafka.Nodes, (*devstack.Node).Kill)
		up(t, on.kafka.Nodes...)
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
