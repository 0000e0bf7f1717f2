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

// appendUntilItFails appends 100 orders at a time, and returns how many were
// durable before; it ends by itself if nothing fails.
func appendUntilItFails(l *sqlitelog.Log) (placed int, err error) {
	for n := int64(1); err == nil && n < 100_000; n += 100 {
		if _, err = l.Append(context.Background(), 0, orders(n, 100)); err == nil {
			placed += 100
		}
	}
	return placed, err
}

const syncs = "fsync,fdatasync"

// straced runs the test that calls it again under strace, and returns every sync it made.
func straced(t *testing.T, dir string, options ...string) (trace string) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("there is no strace: ", err)
	}
	file := filepath.Join(dir, "trace")
	again(t, dir, func(self ...string) *exec.Cmd {
		options = append([]string{"-f", "-o", file, "-e", "trace=" + syncs}, options...)
		return exec.Command(strace, append(options, self...)...)
	})
	out, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// After each Append the test makes a sync of no file, which marks the place in
// the trace: before each mark there must be a sync that worked.
func TestEveryAppendIsSynced(t *testing.T) {
	const appends = 20
	if dir := os.Getenv(inside); dir != "" {
		l := open(t, filepath.Join(dir, "log"))
		for n := range int64(appends) {
			_ = syscall.Fsync(-1)
			mustAppend(t, l, n+1, 1)
		}
		_ = syscall.Fsync(-1)
		return
	}
	parts := strings.Split(straced(t, t.TempDir()), " EBADF ")
	if len(parts) != appends+2 {
		t.Fatalf("strace shows %d marks of %d", len(parts)-1, appends+1)
	}
	for i, part := range parts[1 : appends+1] {
		if !strings.Contains(part, "= 0\n") {
			t.Errorf("no sync before append %d returned:\n%s", i+1, part)
		}
	}
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
	dir := t.TempDir()
	mustClose(t, open(t, filepath.Join(dir, "log")))
	trace := straced(t, dir, "-P", filepath.Join(dir, file), "-e", "inject="+syncs+":error=EIO")
	if n := strings.Count(trace, "sync("); n != 1 {
		t.Errorf("there were %d syncs, all of which failed:\n%s", n, trace)
	}
}
