// Package gatetest is the conformance suite of package gate: every keeper has to
// answer it in the same way, whatever it is made of.
//
// A keeper's own test calls Exercise once. Every subtest gets a harness of its
// own, with nothing in it. The suite asks the gate for the time and judges by
// that, so it is as strict on a keeper with a clock of its own, which can only be
// waited for, as on one whose clock the harness holds; no subtest fails on a
// slow machine.
//
// Where the contract leaves a keeper a choice, the suite accepts either answer: a
// gate whose server came back under another incarnation may be gone
// (ErrNoGate) or fenced (ErrFenced), and its outbox may have lost its tail.
package gatetest

import (
	"testing"
	"time"

	"seckill/internal/gate"
)

// A Harness is one keeper under test, and what the suite may do to its world.
type Harness struct {
	Keeper gate.Keeper
	// Other is the gates of another store, on the same server.
	Other gate.Keeper
	// Restart brings the server that holds the gates back under another
	// incarnation, and returns a keeper on it. The old keeper is not used again.
	Restart func() gate.Keeper
	// Advance returns when the gate's clock has gone on by at least d. The suite
	// asks for some tens of milliseconds.
	Advance func(d time.Duration)
	// MaxUnrelayed is the keeper's bound of orders that wait for the log. The
	// suite goes beyond it, so some hundreds are best, and 100 the least.
	MaxUnrelayed int
}

// Exercise runs the whole suite. It calls open for every subtest.
func Exercise(t *testing.T, open func(t *testing.T) Harness) {
	for _, group := range [][]subtest{admitting, limiting, hours, grouping, origins, racing, boxing, returning, opening, fencing, inspecting, neighbours, restarting, properties} {
		for _, s := range group {
			t.Run(s.name, func(t *testing.T) { s.run(t, newFixture(t, open(t))) })
		}
	}
}

type subtest struct {
	name string
	run  func(t *testing.T, f *fixture)
}
