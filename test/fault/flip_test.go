package fault

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seckill/test/program"
)

// flips is how many bytes of a file are flipped, one at a time.
const flips = 30

// One byte of a file that is another is told with the file's name, or it changes
// nothing that anybody can see.
func TestAFlippedByte(t *testing.T) {
	whole := soldFolder(t)
	truth := ordersIn(t, copyFolder(t, whole))
	for _, name := range []string{logFile, storeFile} {
		t.Run(name, func(t *testing.T) {
			told := 0
			size := sizeOf(t, filepath.Join(whole, name))
			for n := range flips {
				// Spread over the file, so that every kind of page has its turn.
				at := size*n/flips + rand.N(size/flips)
				data := copyFolder(t, whole)
				bit := byte(1) << rand.N(8)
				harmFile(name, func(was []byte) []byte { was[at] ^= bit; return was })(t, data)
				tells, err := toldOrHarmless(t, data, name, truth)
				if err != nil {
					t.Errorf("bit %#02x of byte %d: %v", bit, at, err)
				}
				if tells {
					told++
				}
			}
			t.Logf("%d of %d were told", told, flips)
			if told == 0 {
				t.Error("none was told")
			}
		})
	}
}

func sizeOf(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Size())
}

// toldOrHarmless reports whether verify tells of the damage to the file; if it
// does not, a server must give every order as it was.
func toldOrHarmless(t *testing.T, data, file string, truth []order) (told bool, err error) {
	t.Helper()
	code, out := program.Run(t, bin, "verify", "--data", data)
	if code == 1 && strings.Contains(out, file) {
		return true, refusedOrRuns(t, data, file)
	}
	if code != 0 {
		return false, fmt.Errorf("verify: exit code %d:\n%s", code, out)
	}
	s := tryServe(t, bin, data)
	if !s.Ready(t) {
		return false, fmt.Errorf("verify found nothing, and serve ended with exit code %d:\n%s", s.Wait(), s.Out.String())
	}
	defer s.Stop(t)
	if now := s.Orders(t, "1"); !slices.Equal(now, truth) {
		return false, fmt.Errorf("verify found nothing, and these are not the orders that were: %v", now)
	}
	for _, o := range truth {
		a, err := s.Get("/api/orders/" + o.ID)
		a.Order.Epoch = o.Epoch // truth is of the CSV, which has none
		if err != nil || a.Order != o {
			return false, fmt.Errorf("verify found nothing, and order %v is %v, %v", o, a, err)
		}
	}
	return false, nil
}

// refusedOrRuns starts a server on a folder with damage: it says what is wrong,
// in a line with the file, or it runs.
func refusedOrRuns(t *testing.T, data, file string) error {
	t.Helper()
	s := tryServe(t, bin, data)
	if s.Out.Await("msg=ready") {
		s.Kill()
		return nil
	}
	if code, out := s.Wait(), s.Out.String(); code != 1 || !strings.Contains(out, file) || strings.Contains(out, "goroutine ") {
		return fmt.Errorf("serve: exit code %d:\n%s", code, out)
	}
	return nil
}
