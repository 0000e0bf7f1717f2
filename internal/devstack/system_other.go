//go:build !unix

package devstack

import "os/exec"

func endWithParent(*exec.Cmd) {}

func (a *account) apply(*exec.Cmd) {} // there is no root to run as somebody else

// There are no signals to freeze and thaw with.
func (p *process) freeze() {}
func (p *process) thaw()   {}

func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}
