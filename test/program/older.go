package program

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Older builds the program of an older commit, and returns where it is. The test is
// skipped in a clone that does not reach as far back.
func Older(t testing.TB, commit string) string {
	t.Helper()
	root, err := Source()
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("git", "-C", root, "cat-file", "-e", commit+"^{commit}").Run(); err != nil {
		t.Skipf("SKIPPED: commit %s is not in this clone: git fetch --unshallow", commit)
	}
	dir := t.TempDir()
	source, archive, to := filepath.Join(dir, "source"), filepath.Join(dir, "source.tar"), filepath.Join(dir, "seckill")
	if err := os.Mkdir(source, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*exec.Cmd{
		exec.Command("git", "-C", root, "archive", "--output", archive, commit),
		exec.Command("tar", "-xf", archive, "-C", source),
	} {
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", c, err, out)
		}
	}
	if err := buildOf(source, to); err != nil {
		t.Fatal(err)
	}
	return to
}
