package devstack

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// endWithParent has the kernel end the process with us, also if we are killed.
func endWithParent(cmd *exec.Cmd) {
	attributes(cmd).Pdeathsig = syscall.SIGKILL
}

// childrenOf lists the processes that a process has started.
func childrenOf(pid int) (children []int) {
	all, _ := os.ReadDir("/proc")
	for _, e := range all {
		child, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		// 17 (name) S 1 …: the name may hold anything, the rest does not.
		stat, _ := os.ReadFile("/proc/" + e.Name() + "/stat")
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			children = append(children, child)
		}
	}
	return children
}
