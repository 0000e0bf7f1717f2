//go:build !linux

package program

import "syscall"

func DieWithParent() *syscall.SysProcAttr { return nil }
