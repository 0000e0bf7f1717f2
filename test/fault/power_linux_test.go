package fault

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"seckill/test/ledger"
	"seckill/test/program"
)

// The power goes while the program starts, while it sells and while it starts again,
// and the disk has what was synced, and of the rest what the kernel happened to have
// written. Every answer that was given before holds after.
func TestPowerCuts(t *testing.T) {
	if !mayMount(t) {
		return
	}
	ledger.Trials(t, "power cut", 3, func(t *ledger.Trial) {
		p := &poweredSale{disk: newDisk(t.T), rand: t.Rand}
		t.Find(p.run(t.T, bin)...)
		t.Count("receipts", len(p.crowd.purchases))
		t.Count("unanswered", p.crowd.unanswered)
	})
}

// The test above would see it: a log that is never synced loses what was answered.
func TestAPowerCutBites(t *testing.T) {
	if !mayMount(t) {
		return
	}
	careless := program.Broken(t, "internal/orderlog/sqlitelog/database.go", "synchronous(FULL)", "synchronous(OFF)")
	p := &poweredSale{disk: newDisk(t), rand: rand.New(rand.NewPCG(1, 0))}
	if found := p.run(t, careless); !strings.Contains(most(found), "lost: ") {
		t.Errorf("a log that is never synced was found to be: %v", most(found))
	}
}

// A poweredSale is one on a disk whose power is cut.
type poweredSale struct {
	killing
	disk *disk
	rand *rand.Rand
}

func (p *poweredSale) run(t *testing.T, program string) []string {
	t.Helper()
	p.killing = killing{program: program, data: filepath.Join(p.disk.dir, "deep", "data"), crowd: crowd{shop: small}}
	p.cutEarly(t)
	s := serve(t, p.program, p.data)
	p.crowd.put(t, s)
	fire := p.crowd.alarm(1 + p.rand.IntN(400))
	cut := make(chan struct{})
	go func() {
		defer close(cut)
		<-fire
		p.disk.cut(t, s)
	}()
	p.crowd.rush(s, few)
	<-cut
	p.disk.mount(t)
	p.cutEarly(t)
	s = serve(t, p.program, p.data)
	if _, err := s.Product(p.crowd.final.product); err != nil {
		return []string{"lost: the product: " + err.Error()}
	}
	if found := p.check(t, s); len(found) > 0 {
		return found
	}
	return p.end(t, s)
}

// cutEarly cuts the power before, while or just after the program is ready.
func (p *poweredSale) cutEarly(t *testing.T) {
	t.Helper()
	within := 200 * time.Millisecond
	if ledger.Full() && p.rand.IntN(4) == 0 {
		within = time.Minute // the kernel writes by itself after 5 and 30 seconds
	}
	s := tryServe(t, p.program, p.data)
	moment, stop := context.WithTimeout(t.Context(), time.Duration(p.rand.Int64N(int64(within))))
	<-moment.Done()
	stop()
	if !s.Running() {
		t.Fatalf("it ended by itself:\n%s", s.Out.String())
	}
	p.disk.cut(t, s)
	p.disk.mount(t)
}

// A disk has a file system of its own, whose power can be cut.
type disk struct{ image, dir string }

func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{filepath.Join(t.TempDir(), "image"), t.TempDir()}
	mustWrite(t, d.image, nil)
	if err := os.Truncate(d.image, 64<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", d.image).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no file system to cut the power of (apt-get install -y e2fsprogs): %v %s", err, out)
	}
	if out, err := exec.Command("mount", "-o", "loop", d.image, d.dir).CombinedOutput(); err != nil {
		t.Skipf("SKIPPED: no loop device to cut the power of (run it as root): %v %s", err, out)
	}
	t.Cleanup(func() { _ = syscall.Unmount(d.dir, syscall.MNT_DETACH) })
	return d
}

// cut ends the program and then takes the power from the disk: what was not synced,
// and not written by chance, is lost.
func (d *disk) cut(t testing.TB, s *server) {
	t.Helper()
	s.Kill() // first: a dead machine answers nobody
	dir, err := os.Open(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	const shutdown, noLogFlush = 0x8004587d, 2 // EXT4_IOC_SHUTDOWN
	flags := uint32(noLogFlush)
	if _, _, err := syscall.Syscall(syscall.SYS_IOCTL, dir.Fd(), shutdown, uintptr(unsafe.Pointer(&flags))); err != 0 {
		t.Errorf("the power is still on: %v", err)
	}
}

// mount shows the disk as a machine finds it that is switched on again.
func (d *disk) mount(t testing.TB) {
	t.Helper()
	if err := syscall.Unmount(d.dir, 0); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "loop", d.image, d.dir).CombinedOutput(); err != nil {
		t.Fatalf("mount: %v %s", err, out)
	}
}
