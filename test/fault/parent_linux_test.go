package fault

import "syscall"

// dieWithParent has the kernel end what this process started with it, also where
// it is killed.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
