package fault

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seckill/test/program"
)

// A second process on the folder is turned away, and the first sells on.
func TestASecondProcessOnTheFolder(t *testing.T) {
	data := t.TempDir()
	s := serve(t, bin, data)
	s.Put(t, "1", `{"quantity":10}`)
	for range 2 {
		code, out := program.Run(t, bin, "serve", "--listen", "127.0.0.1:0", "--data", data)
		if code == 0 || !strings.Contains(out, data) || !strings.Contains(out, "another process is using it") || lines(out) != 1 {
			t.Errorf("exit code %d:\n%s", code, out)
		}
		if a, err := s.Buy("1", "u"+itoa(s.Remaining(t, "1")), ""); err != nil || a.Status != 201 {
			t.Errorf("the first process answered %v, %v", a, err)
		}
		if found := judged(t, data); len(found) > 0 { // it still finds the first process
			t.Error(found)
		}
	}
	s.Kill() // and a lock that nobody could give back is no lock
	if n := len(serve(t, bin, data).Orders(t, "1")); n != 2 {
		t.Errorf("%d orders are left", n)
	}
}

// A busy port is told before anything happens to the folder.
func TestABusyPort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	data := filepath.Join(t.TempDir(), "data")
	busy := func() {
		t.Helper()
		code, out := program.Run(t, bin, "serve", "--listen", taken.Addr().String(), "--data", data)
		if code != 1 || !strings.Contains(out, taken.Addr().String()) || !strings.Contains(out, "address already in use") || lines(out) != 1 {
			t.Errorf("exit code %d:\n%s", code, out)
		}
	}
	busy()
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("it made the folder: %v", err)
	}
	s := serve(t, bin, data)
	s.Put(t, "1", `{"quantity":10}`)
	s.Stop(t)
	before := contents(t, data)
	busy()
	if after := contents(t, data); !slices.Equal(before, after) {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func lines(text string) int { return strings.Count(strings.TrimSpace(text), "\n") + 1 }

// contents is every file of a folder, with its bytes.
func contents(t *testing.T, dir string) (all []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, name+"\n"+string(data))
	}
	return all
}
