package mutants

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
)

// A row is what became of one mutant. MUTANTS_OUT names a file for all of them,
// one JSON a line.
type row struct {
	Mutant    string  `json:"mutant"`
	Rule      string  `json:"rule"`
	TakesAway string  `json:"takes_away"`
	CaughtBy  string  `json:"caught_by"`
	Caught    bool    `json:"caught"`
	Runs      int     `json:"runs"`            // of the test, or stories, until it was caught
	Seed      string  `json:"seed,omitempty"`  // of the first story
	Broke     int     `json:"broke,omitempty"` // FULL: so many stories broke a promise
	Of        int     `json:"of,omitempty"`    // of so many at most
	Seconds   float64 `json:"seconds"`
}

// report prints the table, and writes it where it is asked to.
func report(t *testing.T, rows []row) {
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.Mutant, b.Mutant) })
	var table, lines strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "mutant\trule\tcaught by\truns\tseconds")
	for _, r := range rows {
		runs := fmt.Sprint(r.Runs)
		switch {
		case !r.Caught:
			runs = "NOT CAUGHT"
		case full && r.Seed != "":
			runs = fmt.Sprintf("%d; %d of %d broke", r.Runs, r.Broke, r.Of)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.1f\n", r.Mutant, r.Rule, r.CaughtBy, runs, r.Seconds)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(text, '\n'))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table.String())
	if path := os.Getenv("MUTANTS_OUT"); path != "" {
		if err := os.WriteFile(path, []byte(lines.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
