//go:build unix

package connlimit

import "syscall"

// Files is how many files this process may open; 0 if the system does not tell.
func Files() uint64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 0
	}
	return uint64(limit.Cur)
}
