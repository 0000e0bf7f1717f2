package mutants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"seckill/test/ledger"
)

// report prints what became of the mutants, and writes it down if the run is a full one.
func report(t *testing.T, lines []ledger.Line) {
	slices.SortFunc(lines, func(a, b ledger.Line) int { return cmp.Compare(a.Mutant.Name, b.Mutant.Name) })
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "mutant\trule\tcaught by\truns\tseconds")
	for _, l := range lines {
		m := l.Mutant
		runs := fmt.Sprint(m.Runs)
		switch {
		case !l.Held:
			runs = "NOT CAUGHT"
		case m.Of > 0:
			runs = fmt.Sprintf("%d; %d of %d broke", m.Runs, m.Broke, m.Of)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.1f\n", m.Name, m.Rule, m.CaughtBy, runs, l.Seconds)
		if !ledger.Full() {
			continue
		}
		if err := ledger.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + table.String())
}
