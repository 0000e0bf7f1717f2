package mutants

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"seckill/test/ledger"
)

// TestEveryMutantIsCaught runs what must catch each mutant, with it and without. A
// full run tells stories from a random seed on, all of them, to count how many break.
func TestEveryMutantIsCaught(t *testing.T) {
	files, err := filepath.Glob("*.patch")
	if err != nil || len(files) == 0 {
		t.Fatal("no mutants", err)
	}
	w := &workshop{dir: t.TempDir(), whole: map[string]*build{}}
	if w.root, err = filepath.Abs("../../.."); err != nil {
		t.Fatal(err)
	}
	has, err := ledger.Read()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("all", func(t *testing.T) {
		sound := map[test]bool{}
		for _, file := range files {
			m, err := read(file)
			if err != nil {
				t.Fatal(err)
			}
			if ledger.Full() && slices.ContainsFunc(has, func(l ledger.Line) bool { return l.Held && l.Mutant != nil && l.Mutant.Name == m.name }) {
				continue
			}
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				w.mutated(t, m)
			})
			if sound[m.test] {
				continue
			}
			sound[m.test] = true
			if w.whole[m.test.pkg] == nil {
				w.whole[m.test.pkg] = &build{}
			}
			t.Run("unmutated, "+m.test.String()+" "+m.test.seed, func(t *testing.T) {
				t.Parallel()
				w.unmutated(t, m.test)
			})
		}
	})
	report(t, w.lines)
}

// A workshop is where mutants are built and run.
type workshop struct {
	root  string // of the module
	dir   string
	whole map[string]*build // the test binaries without a mutant, by package
	mu    sync.Mutex
	lines []ledger.Line
}

type build struct {
	once   sync.Once
	binary string
}

// unmutated demands that the test passes.
func (w *workshop) unmutated(t *testing.T, test test) {
	b := w.whole[test.pkg]
	b.once.Do(func() {
		binary := filepath.Join(w.dir, strings.ReplaceAll(test.pkg, "/", "_")+".test")
		w.build(t, test.pkg, binary)
		b.binary = binary
	})
	said, failed := w.run(t, test, b.binary, "SEED="+test.seed, "SEEDS=1")
	if failed || !strings.Contains(said, "--- PASS") {
		t.Fatalf("%s does not pass as it is:\n%s", test, said)
	}
}

// stories is how many the simulation tells at most until it must have caught a mutant.
const stories = 2000

// mutated demands that the test fails, and says why.
func (w *workshop) mutated(t *testing.T, m *mutant) {
	dir := t.TempDir()
	overlay, err := m.apply(w.root, dir)
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "mutant.test")
	w.build(t, m.test.pkg, binary, "-overlay", overlay)
	began := time.Now()
	r := &ledger.Mutant{Name: m.name, Rule: m.rule, TakesAway: m.takes, CaughtBy: m.test.String()}
	l := ledger.Line{Kind: "mutant", Commit: ledger.Commit(), Date: began.UTC().Format(time.DateOnly), Mutant: r}
	var env []string
	if m.test.simulation() {
		l.Seed, _ = strconv.ParseUint(m.test.seed, 10, 64) // it was read as one
		n := stories
		if ledger.Full() {
			l.Seed, n = rand.Uint64N(1<<40), 1000
			r.Of = n
			env = append(env, "TALLY=1")
		}
		env = append(env, "SEED="+strconv.FormatUint(l.Seed, 10), "SEEDS="+strconv.Itoa(n))
	}
	said, failed := w.run(t, m.test, binary, env...)
	l.Held = failed && m.says.MatchString(said)
	count(r, said)
	l.Seconds = time.Since(began).Seconds()
	w.mu.Lock()
	w.lines = append(w.lines, l)
	w.mu.Unlock()
	if !l.Held {
		t.Fatalf("not caught by %s (it failed: %v), and it takes away: %s\n%s", m.test, failed, m.takes, tail(said))
	}
}

func (w *workshop) build(t *testing.T, pkg, binary string, flags ...string) {
	t.Helper()
	// Little is run of what is built, so what counts is how soon it is: without what else is tested beside the stories, unoptimised, and
	// without debug information.
	args := append([]string{"test", "-c", "-vet=off", "-tags=stories", "-gcflags=seckill/...=-N -l", "-ldflags=-w", "-o", binary}, flags...)
	c := exec.CommandContext(t.Context(), "go", append(args, pkg)...)
	c.Dir = w.root
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", c, err, out)
	}
}

// run runs a test, and returns what it said and whether it failed. It skips if
// the test did, for want of a server.
func (w *workshop) run(t *testing.T, test test, binary string, env ...string) (said string, failed bool) {
	t.Helper()
	c := exec.CommandContext(t.Context(), binary, "-test.v", "-test.run", test.run, "-test.timeout", "60m")
	c.Dir = filepath.Join(w.root, test.pkg)
	c.Env = append(os.Environ(), env...)
	out, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if err == nil && strings.Contains(string(out), "SKIPPED: ") {
		t.Skipf("%s was skipped:\n%s", test, out)
	}
	return string(out), err != nil
}

var (
	told  = regexp.MustCompile(`the (\d+)\. told`)
	broke = regexp.MustCompile(`(\d+) of (\d+) stories broke`)
)

// count reads how many runs it took.
func count(r *ledger.Mutant, said string) {
	r.Runs = 1
	if n := told.FindStringSubmatch(said); n != nil {
		r.Runs, _ = strconv.Atoi(n[1])
	}
	if n := broke.FindStringSubmatch(said); n != nil && r.Of > 0 {
		r.Broke, _ = strconv.Atoi(n[1])
	}
}

func tail(s string) string { return s[max(0, len(s)-2000):] }
