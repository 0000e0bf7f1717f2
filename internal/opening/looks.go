package opening

import (
	"errors"
	"maps"
	"slices"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

// A State is how a gate was found.
type State string

// The states.
const (
	Open        State = "open"
	Opening     State = "opening"     // shut, for an opening that is under way or was given up
	NoGate      State = "missing"     // there is none
	OtherRun    State = "fenced"      // it was opened under another incarnation
	Unavailable State = "unavailable" // it did not answer
)

// States are all of them.
var States = []State{Open, Opening, NoGate, OtherRun, Unavailable}

func stateOf(err error) State {
	switch {
	case err == nil:
		return Open
	case errors.Is(err, sale.ErrShut):
		return Opening
	case errors.Is(err, sale.ErrNoGate):
		return NoGate
	case errors.Is(err, sale.ErrFenced):
		return OtherRun
	}
	return Unavailable
}

// A look is how a gate was found, and what it counted if it was open.
type look struct {
	state              State
	remaining, waiting int64
}

func (m *Monitor) note(p sale.Product, v gate.View, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p.Exists() {
		m.looks[p.ID] = look{stateOf(err), v.Remaining, v.Waiting}
	} else {
		delete(m.looks, p.ID)
	}
}

// Unavailable are the products that cannot be sold, as their gates did not answer when
// they were last looked at, or were not open: how many, and the first of them by id.
func (m *Monitor) Unavailable(most int) (n int, first []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for id, l := range m.looks {
		if l.state != Open {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return len(all), all[:min(most, len(all))]
}

// Gates are how many gates were found in each state, each when it was last looked at.
func (m *Monitor) Gates() map[State]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	gates := map[State]int{}
	for _, l := range m.looks {
		gates[l.state]++
	}
	return gates
}

// Outbox is how many admitted orders waited for the log, at all gates that were open;
// false if one did not answer.
func (m *Monitor) Outbox() (orders int64, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.looks {
		if l.state == Unavailable {
			return 0, false
		}
		if l.state == Open {
			orders += l.waiting
		}
	}
	return orders, true
}

// Counts tells what the open gates of the first products counted, by product id.
func (m *Monitor) Counts(most int, tell func(product string, remaining, waiting int64)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := slices.Sorted(maps.Keys(m.looks))
	for _, id := range first[:min(most, len(first))] {
		if l := m.looks[id]; l.state == Open {
			tell(id, l.remaining, l.waiting)
		}
	}
}
