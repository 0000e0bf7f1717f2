// Package sim runs the real rooms of a sale (purchase, opening, projector,
// settle, the fold) on keepers in memory, with every fault that a seed asks for.
//
// It promises that one seed gives one history: tasks run one at a time, a task
// gives way only where it calls a keeper or waits, and who goes on, what fails
// and how late it is comes from the seed alone. A crash is a task that is never
// resumed; a frozen process is one that is resumed late.
//
// It is a part of the tests. Its keepers pass the suites of the real ones.
package sim

import (
	"context"
	"fmt"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"time"
)

// A world is the tasks, their clock and their dice.
type world struct {
	rng    *rand.Rand
	now    time.Time
	tasks  []*task
	turn   *task
	trace  uint64
	steps  int
	log    []string // the last lines of the trace
	faults bool     // whether dice may bring about faults
}

type task struct {
	name    string
	proc    *process // nil: of no process
	next    func() (struct{}, bool)
	kill    func()
	pause   func(struct{}) bool
	waits   func() bool // nil: may go on
	dead    bool
	crashed bool
}

// crash unwinds a task that is not to go on.
type crash struct{}

func newWorld(seed uint64) *world {
	return &world{
		rng: rand.New(rand.NewPCG(seed, 20)), faults: true,
		now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

func (w *world) spawn(proc *process, name string, body func()) *task {
	t := &task{name: name, proc: proc}
	t.next, t.kill = iter.Pull(func(yield func(struct{}) bool) {
		t.pause = yield
		defer func() {
			t.dead = true
			if r := recover(); r != nil {
				if _, ok := r.(crash); !ok {
					panic(r)
				}
			}
		}()
		body()
	})
	w.tasks = append(w.tasks, t)
	return t
}

// yield lets other tasks go on.
func (w *world) yield(what string) { w.until(what, nil) }

// until lets other tasks go on until cond holds.
func (w *world) until(what string, cond func() bool) {
	t := w.turn
	t.waits = cond
	w.note(t.name, what)
	if t.crashed || !t.pause(struct{}{}) {
		t.crashed = true
		panic(crash{})
	}
	t.waits = nil
}

// note adds to the trace, which tells two histories apart.
func (w *world) note(who, what string) {
	h := fnv.New64a()
	line := fmt.Sprintf("%d %s %s", w.now.UnixMilli(), who, what)
	fmt.Fprintf(h, "%d %s", w.trace, line)
	w.trace = h.Sum64()
	w.log = append(w.log, line)
	if len(w.log) > 4000 {
		w.log = w.log[2000:]
	}
}

// crash ends every task of a process where it stands.
func (w *world) crash(p *process) {
	turn := w.turn
	for _, t := range w.tasks {
		if t.proc == p && t != turn {
			w.turn = t // while it unwinds
			t.kill()
			t.dead = true
		}
	}
	w.turn = turn
}

// maxSteps is far more than any story takes.
const maxSteps = 400_000

// run lets the tasks go on until stop holds. It panics where they never get there.
func (w *world) run(stop func() bool, limit time.Duration) {
	end := w.now.Add(limit)
	for !stop() {
		if w.now.After(end) || w.steps > maxSteps {
			panic(fmt.Sprintf("stuck at %s after %d steps: %v", w.now, w.steps, w.standing()))
		}
		var ready []*task
		alive := w.tasks[:0]
		for _, t := range w.tasks {
			if t.dead {
				continue
			}
			alive = append(alive, t)
			if (t.proc == nil || !w.now.Before(t.proc.frozen)) && (t.waits == nil || t.waits()) {
				ready = append(ready, t)
			}
		}
		clear(w.tasks[len(alive):])
		w.tasks = alive
		if len(ready) == 0 {
			w.now = w.now.Add(5 * time.Millisecond)
			continue
		}
		w.turn = ready[w.rng.IntN(len(ready))]
		w.steps++
		w.turn.next()
		w.turn = nil
		w.now = w.now.Add(time.Duration(w.rng.IntN(300)) * time.Microsecond)
	}
}

func (w *world) standing() (names []string) {
	for _, t := range w.tasks {
		if !t.dead {
			names = append(names, t.name)
		}
	}
	return names
}

// chance is true once in n, while faults are on.
func (w *world) chance(n int) bool { return w.faults && w.rng.IntN(n) == 0 }

// sleep waits by the world's clock.
func (w *world) sleep(d time.Duration) {
	at := w.now.Add(d)
	w.until("sleeps", func() bool { return !w.now.Before(at) })
}

// A deadline is a context that ends by the world's clock. Nothing may wait on
// its channel: the keepers and waits of a simulation ask Err.
type deadline struct {
	context.Context
	w  *world
	at time.Time
}

func (w *world) deadline(d time.Duration) context.Context {
	return deadline{context.Background(), w, w.now.Add(d)}
}

func (d deadline) Err() error {
	if d.w.now.Before(d.at) {
		return nil
	}
	return context.DeadlineExceeded
}

// forever is the context of what ends only with its process.
func (w *world) forever() context.Context { return context.Background() }
