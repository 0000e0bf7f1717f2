// Package fault kills, fills, cuts and damages the real program and looks at
// what is left of its promises.
//
// Every test starts processes of its own, from a binary that is built once a
// run, in a folder of its own, and ends only those. What a buyer was told is a
// receipt; after each fault every receipt has to be honoured, nothing may be
// sold twice, and seckill verify has to find nothing. The checks are functions
// that return what they found, so that a test can also show that they find what
// is wrong with a program that was broken on purpose (bite_test.go).
//
// What needs a right or a program that this machine does not have is skipped,
// and says what to do about it.
package fault

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// root is the module's folder.
const root = "../.."

// bin is the program under test. A test that starts itself again, in a mount
// namespace, passes it on.
var bin = os.Getenv(binVariable)

const binVariable = "FAULT_TEST_BINARY"

func TestMain(m *testing.M) { os.Exit(withBinary(m.Run)) }

func withBinary(run func() int) int {
	for _, v := range os.Environ() { // a sale's settings are no business of these
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "SECKILL_") {
			if err := os.Unsetenv(name); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
		}
	}
	if bin != "" {
		return run()
	}
	dir, err := os.MkdirTemp("", "seckill-fault-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin = filepath.Join(dir, "seckill")
	if err := build(bin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return run()
}

func build(to string, options ...string) error {
	args := append([]string{"build", "-C", root, "-o", to}, options...)
	out, err := exec.Command("go", append(args, "./cmd/seckill")...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// broken builds the program with one piece of one source file replaced.
func broken(t *testing.T, file, old, new string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), old); n != 1 {
		t.Fatalf("%s has %q %d times: this test has to follow it", file, old, n)
	}
	dir := t.TempDir()
	changed, overlay, to := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "seckill")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	mustWrite(t, changed, []byte(strings.Replace(string(source), old, new, 1)))
	mustWrite(t, overlay, replace)
	if err := build(to, "-overlay", overlay); err != nil {
		t.Fatal(err)
	}
	return to
}

func mustWrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
