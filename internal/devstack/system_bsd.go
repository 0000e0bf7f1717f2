//go:build unix && !linux

package devstack

import (
	"os/exec"
	"strconv"
	"strings"
)

// endWithParent keeps a Ctrl-C, which the terminal sends to all of a group, from
// ending the process before Close does.
func endWithParent(cmd *exec.Cmd) { attributes(cmd) }

// childrenOf lists the processes that a process has started.
func childrenOf(pid int) (children []int) {
	out, _ := exec.Command("pgrep", "-P", strconv.Itoa(pid)).Output() // it fails if there is none
	for _, line := range strings.Fields(string(out)) {
		if child, err := strconv.Atoi(line); err == nil {
			children = append(children, child)
		}
	}
	return children
}
