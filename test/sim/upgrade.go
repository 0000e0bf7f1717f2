package sim

import (
	"fmt"
	"time"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// older is the version up to which the program of before reads records, and newest
// that of this one, which it gives to openings if it may, whatever they say.
const (
	older  = sale.Version - 1
	newest = sale.Version
)

// gone is orderstore.ProcessGone, as a story is short: less than a process may be frozen.
const gone = 4 * time.Second

// An upgrade is a cluster in which programs of two releases come and go.
type upgrade struct {
	on            bool
	wrote, halted int // newer records, and processes that met what they do not read
}

// A release is which program a process is, and whether it may do anything.
type release struct {
	reads  int  // the highest version of records
	joined bool // the store knows of it
	halted bool
}

func (r *release) barred() bool { return !r.joined || r.halted }

// chooseRelease is which program a process is that starts now. One that has halted is followed by
// the newer program, and so is every one at the end.
func (s *system) chooseRelease(before *process) release {
	r := release{reads: newest, joined: !s.upgrade.on}
	if s.upgrade.on && s.faults && !before.halted && s.rng.IntN(2) > 0 {
		r.reads = older
	}
	return r
}

// older reports whether it knows neither groups nor user ids of elsewhere: it refuses
// both, takes a gate that is for a group to be shut, and drops the group from terms.
func (r *release) older() bool { return r.reads < newest }

// operator is the name under which somebody is known to it: the program of before knows none.
func (r *release) operator(name string) string {
	if r.older() {
		return ""
	}
	return name
}

func (p *process) id() string { return fmt.Sprint(p.name, " life ", p.life) }

// stayAlive has the store know of a process.
func (p *process) stayAlive() error {
	s := p.sys
	err := s.ask("alive", func() error {
		return s.store.Alive(s.forever(), orderstore.Process{ID: p.id(), Place: p.name, Reads: p.reads})
	})
	if err == nil {
		p.joined = true
		s.sleep(time.Second)
	}
	return err
}

// end is a crash, or the end of a process that has the store forget it.
func (p *process) end() {
	if p.sys.upgrade.on && p.sys.rng.IntN(2) == 0 {
		_ = p.sys.store.Ended(p.sys.forever(), p.id())
	}
}

// halt has a process do nothing any more, until somebody starts a newer one in its place.
func (p *process) halt() {
	if p.halted {
		return
	}
	s, life := p.sys, p.life
	s.note("world", p.name+" halts")
	s.upgrade.halted++
	p.halted = true
	late := s.ms(5000)
	s.spawn(nil, "operator", func() {
		if s.sleep(late); p.life == life {
			s.crashAndRestart(p)
		}
	})
}

var errBarred = fmt.Errorf("the process does nothing: %w", sale.ErrUnavailable)

// writes is the version that these records say, at least.
func (p *process) writes(records []sale.Record) int {
	s := p.sys
	if p.older() || !p.sys.upgrade.on || len(records) == 0 || records[0].Kind != sale.KindOpening || s.store.Allow(s.forever(), newest) != nil {
		return 0
	}
	s.upgrade.wrote++
	return newest
}
