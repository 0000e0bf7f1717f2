//go:build crash && unix

package crash

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

var (
	armed  string // the point; "": none
	deadly int64  // by this pass
	passed atomic.Int64
)

// A name that is none ends the program at once, and tells all.
func init() {
	value := os.Getenv("SECKILL_CRASH")
	if value == "" {
		return
	}
	i := max(strings.LastIndexByte(value, ':'), 0)
	n, err := strconv.ParseInt(strings.TrimPrefix(value[i:], ":"), 10, 64)
	if armed, deadly = value[:i], n; err != nil || !slices.Contains(Points, armed) {
		fmt.Fprintf(os.Stderr, "SECKILL_CRASH=%q is not NAME:N, of these names:\n%s\n", value, strings.Join(Points, "\n"))
		os.Exit(64)
	}
}

// At is a moment at which a process may be killed.
func At(point string) {
	if point != armed || passed.Add(1) != deadly {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // one may always kill oneself
	select {}                                      // until that has come
}
