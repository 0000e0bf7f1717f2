//go:build unix

package app

import (
	"io/fs"
	"os"
	"syscall"
)

// isOurs says whether a file is of the user that this process runs as.
func isOurs(file fs.FileInfo) bool {
	is, ok := file.Sys().(*syscall.Stat_t)
	return ok && int(is.Uid) == os.Geteuid()
}
