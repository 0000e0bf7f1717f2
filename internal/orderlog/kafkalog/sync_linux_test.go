package kafkalog_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"seckill/internal/orderlog/kafkalog"
)

// A broker that nobody copies has what it acknowledges on its disk: it waits for
// a sync, which takes long here.
func TestALoneBrokerSyncsWhatItAcknowledges(t *testing.T) {
	t.Parallel()
	const sync = time.Second
	k := cluster(t, 1)
	l := open(t, parse(t, k.Addr()), kafkalog.Topic)
	mustAppend(t, l, 0, orders(1, 1)) // a partition's first has more than itself to sync
	slowDisk(t, k.Nodes[0].Pid(), sync)
	began := time.Now()
	mustAppend(t, l, 0, orders(2, 1))
	if took := time.Since(began); took < sync {
		t.Errorf("acknowledged after %v, and a sync takes %v", took, sync)
	}
}

// slowDisk makes every sync of a process take so long.
func slowDisk(t *testing.T, pid int, sync time.Duration) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIPPED: there is no strace; as root: apt-get install -y strace")
	}
	c := exec.CommandContext(t.Context(), strace, "-f", "-o", os.DevNull, "-e", "trace=fsync,fdatasync",
		"-e", fmt.Sprintf("inject=fsync,fdatasync:delay_enter=%d", sync.Microseconds()), "-p", strconv.Itoa(pid))
	said, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Wait() }) // killed with the test's context
	first, err := bufio.NewReader(said).ReadString('\n')
	if err != nil || !strings.Contains(first, "attached") {
		t.Skipf("SKIPPED: strace may not watch a process here (ptrace): %s %v", first, err)
	}
}
