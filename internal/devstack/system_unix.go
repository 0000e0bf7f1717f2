//go:build unix

package devstack

import (
	"os/exec"
	"syscall"
)

// attributes gives a command a process group of its own: a Ctrl-C, which a
// terminal sends to all of a group, is ours, and Close ends the process.
func attributes(cmd *exec.Cmd) *syscall.SysProcAttr {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	return cmd.SysProcAttr
}

// apply has a command run as the account.
func (a *account) apply(cmd *exec.Cmd) {
	if a != nil {
		attributes(cmd).Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
}

// freeze halts the process, and then its children: from then on there are no new
// ones, and as nobody takes leave of those that ended, no id is another's.
func (p *process) freeze() {
	p.signal(syscall.SIGSTOP)
	frozen := map[int]bool{}
	for again := true; again; {
		again = false
		for _, child := range childrenOf(p.cmd.Process.Pid) {
			if !frozen[child] {
				_ = syscall.Kill(child, syscall.SIGSTOP) // it may have ended
				frozen[child], again = true, true
			}
		}
	}
}

func (p *process) thaw() {
	for _, child := range childrenOf(p.cmd.Process.Pid) {
		_ = syscall.Kill(child, syscall.SIGCONT) // likewise
	}
	p.signal(syscall.SIGCONT)
}

// kill ends it and its children at once, and the children first: one that is left
// alone may go on for a while, and keep the next start from the data.
func (p *process) kill() {
	p.freeze()
	for _, child := range childrenOf(p.cmd.Process.Pid) {
		_ = syscall.Kill(child, syscall.SIGKILL) // likewise
	}
	p.signal(syscall.SIGKILL)
	<-p.ended
}
