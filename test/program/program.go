// Package program is the real program as the fault suites use it: built from
// this source, also with a piece of it changed, run as processes that a test may
// stop and kill, and asked over HTTP as its users ask it.
//
// A process belongs to the test that launched it and is gone when that ends, and
// on Linux also if the test binary is killed.
package program

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Main is os.Exit's code for a suite: it runs the tests with the program that
// binary names, which is built first, and removed again, if it names none.
// The settings of a sale that are in the environment are no business of theirs.
func Main(m *testing.M, binary *string) int {
	code, err := withBinary(binary, m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func withBinary(binary *string, run func() int) (code int, err error) {
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "SECKILL_") {
			if err := os.Unsetenv(name); err != nil {
				return 0, err
			}
		}
	}
	if err := os.Setenv("SECKILL_DRAIN", "0s"); err != nil { // nobody stands in front of what a test stops
		return 0, err
	}
	if *binary != "" {
		return run(), nil
	}
	dir, err := os.MkdirTemp("", "seckill-fault-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	*binary = filepath.Join(dir, "seckill")
	if err := build(*binary); err != nil {
		return 0, err
	}
	return run(), nil
}

// look opens each folder that the program is made of: go gives a test's last result
// again until something changes that the test itself, not its compiler, has opened.
var look = sync.OnceValue(func() error {
	root, err := Source()
	if err != nil {
		return err
	}
	for _, part := range []string{"cmd/seckill", "internal", "ui/dist"} {
		err = errors.Join(err, filepath.WalkDir(filepath.Join(root, part), func(_ string, _ fs.DirEntry, err error) error { return err }))
	}
	return err
})

func build(to string, options ...string) error {
	root, err := Source()
	if err != nil {
		return err
	}
	return buildOf(root, to, options...)
}

// buildOf builds the program of a folder as it ships: what has been compiled for `make build`, a
// release or another folder need not be compiled again.
func buildOf(source, to string, options ...string) error {
	args := append([]string{"build", "-C", source, "-trimpath", "-ldflags=-s", "-o", to}, options...)
	c := exec.Command("go", append(args, "./cmd/seckill")...)
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// Tagged builds the program with a build tag, and returns where it is.
func Tagged(t testing.TB, tag string) string {
	t.Helper()
	return Built(t, "-tags", tag)
}

// Released builds the program as one of a release, and returns where it is.
func Released(t testing.TB, release string) string {
	t.Helper()
	return Built(t, "-ldflags=-s -X main.release="+release)
}

// Built builds the program, and returns where it is.
func Built(t testing.TB, options ...string) (to string) {
	t.Helper()
	to = filepath.Join(t.TempDir(), "seckill")
	if err := build(to, options...); err != nil {
		t.Fatal(err)
	}
	return to
}

// Source is the folder of the source.
func Source() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("go list -m: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Broken builds the program with one piece of one source file replaced, and
// returns where it is. The piece has to stand there exactly once.
func Broken(t testing.TB, file, old, new string) string {
	t.Helper()
	root, err := Source()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, file)
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), old); n != 1 {
		t.Fatalf("%s has %q %d times: this test has to follow it", file, old, n)
	}
	dir := t.TempDir()
	changed, overlay := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		os.WriteFile(changed, []byte(strings.Replace(string(source), old, new, 1)), 0o600),
		os.WriteFile(overlay, replace, 0o600),
	)
	if err != nil {
		t.Fatal(err)
	}
	return Built(t, "-overlay", overlay)
}
