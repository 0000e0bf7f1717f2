package cluster

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"
)

// The goals: from a fault's end to the first order that is admitted, where no
// opener died, and to the first that is placed. They are told, and fail nothing.
const (
	admittedGoal = 5 * time.Second
	placedGoal   = 15 * time.Second
)

// times are how long sales took to go on.
var times timesTable

type timesTable struct {
	mu   sync.Mutex
	rows []timesRow
}

type timesRow struct {
	fault            string
	admitted, placed time.Duration // whoever is queued is told so after 2 s only
	admittedGoal     time.Duration
}

func (l *timesTable) note(t testing.TB, r timesRow) {
	t.Helper()
	t.Logf("after %s: admitted %v, placed %v", r.fault, r.admitted.Round(time.Millisecond), r.placed.Round(time.Millisecond))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = append(l.rows, r)
}

// table is all of them, for people.
func (l *timesTable) table() string {
	if len(l.rows) == 0 {
		return ""
	}
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	late := 0
	fmt.Fprintf(w, "from the fault's end to the first order\tadmitted\tplaced\n")
	for _, r := range l.rows {
		mark := ""
		if r.admitted > r.admittedGoal || r.placed > placedGoal {
			mark = "above the goal"
			late++
		}
		fmt.Fprintf(w, "%s\t%.1f s\t%.1f s\t%s\n", r.fault, r.admitted.Seconds(), r.placed.Seconds(), mark)
	}
	fmt.Fprintf(w, "%d of %d above the goals of %v and %v\n", late, len(l.rows), admittedGoal, placedGoal)
	_ = w.Flush() // a strings.Builder takes it
	return text.String()
}
