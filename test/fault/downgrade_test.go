package fault

import (
	"bytes"
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seckill/test/program"
)

// older is the commit of the program beside which today's has to work.
//
//go:embed cluster/OLDER
var older string

// A folder goes from an older program to today's. The older one then refuses it, as it
// has tables that it does not know, and changes nothing; today's goes on.
func TestADowngradeIsRefused(t *testing.T) {
	old, data := program.Older(t, strings.TrimSpace(older)), filepath.Join(t.TempDir(), "data")
	sells := func(binary, user string, orders int) {
		t.Helper()
		s := serve(t, binary, data)
		if orders == 1 {
			s.Put(t, "1", `{"quantity":9}`)
		}
		if a, err := s.Buy("1", user, ""); err != nil || a.Status != 201 {
			t.Fatalf("%v, %v", a, err)
		}
		if all := s.Orders(t, "1"); len(all) != orders {
			t.Errorf("%d orders, and not %d", len(all), orders)
		}
		s.Stop(t)
	}
	files := func() (all [][]byte) {
		t.Helper()
		for _, name := range []string{logFile, storeFile, "version"} {
			b, err := os.ReadFile(filepath.Join(data, name))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
		return all
	}
	sells(old, "a", 1)
	sells(bin, "b", 2)
	before := files()
	for _, command := range [][]string{{"serve", "--listen", "127.0.0.1:0"}, {"verify"}} {
		code, out := program.Run(t, old, append(command, "--data", data)...)
		if code == 0 || !strings.Contains(out, "version") {
			t.Errorf("%s of the older program: exit code %d\n%s", command[0], code, out)
		}
	}
	for i, now := range files() {
		if !bytes.Equal(now, before[i]) {
			t.Errorf("file %d was changed", i)
		}
	}
	sells(bin, "c", 3)
	if found := judged(t, data); len(found) > 0 {
		t.Error(found)
	}
}
