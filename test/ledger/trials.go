package ledger

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A Trial is one under way.
type Trial struct {
	*testing.T
	*rand.Rand
	Line
}

// Trials runs trials of one of the kinds: so many in a short suite, and in a full one
// those that the ledger lacks of the goal; with FAULT_SINCE, a commit, of those that are to be
// run anew of a changed program, if it lacks them of that commit and what came after it.
// FAULT_SEED runs that one only, FAULT_TRIALS bounds how many a full run adds.
func Trials(t *testing.T, name string, short int, try func(*Trial)) {
	t.Helper()
	at := slices.IndexFunc(kinds, func(k kind) bool { return k.name == name })
	seeds, full := chosen(t, kinds[at], short)
	commit := Commit()
	for _, seed := range seeds {
		l := Line{Kind: name, Seed: seed, Commit: commit, Date: time.Now().UTC().Format(time.DateOnly)}
		began := time.Now()
		ran := t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			on := &Trial{T: t, Rand: rand.New(rand.NewPCG(seed, 0)), Line: l}
			defer func() { l = on.Line }()
			try(on)
		})
		l.Held, l.Seconds = ran, time.Since(began).Seconds()
		if !ran {
			t.Logf("again: FAULT_SEED=%d go test -run '%s' …", seed, t.Name())
		}
		if full {
			if err := Add(l); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func chosen(t *testing.T, k kind, short int) (seeds []uint64, full bool) {
	t.Helper()
	if given := os.Getenv("FAULT_SEED"); given != "" {
		seed, err := strconv.ParseUint(given, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return []uint64{seed}, false
	}
	if os.Getenv("FAULT_FULL") == "" {
		first := uint64(k.goal) + 1 + uint64(short)*rand.Uint64N(1<<30)
		for i := range uint64(short) {
			seeds = append(seeds, first+i)
		}
		return seeds, false
	}
	lines, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	all := k.goal
	if since := os.Getenv("FAULT_SINCE"); since != "" {
		commits, err := descendants(since)
		if err != nil {
			t.Fatal(err)
		}
		all, lines = k.anew, of(lines, commits)
	}
	most := all
	if bound := os.Getenv("FAULT_TRIALS"); bound != "" {
		if most, err = strconv.Atoi(bound); err != nil {
			t.Fatal(err)
		}
	}
	return missing(lines, k.name, all, most), true
}

// of are the lines of some commits, which a line names by how they begin.
func of(lines []Line, commits []string) []Line {
	return slices.DeleteFunc(lines, func(l Line) bool {
		return l.Commit == "" || !slices.ContainsFunc(commits, func(c string) bool { return strings.HasPrefix(c, l.Commit) })
	})
}

// missing are the first seeds of all that the lines do not have. One that was broken
// is run again, when what broke it is mended; both lines stay.
func missing(lines []Line, kind string, all, most int) (seeds []uint64) {
	done := map[uint64]bool{}
	for _, l := range lines {
		if l.Kind == kind && l.Held {
			done[l.Seed] = true
		}
	}
	for seed := uint64(1); seed <= uint64(all) && len(seeds) < most; seed++ {
		if !done[seed] {
			seeds = append(seeds, seed)
		}
	}
	return seeds
}

// Full reports whether it is the long suite that runs.
func Full() bool { return os.Getenv("FAULT_FULL") != "" }

// Find fails the trial, and keeps what was found first.
func (t *Trial) Find(found ...string) {
	t.Helper()
	for _, f := range found {
		if t.Found == "" {
			t.Found = f
		}
		t.Error(f)
	}
}
