// Package ledger keeps what became of the trials of the fault suites: one line of
// JSON each, in ledger.jsonl, which is part of the source. docs/reliability.md is
// written from it and from nothing else.
//
// A trial has a kind and a seed, from which it takes all that it chooses. The short
// suites run a few, of seeds that no run had before. With FAULT_FULL set, Trials runs
// those seeds from 1 on that the ledger does not have, and writes each down when it
// is over: a run that was stopped goes on where it was.
package ledger

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"seckill/test/program"
)

// A Line is one trial, or a bug that the trials found.
type Line struct {
	Kind    string         `json:"kind"`
	Seed    uint64         `json:"seed,omitempty"`
	Seeds   int            `json:"seeds,omitempty"`  // of a simulation: so many, from Seed on
	Point   string         `json:"point,omitempty"`  // of a crash
	Commit  string         `json:"commit,omitempty"` // with a + if the source had changed since
	Date    string         `json:"date,omitempty"`
	Held    bool           `json:"held"` // every promise was kept
	Found   string         `json:"found,omitempty"`
	Seconds float64        `json:"seconds,omitempty"`
	Placed  float64        `json:"placed,omitempty"` // seconds from the fault's end to the first order that was placed
	Counts  map[string]int `json:"counts,omitempty"`
	Mutant  *Mutant        `json:"mutant,omitempty"`
	Bug     string         `json:"bug,omitempty"` // of the kind bug: what was wrong
	Fix     string         `json:"fix,omitempty"` // and what was done
}

// A Mutant is a rule that was taken away; Held is that a test noticed.
type Mutant struct {
	Name      string `json:"name"`
	Rule      string `json:"rule"`
	TakesAway string `json:"takes_away"`
	CaughtBy  string `json:"caught_by"`
	Runs      int    `json:"runs"`            // of that test, or stories of the simulation, until it was caught
	Broke     int    `json:"broke,omitempty"` // so many stories broke a promise
	Of        int    `json:"of,omitempty"`    // of so many
}

// Count adds to one of the line's counts.
func (l *Line) Count(what string, n int) {
	if l.Counts == nil {
		l.Counts = map[string]int{}
	}
	l.Counts[what] += n
}

// path is the ledger's, in the source.
func path() (string, error) {
	root, err := program.Source()
	return filepath.Join(root, "test", "ledger", "ledger.jsonl"), err
}

// Read is all lines.
func Read() ([]Line, error) {
	name, err := path()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return read(f)
}

func read(from io.Reader) (all []Line, err error) {
	in := bufio.NewScanner(from)
	for n := 1; in.Scan(); n++ {
		var l Line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("line %d of the ledger: %w", n, err)
		}
		all = append(all, l)
	}
	return all, in.Err()
}

// Add writes a line down. Several processes may at once.
func Add(l Line) error {
	name, err := path()
	if err != nil {
		return err
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n')) // one write, so that lines do not mix
	return errors.Join(err, f.Close())
}

// Commit names the source that is tested.
func Commit() string {
	commit, err := git("rev-parse", "--short=10", "HEAD")
	if err != nil {
		return "unknown"
	}
	if changed, err := git("status", "--porcelain", "--", "*.go", "*.lua", "*.sql", "go.mod"); err != nil || changed != "" {
		commit += "+"
	}
	return commit
}

// descendants are a commit and those that came after it, of which the source is one.
func descendants(of string) ([]string, error) {
	of, err := git("rev-parse", "--verify", of+"^{commit}")
	if err != nil {
		return nil, err
	}
	after, err := git("rev-list", "--ancestry-path", of+"..HEAD")
	return append(strings.Fields(after), of), err
}

// git is what git says of the source.
func git(args ...string) (string, error) {
	root, err := program.Source()
	if err != nil {
		return "", err
	}
	out, err := exec.Command("git", append([]string{"-C", root}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
