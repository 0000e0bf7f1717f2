package fault

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seckill/internal/crash"
	"seckill/test/program"
)

// A crowd buys while a backup is made, and then the program is killed. What is restored
// has every order that was told of before the backup was begun, and sells on.
func TestABackupWhileItSells(t *testing.T) {
	dir := t.TempDir()
	endless := shop{offer{"final", 1_000_000, 1}, big.payable} // some are left, however long a backup takes
	k := &killing{program: bin, data: filepath.Join(dir, "data"), crowd: crowd{shop: endless}}
	s := serve(t, bin, k.data)
	k.crowd.put(t, s)
	enough := k.crowd.alarm(500)
	rushed := make(chan struct{})
	go func() { defer close(rushed); k.crowd.rush(s, atOnce) }()
	<-enough
	before := k.crowd.told()
	file, restored := filepath.Join(dir, "backup"), filepath.Join(dir, "restored")
	code, out := program.Run(t, bin, "backup", file, "--data", k.data)
	if code != 0 || !strings.Contains(out, "has the sale of") {
		t.Fatalf("backup: exit code %d\n%s", code, out)
	}
	more := k.crowd.alarm(200)
	<-more
	s.Kill()
	<-rushed
	if code, out := program.Run(t, bin, "backup", file, "--data", k.data); code != 2 || !strings.Contains(out, "is there already") {
		t.Errorf("to the same file: exit code %d\n%s", code, out)
	}
	if code, out := program.Run(t, bin, "restore", file, "--data", k.data); code != 2 || !strings.Contains(out, "name a new folder") {
		t.Errorf("into a sale: exit code %d\n%s", code, out)
	}
	if code, out := program.Run(t, bin, "restore", file, "--data", restored); code != 0 || !strings.Contains(out, "no findings") {
		t.Fatalf("restore: exit code %d\n%s", code, out)
	}
	s = serve(t, bin, restored)
	k.crowd.isKept(t, s, before)
	all := k.crowd.told()
	if p := k.crowd.newcomer(k.crowd.final); !k.crowd.buy(s, p, false) {
		t.Error("nobody can buy")
	}
	if found := judged(t, restored); len(found) > 0 {
		t.Error(found)
	}
	// What was killed is backed up as it lies, with all that was told.
	last := filepath.Join(dir, "last")
	if code, out := program.Run(t, bin, "backup", file+"2", "--data", k.data); code != 0 {
		t.Fatalf("of what was killed: exit code %d\n%s", code, out)
	}
	if code, out := program.Run(t, bin, "restore", file+"2", "--data", last); code != 0 {
		t.Fatalf("restore: exit code %d\n%s", code, out)
	}
	k.crowd.isKept(t, serve(t, bin, last), all)
	t.Logf("%d orders before the backup, %d before the kill", len(before), len(all))
}

// isKept demands that there is each of the orders.
func (c *crowd) isKept(t *testing.T, s *server, orders []string) {
	t.Helper()
	kept := map[string]bool{}
	for _, on := range []offer{c.final, c.payable} {
		for _, o := range s.Orders(t, on.product) {
			kept[o.ID] = true
		}
	}
	missing := slices.DeleteFunc(slices.Clone(orders), func(order string) bool { return kept[order] })
	if len(orders) == 0 || len(missing) > 0 {
		t.Errorf("of %d orders %d are missing: %v", len(orders), len(missing), missing)
	}
}

// told are the orders that buyers were told of.
func (b *book) told() (orders []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.purchases {
		if !p.refused {
			orders = append(orders, p.order)
		}
	}
	return orders
}

