package fault

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"seckill/test/program"
)

// serveTraced starts a server under strace, which writes to trace. The server is
// the child of this process, and strace watches beside it.
func serveTraced(t *testing.T, binary, data string, options ...string) (s *server, trace string) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("SKIPPED: there is no strace; as root: apt-get install -y strace")
	}
	if out, err := exec.Command(strace, "-o", os.DevNull, "true").CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: strace may not watch a process here (ptrace): %v %s", err, out)
	}
	trace = filepath.Join(t.TempDir(), "trace")
	args := append([]string{"-D", "-f", "-y", "-s", "64", "-o", trace}, options...)
	args = append(args, binary, "serve", "--listen", "127.0.0.1:0", "--data", data)
	s = program.NewServer(t, program.Launch(t, strace, args...))
	if !s.Ready(t) {
		t.Fatalf("it ended:\n%s", s.Out.String())
	}
	return s, trace
}

// A call is a system call of the trace.
type call struct {
	text         string // whole, if it was interrupted by others too
	began, ended int    // lines of the trace; ended 0: never
}

var (
	unfinished = regexp.MustCompile(`^(.*) <unfinished \.\.\.>$`)
	resumed    = regexp.MustCompile(`^<\.\.\. \w+ resumed>(.*)$`)
)

// readTrace reads the calls that strace wrote down, in the order of their beginnings.
func readTrace(path string) (calls []*call, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	open := map[string]*call{} // by thread
	in := bufio.NewScanner(f)
	for line := 1; in.Scan(); line++ {
		thread, text, ok := strings.Cut(in.Text(), " ")
		text = strings.TrimSpace(text)
		switch begun, rest := unfinished.FindStringSubmatch(text), resumed.FindStringSubmatch(text); {
		case !ok:
		case begun != nil:
			open[thread] = &call{text: begun[1], began: line}
			calls = append(calls, open[thread])
		case rest != nil:
			if c := open[thread]; c != nil {
				c.text, c.ended = c.text+rest[1], line
			}
		default:
			calls = append(calls, &call{text, line, line})
		}
	}
	return calls, in.Err()
}

// syncedBetween says what is wrong if no sync of the log stands, done, between
// the reading of the request and the writing of its answer, and no write of the
// log before that sync.
func syncedBetween(calls []*call, request, answer string) error {
	var asked, wrote, synced *call
	for _, c := range calls {
		name, _, _ := strings.Cut(c.text, "(")
		switch {
		case asked == nil:
			if name == "read" && strings.Contains(c.text, request) {
				asked = c
			}
		case strings.Contains(name, "write") && strings.Contains(c.text, answer):
			switch {
			case wrote == nil:
				return fmt.Errorf("%q was answered, and the log was not written", request)
			case synced == nil || synced.ended == 0 || synced.ended > c.began:
				return fmt.Errorf("%q was answered (line %d) before a sync of the log", request, c.began)
			}
			return nil
		case name == "pwrite64" && strings.Contains(c.text, "/orders.log-wal>") && c.began > asked.ended:
			wrote = c
		case strings.Contains(name, "sync") && strings.Contains(c.text, "/orders.log-wal>") &&
			strings.HasSuffix(c.text, "= 0") && wrote != nil && c.began > wrote.ended:
			synced = c
		}
	}
	return fmt.Errorf("the trace has no %q with an answer %q", request, answer)
}
