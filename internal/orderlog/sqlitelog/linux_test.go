package sqlitelog_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/sale"
)

const (
	inside       = "SQLITELOG_TEST_FOLDER"
	notPermitted = "this is not permitted here"
)

// again runs the test that calls it in a process of its own, made by command,
// which is given the folder dir.
func again(t *testing.T, dir string, command func(self ...string) *exec.Cmd) {
	t.Helper()
	cmd := command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"="+dir)
	out, err := cmd.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM) || bytes.Contains(out, []byte(notPermitted)):
		t.Skipf("%s: %v %s", notPermitted, err, out)
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	}
}

// On a disk that is really full, in a mount namespace of its own.
func TestADiskThatIsFull(t *testing.T) {
	if dir := os.Getenv(inside); dir != "" {
		fillDisk(t, dir)
		return
	}
	again(t, t.TempDir(), func(self ...string) *exec.Cmd {
		cmd := exec.Command(self[0], self[1:]...)
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		return cmd
	})
}

func fillDisk(t *testing.T, dir string) {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(notPermitted, ": ", err)
	}
	defer syscall.Unmount(dir, syscall.MNT_DETACH) //nolint:errcheck // it ends with the process
	path := filepath.Join(dir, "log")
	l := open(t, path)
	placed, err := appendUntilItFails(l)
	if !errors.Is(err, sale.ErrUnknownOutcome) || !strings.Contains(err.Error(), path) {
		t.Fatalf("Append on a full disk: %v", err)
	}
	wantFailed(t, l, path)
	mustClose(t, l)
	if kept := keptOrders(t, path); len(kept) < placed {
		t.Fatalf("%d orders were placed, %d are in the log", placed, len(kept))
	}
}

// appendUntilItFails appends 100 orders at a time, and returns how many were durable before.
func appendUntilItFails(l *sqlitelog.Log) (placed int, err error) {
	for n := int64(1); err == nil; n += 100 {
		if _, err = l.Append(context.Background(), 0, orders(n, 100)); err == nil {
			placed += 100
		}
	}
	return placed, err
}

// Every sync of the write-ahead log fails, as a commit makes it.
func TestACommitWhoseSyncFails(t *testing.T) {
	syncsFail(t, "log-wal", func(t *testing.T, placed int, err error) {
		if placed != 0 || !errors.Is(err, sale.ErrUnknownOutcome) {
			t.Errorf("after %d orders Append failed: %v", placed, err)
		}
	})
}

// Every sync of the file itself fails, as a checkpoint makes it: what was placed
// before is durable, and the log ends.
func TestACheckpointWhoseSyncFails(t *testing.T) {
	syncsFail(t, "log", func(t *testing.T, placed int, err error) {
		if placed == 0 || !errors.Is(err, sale.ErrUnavailable) {
			t.Errorf("after %d orders Append failed: %v", placed, err)
		}
	})
}

// syncsFail lets strace make every sync of a file fail, and checks that the log
// ends at the first and tries none again.
func syncsFail(t *testing.T, file string, check func(t *testing.T, placed int, err error)) {
	if dir := os.Getenv(inside); dir != "" {
		path := filepath.Join(dir, "log")
		l := open(t, path)
		placed, err := appendUntilItFails(l)
		check(t, placed, err)
		wantFailed(t, l, path)
		return
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("there is no strace: ", err)
	}
	dir := t.TempDir()
	trace := filepath.Join(dir, "trace")
	mustClose(t, open(t, filepath.Join(dir, "log")))
	again(t, dir, func(self ...string) *exec.Cmd {
		const syncs = "fsync,fdatasync"
		options := []string{"-f", "-o", trace, "-P", filepath.Join(dir, file), "-e", "trace=" + syncs, "-e", "inject=" + syncs + ":error=EIO"}
		return exec.Command(strace, append(options, self...)...)
	})
	out, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	if syncs := strings.Count(string(out), "sync("); syncs != 1 {
		t.Errorf("there were %d syncs, all of which failed:\n%s", syncs, out)
	}
}
