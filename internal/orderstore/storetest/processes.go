package storetest

import (
	"errors"
	"strings"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

func process(id string, reads int) orderstore.Process {
	return orderstore.Process{ID: id, Role: "api", Place: id + ".host:7", Reads: reads}
}

func (w *world) alive(id string, reads int) {
	w.Helper()
	if err := w.Keeper.Alive(w.ctx, process(id, reads)); err != nil {
		w.Fatalf("process %s, which reads %d: %v", id, reads, err)
	}
}

func (w *world) ended(id string) {
	w.Helper()
	if err := w.Keeper.Ended(w.ctx, id); err != nil {
		w.Fatal(err)
	}
}

func (w *world) allows(version int) {
	w.Helper()
	if err := w.Keeper.Allow(w.ctx, version); err != nil {
		w.Fatalf("version %d: %v", version, err)
	}
}

// refuses demands that a version is not allowed, for want of process id.
func (w *world) refuses(version int, id string) {
	w.Helper()
	if err := w.Keeper.Allow(w.ctx, version); !errors.Is(err, sale.ErrUnavailable) || !strings.Contains(err.Error(), id+".host:7") {
		w.Fatalf("version %d, with process %s alive: %v", version, id, err)
	}
}

func processAlone(w *world) {
	w.alive("a", 2)
	w.alive("a", 2)
	w.allows(1)
	w.allows(2)
	w.ended("a")
	w.ended("a")
	w.alive("b", 3)
	w.allows(3)
}

// several skips a keeper that has one process at a time.
func (w *world) several() {
	if w.Pass == nil {
		w.Skip("one process at a time")
	}
}

func processesReadWhatIsAllowed(w *world) {
	w.several()
	w.alive("old", 1)
	w.alive("new", 3)
	w.allows(1)
	w.refuses(2, "old")
	w.refuses(3, "old")
	w.ended("old")
	w.refuses(4, "new")
	w.allows(3)
	w.allows(2)
}

// What was allowed stays so, whoever comes: they are told to halt, and keep nobody from anything.
func processesTooOldHalt(w *world) {
	w.several()
	w.alive("old", 1)
	w.alive("new", 2)
	w.Pass(orderstore.ProcessGone + time.Second) // both stood still
	w.alive("new", 2)
	w.allows(2)
	for range 2 {
		if err := w.Keeper.Alive(w.ctx, process("old", 1)); !errors.Is(err, sale.ErrNewer) {
			w.Fatalf("a process that reads less than was allowed: %v", err)
		}
	}
	w.alive("new", 2)
	w.alive("newer", 3)
	w.ended("new")
	w.allows(3)
	if s := w.Reopen(); !errors.Is(s.Alive(w.ctx, process("new", 2)), sale.ErrNewer) || s.Alive(w.ctx, process("newer", 3)) != nil {
		w.Error("what was allowed is forgotten")
	}
}

// A clock that was set back leaves nobody alive for as long who is gone.
func processesOfALaterClock(w *world) {
	w.several()
	w.alive("old", 1)
	w.Pass(-time.Hour)
	w.alive("new", 2)
	w.refuses(2, "old")
	w.Pass(orderstore.ProcessGone + time.Second)
	w.alive("new", 2)
	w.living(process("new", 2))
	w.allows(2)
}

func (w *world) living(want ...orderstore.Process) {
	w.Helper()
	got, err := w.Keeper.Living(w.ctx)
	equal(w, "those that are alive", got, want, err)
}

func processesThatAreGone(w *world) {
	w.several()
	w.living()
	w.alive("old", 1)
	w.living(process("old", 1))
	w.Pass(orderstore.ProcessGone - 10*time.Second)
	w.refuses(2, "old")
	w.alive("old", 1)
	w.Pass(orderstore.ProcessGone - 10*time.Second)
	w.alive("new", 2)
	w.refuses(2, "old")
	w.living(process("new", 2), process("old", 1))
	w.Pass(15 * time.Second)
	w.living(process("new", 2))
	w.allows(2)
	w.ended("new")
	w.living()
}

// Of one that comes and one that asks at once, either is told of the other.
func processesRace(w *world) {
	w.several()
	for version := 2; version < 40; version++ {
		come, asked := make(chan error), make(chan error)
		go func() { come <- w.Keeper.Alive(w.ctx, process("old", version-1)) }()
		go func() { asked <- w.Keeper.Allow(w.ctx, version) }()
		came, allowed := <-come, <-asked
		if (came == nil) == (allowed == nil) || came != nil && !errors.Is(came, sale.ErrNewer) || allowed != nil && !errors.Is(allowed, sale.ErrUnavailable) {
			w.Fatalf("version %d: %v for who came with the one below, %v for who asked", version, came, allowed)
		}
		w.ended("old")
		w.allows(version)
	}
}
