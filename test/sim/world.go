// Package sim runs the real rooms of a sale (purchase, opening, projector,
// settle, the fold) on keepers in memory, with every fault that a seed asks for,
// and has the real judge (verify) look at what is left.
//
// It promises that one seed gives one history: tasks run one at a time, a task
// gives way only where it calls a keeper or waits, and who goes on, what fails
// and how late it is comes from the seed alone. A crash is a task that is never
// resumed; a frozen process is one that is resumed late.
//
// A story is of a cluster, or, one in five, of the embedded mode. It is a part of
// the tests. Its keepers pass the suites of the real ones.
package sim

import (
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"math/rand/v2"
	"runtime"
	"time"
)

// A world is the tasks, their clock and their dice.
type world struct {
	rng    *rand.Rand
	now    time.Time
	tasks  []*task
	ready  []*task
	turn   *task
	steps  int
	trace  [traced]event // the last ones
	events int
	hash   uint64 // of all events: it tells two histories apart
	faults bool   // whether dice may bring about faults
	rough  int    // how often calls fail: 0 is never
}

type task struct {
	name    string
	proc    *process // nil: of no process
	next    func() (struct{}, bool)
	kill    func()
	pause   func(struct{}) bool
	at      int64       // it goes on then, in Unix nanoseconds, which are compared faster than a Time
	cond    func() bool // or as soon as this holds; nil: never
	dead    bool
	crashed bool
}

// An event is one line of a history.
type event struct {
	at        time.Time
	who, what string
}

const traced = 2000

// far is later than any story ends.
var far = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// crash unwinds a task that is not to go on.
type crash struct{}

func newWorld(seed uint64) *world {
	return &world{
		rng: rand.New(rand.NewPCG(seed, 20)), faults: true,
		now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

func (w *world) spawn(proc *process, name string, body func()) {
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
		growStack()
		body()
	})
	w.tasks = append(w.tasks, t)
}

// growStack has a task's stack grow once, while it is empty, and not in steps, each of
// which copies it: that took a fifth of a story's time.
//
//go:noinline
func growStack() {
	var frame [12 << 10]byte
	runtime.KeepAlive(&frame)
}

// yield lets other tasks go on.
func (w *world) yield(what string) { w.wait(what, w.now, nil) }

// sleep waits by the world's clock.
func (w *world) sleep(d time.Duration) { w.wait("sleeps", w.now.Add(d), nil) }

// until lets other tasks go on until cond holds or ctx is done, and reports
// whether cond holds.
func (w *world) until(ctx context.Context, what string, cond func() bool) bool {
	at, limited := ctx.Value(deadline{}).(time.Time)
	if !limited {
		at = far
	}
	w.wait(what, at, cond)
	return cond()
}

// wait lets other tasks go on until the time at, or until cond holds.
func (w *world) wait(what string, at time.Time, cond func() bool) {
	t := w.turn
	t.at, t.cond = at.UnixNano(), cond
	w.note(t.name, what)
	if t.crashed || !t.pause(struct{}{}) {
		t.crashed = true
		panic(crash{})
	}
}

var noteSeed = maphash.MakeSeed()

// note adds to the history.
func (w *world) note(who, what string) {
	w.trace[w.events%traced] = event{w.now, who, what}
	w.events++
	w.hash = maphash.Comparable(noteSeed, struct {
		before    uint64
		at        int64
		who, what string
	}{w.hash, w.now.UnixNano(), who, what})
}

// last is the end of the history, for people.
func (w *world) last(n int) (lines []string) {
	for i := max(0, w.events-min(n, traced)); i < w.events; i++ {
		e := &w.trace[i%traced]
		lines = append(lines, fmt.Sprintf("%s %s %s", e.at.Format("04:05.000"), e.who, e.what))
	}
	return lines
}

// crash ends every task of a process where it stands.
func (w *world) crash(p *process) {
	w.killAll(func(t *task) bool { return t.proc == p })
}

// killAll unwinds tasks, but the one whose turn it is.
func (w *world) killAll(which func(*task) bool) {
	turn := w.turn
	for _, t := range w.tasks {
		if t != turn && which(t) {
			w.turn = t // while it unwinds
			t.kill()
			t.dead = true
		}
	}
	w.turn = turn
}

// maxSteps is far more than any story takes.
const maxSteps = 400_000

// run lets the tasks go on until stop holds. It panics if they never get there.
func (w *world) run(stop func() bool, limit time.Duration) {
	end := w.now.Add(limit)
	for !stop() {
		next := w.choose()
		if w.now.After(end) || w.steps > maxSteps || next.Equal(far) {
			panic(fmt.Sprintf("stuck at %s after %d steps: %v", w.now, w.steps, w.standing()))
		}
		if len(w.ready) == 0 {
			w.now = next
			continue
		}
		w.turn = w.ready[w.rng.IntN(len(w.ready))]
		w.steps++
		w.turn.next()
		w.turn = nil
		w.now = w.now.Add(time.Duration(w.rng.IntN(300)) * time.Microsecond)
	}
}

// choose finds the tasks that may go on now, and when the next one may by the
// clock alone.
func (w *world) choose() time.Time {
	now, next := w.now.UnixNano(), far.UnixNano()
	w.ready = w.ready[:0]
	alive := w.tasks[:0]
	for _, t := range w.tasks {
		if t.dead {
			continue
		}
		alive = append(alive, t)
		at := t.at
		switch {
		case t.proc != nil && now < t.proc.frozen:
			at = t.proc.frozen
		case now >= at || t.cond != nil && t.cond():
			w.ready = append(w.ready, t)
			at = now
		}
		next = min(next, at)
	}
	clear(w.tasks[len(alive):])
	w.tasks = alive
	return time.Unix(0, next).UTC()
}

func (w *world) standing() (names []string) {
	for _, t := range w.tasks {
		if !t.dead {
			names = append(names, t.name)
		}
	}
	return names
}

// chance is true about once in n, while faults are on.
func (w *world) chance(n int) bool { return w.faults && w.rng.IntN(n) < w.rough }

// ms is a random time of less than n milliseconds.
func (w *world) ms(n int) time.Duration { return time.Duration(w.rng.IntN(n)) * time.Millisecond }

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

// Value gives away when it ends, through whatever wraps it.
func (d deadline) Value(key any) any {
	if key == (deadline{}) {
		return d.at
	}
	return d.Context.Value(key)
}

// forever is the context of what ends only with its process.
func (w *world) forever() context.Context { return context.Background() }
