// Package registrytest is what every registry of rehearsals has to pass.
package registrytest

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"seckill/internal/rehearsal"
	"seckill/internal/sale"
)

// Exercise tests the registries that fresh makes. reopen is the same registry as
// another process would see it once the one that used it has been gone for
// longer than rehearsal.Patience.
func Exercise(t *testing.T, fresh func(t *testing.T) (registry rehearsal.Registry, reopen func() rehearsal.Registry)) {
	for name, test := range map[string]func(e exam){
		"one runs at a time": oneRuns, "what was kept": kept, "a stop that was asked for": stops,
		"one that is gone": gone, "nothing there": nothing,
	} {
		t.Run(name, func(t *testing.T) {
			registry, reopen := fresh(t)
			test(exam{registry, t, reopen})
		})
	}
}

const first, second, third = "rehearsal-1", "rehearsal-2", "rehearsal-3"

func oneRuns(e exam) {
	e.begins(first, "")
	e.begins(second, first)
	e.begins(first, first)
	e.keep(first, "over", "", true)
	e.begins(second, "")
	e.holds(second, "begun", "", true)
	e.lists(second+" begun runs", first+" over")
}

func kept(e exam) {
	e.begins(first, "")
	e.keep(first, "half", "", false)
	e.holds(first, "half", "", true)
	e.keep(first, "more", "report", false)
	e.keep(first, "over", "", true)
	e.holds(first, "over", "report", false) // no report does not take one away
	if _, err := e.Keep(e.t.Context(), first, text("late"), nil, true); !errors.Is(err, sale.ErrNotFound) {
		e.t.Errorf("what has ended is kept again: %v", err)
	}
	e.begins(second, "")
	e.keep(second, "over", "report 2", true)
	e.Registry = e.reopen()
	e.holds(first, "over", "report", false)
	e.lists(second+" over", first+" over")
	e.removes(first, false)
	e.lists(second + " over")
}

func stops(e exam) {
	e.begins(first, "")
	e.removes(first, true)
	e.removes(first, true)
	e.holds(first, "begun", "", true)
	if stop, err := e.Keep(e.t.Context(), first, text("half"), nil, false); err != nil || !stop {
		e.t.Errorf("nobody is asked to stop: %v, %v", stop, err)
	}
	e.keep(first, "over", "", true)
	e.removes(first, false)
	e.begins(second, "")
	e.keep(second, "half", "", false) // is not asked to stop
}

func gone(e exam) {
	e.begins(first, "")
	e.Registry = e.reopen()
	e.holds(first, "begun", "", false)
	e.lists(first + " begun")
	e.begins(second, "")
	if _, err := e.Keep(e.t.Context(), first, text("back"), nil, false); !errors.Is(err, sale.ErrNotFound) {
		e.t.Errorf("one that was taken for gone goes on: %v", err)
	}
	e.removes(first, false)
	e.lists(second + " begun runs")
}

func nothing(e exam) {
	e.lists()
	_, _, _, err := e.Get(e.t.Context(), third)
	_, err2 := e.Remove(e.t.Context(), third)
	_, err3 := e.Keep(e.t.Context(), third, text("x"), nil, true)
	for _, err := range []error{err, err2, err3} {
		if !errors.Is(err, sale.ErrNotFound) {
			e.t.Errorf("%v, not %v", err, sale.ErrNotFound)
		}
	}
}

type exam struct {
	rehearsal.Registry
	t      *testing.T
	reopen func() rehearsal.Registry
}

// text is a JSON text, nil for none.
func text(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(`"` + s + `"`)
}

// begins demands that one begins, or that another is said to run.
func (e exam) begins(id, other string) {
	e.t.Helper()
	if got, err := e.Begin(e.t.Context(), id, text("begun")); err != nil || got != other {
		e.t.Fatalf("Begin %s: %q, %v; not %q", id, got, err, other)
	}
}

func (e exam) keep(id, summary, report string, ended bool) {
	e.t.Helper()
	if stop, err := e.Keep(e.t.Context(), id, text(summary), text(report), ended); err != nil || stop && !ended {
		e.t.Fatalf("Keep %s: %v, %v", id, stop, err)
	}
}

func (e exam) holds(id, summary, report string, running bool) {
	e.t.Helper()
	s, r, runs, err := e.Get(e.t.Context(), id)
	if err != nil || !bytes.Equal(s, text(summary)) || !bytes.Equal(r, text(report)) || runs != running {
		e.t.Fatalf("Get %s: %q, %q, %v, %v", id, s, r, runs, err)
	}
}

func (e exam) removes(id string, running bool) {
	e.t.Helper()
	if runs, err := e.Remove(e.t.Context(), id); err != nil || runs != running {
		e.t.Fatalf("Remove %s: %v, %v", id, runs, err)
	}
}

func (e exam) lists(want ...string) {
	e.t.Helper()
	var got []string
	err := e.All(e.t.Context(), func(id string, summary []byte, running bool) {
		line := id + " " + strings.Trim(string(summary), `"`)
		if running {
			line += " runs"
		}
		got = append(got, line)
	})
	if err != nil || !slices.Equal(got, want) {
		e.t.Fatalf("All: %q, %v; not %q", got, err, want)
	}
}
