package program

import "syscall"

// DieWithParent has the kernel end what this process started with it, also if
// it is killed.
func DieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
