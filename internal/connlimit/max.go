package connlimit

const (
	// most is as many as anybody has a use for.
	most = 1 << 18
	// fewest is how many files a process needs beside its connections.
	fewest = 64
)

// Max is how many connections this process has files for, when an eighth of its
// files, and no fewer than it needs, is left for all else.
func Max() int { return fit(Files()) }

func fit(files uint64) int {
	if files == 0 || files > 2*most {
		return most
	}
	n := int(files)
	return max(min(most, n-max(n/8, fewest)), n/4, 2)
}