// A backup or a restore that is killed leaves nothing, or what is refused; and it can
// be done again.
func TestABackupIsKilled(t *testing.T) {
	armed, dir := program.Tagged(t, "crash"), t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "backup")
	var tables []byte
	for _, user := range []string{"a", "b"} {
		s := serve(t, bin, data)
		s.Put(t, "1", `{"quantity":9}`)
		if a, err := s.Buy("1", user, ""); err != nil || a.Status != 201 {
			t.Fatal(a, err)
		}
		s.Stop(t)
		if tables == nil {
			var err error
			if tables, err = os.ReadFile(filepath.Join(data, storeFile)); err != nil {
				t.Fatal(err)
			}
		}
	}
	mustWrite(t, filepath.Join(data, storeFile), tables) // the log has more than they have folded
	killed := func(at string, args ...string) {
		t.Helper()
		if code, out := program.Run(t, "env", append([]string{"SECKILL_CRASH=" + at + ":1", armed}, args...)...); code != -1 {
			t.Fatalf("at %q: exit code %d\n%s", at, code, out)
		}
	}
	var ofRestore []string
	for _, at := range crash.OfBackup {
		if strings.Contains(at, "restored") || strings.Contains(at, "marked") || strings.Contains(at, "filled") {
			ofRestore = append(ofRestore, at)
			continue
		}
		killed(at, "backup", file, "--data", data)
		if _, err := os.Stat(file); err == nil {
			if at != "app: a backup is in its place" {
				t.Errorf("%s: there is a file", at)
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
		} else if code, out := program.Run(t, bin, "restore", file+".part/backup", "--data", filepath.Join(dir, "half")); code != 2 && at != "app: a backup is written" {
			t.Errorf("%s: what is left was restored, exit code %d\n%s", at, code, out)
		}
		if err := os.RemoveAll(filepath.Join(dir, "half")); err != nil {
			t.Fatal(err)
		}
	}
	if code, out := program.Run(t, bin, "backup", file, "--data", data); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	if left, err := filepath.Glob(file + ".*"); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	for _, at := range ofRestore {
		half := filepath.Join(dir, "half")
		killed(at, "restore", file, "--data", half)
		if at != "backup: the store is marked" { // there is nothing yet
			for _, command := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"verify"}, {"recover", "--yes"}, {"backup", file + "2"}} {
				if code, out := program.Run(t, bin, append(command, "--data", half)...); code == 0 || !strings.Contains(out, "was broken off") && !strings.Contains(out, "orders.log is missing") {
					t.Errorf("%s: %s: exit code %d\n%s", at, command[0], code, out)
				}
			}
			if code, out := program.Run(t, bin, "restore", file, "--data", half); code != 2 || !strings.Contains(out, "name a new folder") {
				t.Errorf("%s: restore: exit code %d\n%s", at, code, out)
			}
			if err := os.RemoveAll(half); err != nil {
				t.Fatal(err)
			}
		}
		if code, out := program.Run(t, bin, "restore", file, "--data", half); code != 0 {
			t.Fatalf("%s: again: exit code %d\n%s", at, code, out)
		}
		s := serve(t, bin, half)
		if all := s.Orders(t, "1"); len(all) != 2 {
			t.Errorf("%+v", all)
		}
		s.Stop(t)
		if err := os.RemoveAll(half); err != nil {
			t.Fatal(err)
		}
	}
}

// A byte that was flipped is named before anything is made.
func TestARestoreOfADamagedFile(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "backup")
	s := serve(t, bin, data)
	s.Put(t, "1", `{"quantity":9}`)
	s.Stop(t)
	if code, out := program.Run(t, bin, "backup", file, "--data", data); code != 0 {
		t.Fatalf("of one that is stopped: exit code %d\n%s", code, out)
	}
	if is, err := os.Stat(file); err != nil || is.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", is, err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)/2] ^= 1
	mustWrite(t, file, text)
	restored := filepath.Join(dir, "restored")
	if code, out := program.Run(t, bin, "restore", file, "--data", restored); code != 2 || !strings.Contains(out, "line ") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(restored); err == nil {
		t.Error("something was made")
	}
}

// The sale as it was: asked first, with what is lost.
func TestARestoreUntil(t *testing.T) {
	dir := t.TempDir()
	data, file, restored := filepath.Join(dir, "data"), filepath.Join(dir, "backup"), filepath.Join(dir, "restored")
	s := serve(t, bin, data)
	s.Put(t, "1", `{"quantity":9}`)
	for _, user := range []string{"a", "b", "c"} {
		if a, err := s.Buy("1", user, ""); err != nil || a.Status != 201 {
			t.Fatal(a, err)
		}
	}
	if code, out := program.Run(t, bin, "backup", file, "--data", data); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	s.Stop(t)
	if code, out := program.Run(t, bin, "restore", file, "--data", restored, "--until", "0:1"); code != 2 || !strings.Contains(out, "2 orders, whose buyers are told rejected") {
		t.Errorf("without --yes: exit code %d\n%s", code, out)
	}
	if code, out := program.Run(t, bin, "restore", file, "--data", restored, "--until", "yesterday"); code != 64 || !strings.Contains(out, "neither a time") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if code, out := program.Run(t, bin, "restore", file, "--data", restored, "--until", "0:1", "--yes"); code != 0 || !strings.Contains(out, "no findings") {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	s = serve(t, bin, restored)
	if all := s.Orders(t, "1"); len(all) != 1 || all[0].User != "a" {
		t.Errorf("%+v", all)
	}
	if a, err := s.Buy("1", "b", ""); err != nil || a.Status != 201 || s.Remaining(t, "1") != 7 {
		t.Errorf("%v, %v", a, err)
	}
	if found := judged(t, restored); len(found) > 0 {
		t.Error(found)
	}
}
