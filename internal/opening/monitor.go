package opening

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"seckill/internal/gate"
	"seckill/internal/sale"
)

const (
	// OpenerGone is how long a gate may be shut without a sign of its opener's
	// life before that counts as gone.
	OpenerGone = 5 * time.Second
	// SignEvery is how often an opener that waits for others gives such a sign.
	SignEvery = time.Second
	// LostAfter is how long the fold may miss an order that a gate admitted before
	// it is looked for.
	LostAfter = 10 * time.Second
)

// A Monitor looks for gates that have to be opened. It remembers since when it has
// seen each gate shut as it is, and each order missed, by its own clock. It is safe for concurrent use.
type Monitor struct {
	opener *Opener
	now    func() time.Time
	mu     sync.Mutex
	shut   map[string]shutSince
	missed map[string]missedSince

	looks map[string]look // at products that exist, the last one at each
}

type shutSince struct {
	epoch, signs int64
	since        time.Time
}

// A missedSince is the first order of an epoch that the fold has not applied.
type missedSince struct {
	epoch, seq int64
	since      time.Time
}

// NewMonitor is a Monitor that has seen nothing yet.
func NewMonitor(o *Opener, now func() time.Time) *Monitor {
	return &Monitor{opener: o, now: now, shut: map[string]shutSince{}, missed: map[string]missedSince{}, looks: map[string]look{}}
}

// Look returns the attempt that is due now, or nil: for a product, as the store has
// it, whose gate is missing, fenced, or shut by an opener that is gone; at another epoch
// than the store, or with other terms; or wrong by what the fold could not make sense of, or never applies, as
// the end of the log was lost. A gate that cannot be reached is looked at again the next time.
func (m *Monitor) Look(ctx context.Context, p sale.Product) *Attempt {
	v, err := m.opener.Gate.View(ctx, p.ID)
	m.note(p, v, err)
	if err == nil && v.Epoch > p.Epoch { // it may have been opened since p was read
		if now, err := m.opener.Store.Product(ctx, p.ID); err == nil {
			p = now
		}
	}
	a := Begin(p.ID, keep)
	a.while = &seen{v.Epoch, v.Signs, err}
	a.of.Store(p.LastNumber)
	if a.cause = m.triggered(p, v, err); a.cause != "" {
		return a
	}
	if a.lost = m.lost(p, v, err); a.lost > 0 {
		return a
	}
	return nil
}

// lost is the first order that the gate admitted and the fold has been missing for
// too long, or 0.
func (m *Monitor) lost(p sale.Product, v gate.View, err error) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil || v.Epoch != p.Epoch || v.Seq <= p.Applied || p.Applied < 0 {
		delete(m.missed, p.ID)
		return 0
	}
	seen, now := m.missed[p.ID], m.now()
	if seen.epoch != p.Epoch || seen.seq != p.Applied+1 {
		seen = missedSince{p.Epoch, p.Applied + 1, now}
		m.missed[p.ID] = seen
	}
	if now.Sub(seen.since) < LostAfter {
		return 0
	}
	delete(m.missed, p.ID) // if nothing is lost, it is looked for no sooner than this again
	return seen.seq
}

// triggered is why the gate has to be opened, or empty.
func (m *Monitor) triggered(p sale.Product, v gate.View, err error) Cause {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !errors.Is(err, sale.ErrShut) {
		delete(m.shut, p.ID)
	}
	switch {
	case errors.Is(err, sale.ErrFenced):
		return Fenced
	case err == nil && p.Deleted:
		return Deleted
	case err == nil && v.Epoch != p.Epoch:
		return Epoch
	case err == nil && p.Recounts > 0:
		return Recount
	case err == nil && !v.Terms.Equal(gate.HoursOf(&p)):
		return Terms
	case errors.Is(err, sale.ErrNoGate) && p.Exists():
		return Missing
	case errors.Is(err, sale.ErrShut):
		seen, known := m.shut[p.ID]
		if !known || seen.epoch != v.Epoch || seen.signs != v.Signs {
			m.shut[p.ID] = shutSince{v.Epoch, v.Signs, m.now()}
			return ""
		}
		if m.now().Sub(seen.since) >= OpenerGone {
			return Abandoned
		}
	}
	return ""
}

// String names the attempt in a log line.
func (a *Attempt) String() string {
	return fmt.Sprintf("opening of %s at epoch %d", a.Product.ID, a.record.Epoch)
}
