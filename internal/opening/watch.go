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

// A Watch looks for gates that have to be opened. It remembers since when it has
// seen each gate shut as it is, and each order missed, by its own clock. It is safe for concurrent use.
type Watch struct {
	opener *Opener
	now    func() time.Time
	mu     sync.Mutex
	shut   map[string]shutSince
	missed map[string]missedSince
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

// NewWatch is a watch that has seen nothing yet.
func NewWatch(o *Opener, now func() time.Time) *Watch {
	return &Watch{opener: o, now: now, shut: map[string]shutSince{}, missed: map[string]missedSince{}}
}

// Look returns the attempt that is due now, or nil: for a product, as the store has
// it, whose gate is missing, fenced, or shut by an opener that is gone; behind the
// store's epoch; or wrong by what the fold could not make sense of, or never applies, as
// the end of the log was lost. A gate that cannot be reached is looked at again the next time.
func (w *Watch) Look(ctx context.Context, p sale.Product) *Attempt {
	v, err := w.opener.Gate.View(ctx, p.ID)
	a := Begin(p.ID, keep)
	a.while = &seen{v.Epoch, v.Signs, err}
	a.of.Store(p.LastNumber)
	if w.triggered(p, v, err) {
		return a
	}
	if a.lost = w.lost(p, v, err); a.lost > 0 {
		return a
	}
	return nil
}

// lost is the first order that the gate admitted and the fold has been missing for
// too long, or 0.
func (w *Watch) lost(p sale.Product, v gate.View, err error) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil || v.Epoch != p.Epoch || v.Seq <= p.Applied || p.Applied < 0 {
		delete(w.missed, p.ID)
		return 0
	}
	seen, now := w.missed[p.ID], w.now()
	if seen.epoch != p.Epoch || seen.seq != p.Applied+1 {
		seen = missedSince{p.Epoch, p.Applied + 1, now}
		w.missed[p.ID] = seen
	}
	if now.Sub(seen.since) < LostAfter {
		return 0
	}
	delete(w.missed, p.ID) // where nothing is lost, it is looked for no sooner than this again
	return seen.seq
}

func (w *Watch) triggered(p sale.Product, v gate.View, err error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !errors.Is(err, sale.ErrShut) {
		delete(w.shut, p.ID)
	}
	switch {
	case err == nil && p.Deleted, errors.Is(err, sale.ErrFenced):
		return true
	case err == nil:
		return v.Epoch < p.Epoch || v.Epoch == p.Epoch && p.Recounts > 0
	case errors.Is(err, sale.ErrNoGate):
		return p.Exists()
	case errors.Is(err, sale.ErrShut):
		seen, known := w.shut[p.ID]
		if !known || seen.epoch != v.Epoch || seen.signs != v.Signs {
			w.shut[p.ID] = shutSince{v.Epoch, v.Signs, w.now()}
			return false
		}
		return w.now().Sub(seen.since) >= OpenerGone
	}
	return false
}

// String names the attempt in a log line.
func (a *Attempt) String() string {
	return fmt.Sprintf("opening of %s at epoch %d", a.Product.ID, a.record.Epoch)
}
