package ledger

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"seckill/test/program"
)

func TestTheReportIsOfThisLedger(t *testing.T) {
	lines, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	want, err := Report(lines)
	if err != nil {
		t.Fatal(err)
	}
	root, err := program.Source()
	if err != nil {
		t.Fatal(err)
	}
	has, err := os.ReadFile(filepath.Join(root, "docs", "reliability.md"))
	if err != nil || string(has) != want {
		t.Errorf("docs/reliability.md is not what the ledger says (%v): run make reliability", err)
	}
}

// A trial is written down once, with the commit that it was of.
func TestTheLedgerHasEachTrialOnce(t *testing.T) {
	lines, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	type trial struct {
		kind   string
		mutant string
		seed   uint64
		commit string
	}
	seen := map[trial]bool{}
	for i, l := range lines {
		at := trial{l.Kind, "", l.Seed, l.Commit}
		if l.Mutant != nil {
			at.mutant = l.Mutant.Name
		}
		if l.Kind != "bug" && (seen[at] || l.Commit == "" || strings.HasSuffix(l.Commit, "+")) {
			t.Errorf("line %d of the ledger is a trial again, or of a source that nobody has: %+v", i+1, l)
		}
		seen[at] = true
	}
}

func TestReport(t *testing.T) {
	got, err := Report([]Line{
		{Kind: "AOF cut", Seed: 1, Commit: "aaa", Held: true, Placed: 1, Counts: map[string]int{"queued": 1000, "rejected": 1}},
		{Kind: "AOF cut", Seed: 2, Commit: "aaa", Held: true, Placed: 3, Counts: map[string]int{"queued": 500}},
		{Kind: "AOF cut", Seed: 3, Commit: "bbb", Found: "lost: u1's | order\nand more"},
		{Kind: "simulation", Seed: 1, Seeds: 2000, Commit: "ccc", Held: true},
		{Kind: "soak", Seed: 1, Commit: "ccc", Found: "slow", Fix: "fast"},
		{Kind: "crash, cluster", Seed: 9, Point: "here", Commit: "ccc", Held: true},
		{Kind: "mutant", Seed: 5, Commit: "ccc", Held: true, Mutant: &Mutant{Name: "m", Rule: "3", TakesAway: "all | of it", CaughtBy: "a test", Runs: 7, Broke: 20, Of: 1000}},
		{Kind: "mutant", Commit: "ccc", Mutant: &Mutant{Name: "a", Rule: "2", TakesAway: "little", CaughtBy: "a test", Runs: 1}},
		{Kind: "bug", Commit: "ddd", Bug: "a hole", Fix: "filled"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| 3 | 100 | Redis killed, and the end of its append-only file cut off | 1, of which [0 are mended since](#trials-that-were-broken) | 1 of 1,500 | 1.0 s / 3.0 s | aaa bbb |",
		"| 2,000 | 300,000 |",
		"six faults | 1, [all mended since](#trials-that-were-broken) |",
		"1 kills at 1 points",
		"| here | 0 | 1 |",
		"- AOF cut, seed 3, at bbb: lost: u1's \\| order\n",
		"| 2 | little | **nobody** | 1 | ccc |\n| 3 | all \\| of it | a test | 7; 20 of 1,000 | ccc |",
		"| a hole | filled | ddd |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
}

// A run that was stopped goes on where it was.
func TestATrialThatTheLedgerHasIsNotRunAgain(t *testing.T) {
	lines := []Line{{Kind: "k", Seed: 1, Held: true}, {Kind: "k", Seed: 2}, {Kind: "k", Seed: 3, Held: true}, {Kind: "other", Seed: 4, Held: true}}
	if got := missing(lines, "k", 5, 2); len(got) != 2 || got[0] != 2 || got[1] != 4 {
		t.Errorf("to run: %v", got)
	}
}

// Of what was run before a commit, nothing counts since then.
func TestOnlyTheTrialsSinceACommitCount(t *testing.T) {
	lines := []Line{{Seed: 1, Commit: "aaaa"}, {Seed: 2, Commit: "bbbb"}, {Seed: 3, Commit: "cccc+"}, {Seed: 4}}
	if got := of(lines, []string{"bbbbbbbb", "cccccccc"}); len(got) != 1 || got[0].Seed != 2 {
		t.Errorf("there count %v", got)
	}
	if _, err := git("rev-parse", "HEAD~1"); err != nil {
		t.Skip("the source has no history: ", err)
	}
	head, err := descendants("HEAD")
	if err != nil || len(head) != 1 || !strings.HasPrefix(head[0], strings.TrimSuffix(Commit(), "+")) {
		t.Errorf("since HEAD there are %q, %v", head, err)
	}
	two, err := descendants("HEAD~1")
	if err != nil || !slices.Contains(two, head[0]) || slices.Contains(head, two[len(two)-1]) {
		t.Errorf("since the commit before there are %q, %v", two, err)
	}
	if _, err := descendants("no-such-commit"); err == nil {
		t.Error("a commit that is not there has descendants")
	}
}
