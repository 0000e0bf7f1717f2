package fault

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"seckill/test/program"
)

// insideVariable names the test that runs in a mount namespace.
const insideVariable = "FAULT_TEST_INSIDE"

// mayMount starts the calling test once more, in a mount namespace of its own,
// and reports whether this is that one. What it mounts is gone with its last
// process, and nobody else sees it.
func mayMount(t *testing.T) bool {
	t.Helper()
	if os.Getenv(insideVariable) == t.Name() {
		return true
	}
	again := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=1h")
	again.Env = append(os.Environ(), binVariable+"="+bin, insideVariable+"="+t.Name())
	again.SysProcAttr = program.DieWithParent()
	again.SysProcAttr.Unshareflags = syscall.CLONE_NEWNS
	if uid := os.Getuid(); uid != 0 { // who is not root may be, in a user namespace
		again.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		again.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		again.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := again.CombinedOutput()
	switch {
	case again.ProcessState == nil:
		t.Skipf("SKIPPED: this machine gives no mount namespace (run it as root): %v", err)
	case strings.Contains(string(out), "--- SKIP"):
		t.Skipf("SKIPPED: mounting is not allowed here (run it as root):\n%s", out)
	case err != nil:
		t.Errorf("%v:\n%s", err, out)
	default:
		t.Logf("%s", out)
	}
	return false
}

func mount(t *testing.T, source, target, kind string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, options); err != nil {
		t.Skipf("mount %s: %v", target, err)
	}
}

// smallDisk is a folder on a disk of 64 MB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	mount(t, "none", dir, "tmpfs", 0, "size=64m")
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// readOnly shows a folder again, at a place where nobody may write to it.
func readOnly(t *testing.T, dir string) string {
	t.Helper()
	view := t.TempDir()
	mount(t, dir, view, "", syscall.MS_BIND, "")
	t.Cleanup(func() {
		if err := syscall.Unmount(view, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	mount(t, "", view, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, "")
	return view
}

// fill takes all of a disk's room but some, and returns how to give it back.
func fill(t *testing.T, disk string, but int) (empty func()) {
	t.Helper()
	f, err := os.CreateTemp(disk, "filler")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var room syscall.Statfs_t
	if err := syscall.Statfs(disk, &room); err != nil {
		t.Fatal(err)
	}
	size := int64(room.Bavail)*room.Bsize - int64(but)
	if size > 0 {
		if err := syscall.Fallocate(int(f.Fd()), 0, 0, size); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(f.Name()); err != nil {
			t.Error(err)
		}
	}
}
