package ledger

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
)

// A kind is one of the trials, as people are told of it.
type kind struct {
	name, what, command string
	goal                int // trials of a full run
	anew                int // of them, if the program has changed
}

// Stories is how many stories of the simulation are one trial.
const Stories = 1_000

var kinds = []kind{
	{"simulation", "the real rooms on simulated servers, under a seed", "make test-sim SEEDS=300000", 300, 100},
	{"crash, embedded", "killed at a named point of the code; one process, one folder", "go test ./test/fault -run TestCrashPoints", 350, 60},
	{"crash, cluster", "the same of one of the processes of a cluster", "go test ./test/fault/cluster -run TestCrashPoints", 150, 50},
	{"power cut", "the power goes: the disk has what was synced, and of the rest what the kernel had written by chance; one process", "go test ./test/fault -run TestPowerCuts", 20, 20},
	{"AOF cut", "Redis killed, and the end of its append-only file cut off", "go test ./test/fault/cluster -run CutOff", 100, 50},
	{"stale failover", "a replica of Redis that lacks orders becomes the primary", "go test ./test/fault/cluster -run OlderData", 50, 50},
	{"shard killed", "a master of a Redis Cluster killed, with its replica or without, and back", "go test ./test/fault/cluster -run ShardIsKilled", 20, 20},
	{"older Postgres", "Postgres put back to an older copy of its files", "go test ./test/fault/cluster -run PutBack", 20, 5},
	{"Postgres failover", "a standby of Postgres becomes the primary: a synchronous one, or one that lacks orders", "go test ./test/fault/cluster -run StandbyTakesOver", 20, 5},
	{"recover, embedded", "the log cut, emptied, removed or damaged, then `seckill recover`, which is killed in half of them; one process, one folder", "go test ./test/fault -run TestRecover", 50, 50},
	{"recover, cluster", "Kafka put back or emptied, its topic deleted, Redis or Postgres put back besides, then `seckill recover`, which is killed in some of them; real servers", "go test ./test/fault/cluster -run TestRecover", 50, 50},
	{"Kafka away", "Kafka stopped for a minute", "go test ./test/fault/cluster -run AServerStopped", 10, 1},
	{"Postgres away", "Postgres stopped for a minute", "go test ./test/fault/cluster -run AServerStopped", 10, 1},
	{"network", "requests or answers lost, delayed or cut on the way to a server", "go test ./test/fault/cluster -run NetworkIsIll", 60, 15},
	{"soak", "a minute at half of the top rate, with six faults", "go test ./test/fault/cluster -run Soak -timeout 1h", 30, 3},
}

// A row is what the ledger has of a kind.
type row struct {
	kind
	Trials, Broken   int
	Explained        int // of the broken: it is known what was wrong, and that is mended
	Queued, Rejected int
	P50, P99         float64
	Commits          string
}

func (r row) What() string { return r.what }

// Became is what became of the trials that were broken.
func (r row) Became() string {
	const where = "[%s](#trials-that-were-broken)"
	switch r.Broken {
	case 0:
		return ""
	case r.Explained:
		return ", " + fmt.Sprintf(where, "all mended since")
	}
	return fmt.Sprintf(", of which "+where, fmt.Sprintf("%d are mended since", r.Explained))
}

func (r row) Goal() int {
	if r.name == "simulation" {
		return r.goal * Stories
	}
	return r.goal
}
func (r row) Command() string { return r.command }

// A point is a named moment of the code, and how often a process died there.
type point struct {
	Name              string
	Embedded, Cluster int
}

// A soak is the minutes that ran one after the other, on the same processes.
type soak struct {
	Commit          string
	Minutes, Broken int
	Buyers, Placed  int // a second; in all
	MB              []int
}

type report struct {
	Rows    []row
	Points  []point
	Broken  []Line
	Bugs    []Line
	Soaks   []soak
	Mutants []Line
	Kills   int
}

//go:embed reliability.md.tmpl
var page string

// Report is docs/reliability.md, from these lines and nothing else.
func Report(lines []Line) (string, error) {
	r := report{Points: points(lines), Soaks: soaks(lines)}
	for _, k := range kinds {
		if row := newRow(k, lines); row.Trials > 0 {
			r.Rows = append(r.Rows, row)
		}
	}
	for _, p := range r.Points {
		r.Kills += p.Embedded + p.Cluster
	}
	for _, l := range lines {
		switch {
		case l.Kind == "bug":
			r.Bugs = append(r.Bugs, l)
			continue
		case l.Mutant != nil:
			r.Mutants = append(r.Mutants, l)
			continue
		case !l.Held:
			r.Broken = append(r.Broken, l)
		}
	}
	slices.SortFunc(r.Mutants, func(a, b Line) int { return cmp.Compare(a.Mutant.Name, b.Mutant.Name) })
	var text strings.Builder
	t, err := template.New("").Funcs(template.FuncMap{"cell": cell, "thousands": thousands}).Parse(page)
	if err == nil {
		err = t.Execute(&text, r)
	}
	return text.String(), err
}

func newRow(k kind, lines []Line) row {
	r := row{kind: k}
	commits := map[string]bool{}
	var placed []float64
	for _, l := range lines {
		if l.Kind != k.name {
			continue
		}
		r.Trials += max(l.Seeds, 1)
		if !l.Held {
			r.Broken++
			if l.Fix != "" {
				r.Explained++
			}
		}
		r.Queued += l.Counts["queued"]
		r.Rejected += l.Counts["rejected"]
		if l.Placed > 0 {
			placed = append(placed, l.Placed)
		}
		if !commits[l.Commit] {
			commits[l.Commit] = true
			r.Commits += " " + l.Commit
		}
	}
	slices.Sort(placed)
	r.P50, r.P99 = percentile(placed, 50), percentile(placed, 99)
	r.Commits = strings.TrimSpace(r.Commits)
	return r
}

// percentile is the smallest value that so many in a hundred do not exceed.
func percentile(sorted []float64, p int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*p+99)/100-1]
}

func points(lines []Line) (all []point) {
	died := map[string]*point{}
	for _, l := range lines {
		if !strings.HasPrefix(l.Kind, "crash") {
			continue
		}
		p := died[l.Point]
		if p == nil {
			p = &point{Name: l.Point}
			died[l.Point] = p
		}
		if l.Kind == "crash, cluster" {
			p.Cluster++
		} else {
			p.Embedded++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(died)) {
		all = append(all, *died[name])
	}
	return all
}

func soaks(lines []Line) (all []soak) {
	for _, l := range lines {
		if l.Kind != "soak" {
			continue
		}
		if n := len(all); n == 0 || all[n-1].Commit != l.Commit {
			all = append(all, soak{Commit: l.Commit})
		}
		s := &all[len(all)-1]
		s.Minutes++
		if !l.Held {
			s.Broken++
		}
		s.Buyers = l.Counts["buyers a second"]
		s.Placed += l.Counts["placed"]
		s.MB = append(s.MB, l.Counts["MB"])
	}
	return all
}

// cell is text that a table can hold.
func cell(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	return strings.ReplaceAll(text, "|", `\|`)
}

func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
