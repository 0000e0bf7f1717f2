package rehearsal

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"seckill/internal/rush"
	"seckill/internal/sale"
)

// putWithin is how long putting the product on sale may take: shorter than the
// patience of the shelf.
const putWithin = 8 * time.Second

// Busy is the error of a Begin while a rehearsal runs.
type Busy struct{ ID string }

func (b Busy) Error() string { return "a rehearsal is under way: " + b.ID }

// A Stage is where one process runs its rehearsals.
type Stage struct {
	parts Parts
	ctx   context.Context
	end   context.CancelCauseFunc
	runs  sync.WaitGroup

	mu  sync.Mutex
	now *play // what runs here; nil: nothing
}

// New makes a Stage.
func New(p Parts) *Stage {
	s := &Stage{parts: p}
	s.ctx, s.end = context.WithCancelCause(context.Background())
	return s
}

// Close ends what runs, which is then kept as failed, and waits for that.
func (s *Stage) Close() {
	s.mu.Lock()
	s.end(errEnded)
	s.mu.Unlock()
	s.runs.Wait()
}

// Begin puts a product on sale and lets the buyers of the plan at it. It returns
// when they are about to come. Errors: sale.Invalid, Busy, those of the Merchant
// and of the Shelf.
func (s *Stage) Begin(ctx context.Context, plan Plan) (Rehearsal, error) {
	if err := plan.Check(); err != nil {
		return Rehearsal{}, err
	}
	now := s.parts.Now().UTC().Truncate(time.Millisecond)
	p := newPlay(s.parts, Rehearsal{
		ID:   sale.RehearsalPrefix + now.Format("20060102-150405-") + s.parts.NewID(),
		Plan: plan, State: Running, StartedAt: now,
	})
	other, err := s.parts.Shelf.Begin(ctx, p.is.ID, write(p.is))
	if err != nil {
		return Rehearsal{}, err
	}
	if other != "" {
		return Rehearsal{}, Busy{other}
	}
	limited, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	_, err = s.parts.Merchant.Put(limited, p.is.ID, func(sale.Product) (sale.Terms, error) { return plan.terms(now), nil })
	if err != nil {
		p.keep(s.ctx, p.failed("Its product could not be put on sale: "+err.Error()))
		return Rehearsal{}, err
	}
	return p.look(), s.start(p)
}

func (s *Stage) start(p *play) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return sale.ErrUnavailable // the shelf finds out by itself
	}
	var ctx context.Context
	ctx, p.stop = context.WithCancelCause(s.ctx)
	s.now = p
	s.runs.Go(func() {
		end := p.run(ctx)
		p.keep(s.ctx, end)
		s.mu.Lock()
		s.now = nil // the shelf has it now
		s.mu.Unlock()
		s.parts.News(end.ID)
	})
	return nil
}

// here is the rehearsal with this id if it runs here, or nil.
func (s *Stage) here(id string) *play {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil || s.now.is.ID != id {
		return nil
	}
	return s.now
}

// All returns every rehearsal, the newest first.
func (s *Stage) All(ctx context.Context) (all []Rehearsal, err error) {
	err = s.parts.Shelf.All(ctx, func(id string, summary []byte, running bool) {
		r := read(id, summary, running)
		if p := s.here(id); p != nil {
			r = p.look()
		}
		all = append(all, r)
	})
	return all, err
}

// Find returns one rehearsal, with the report of its rush once that is over.
func (s *Stage) Find(ctx context.Context, id string) (Rehearsal, *rush.Report, error) {
	if !mayBe(id) {
		return Rehearsal{}, nil, sale.ErrNotFound
	}
	if p := s.here(id); p != nil {
		return p.look(), p.reported(), nil
	}
	summary, report, running, err := s.parts.Shelf.Get(ctx, id)
	if err != nil {
		return Rehearsal{}, nil, err
	}
	return read(id, summary, running), readReport(report), nil
}

// Remove stops a rehearsal that has not ended, wherever it runs: it is then
// cancelled within seconds. One that has ended goes, and its product with it.
func (s *Stage) Remove(ctx context.Context, id string) error {
	if !mayBe(id) {
		return sale.ErrNotFound
	}
	if p := s.here(id); p != nil {
		p.stop(errCancelled)
		return nil
	}
	_, _, running, err := s.parts.Shelf.Get(ctx, id)
	if err == nil && !running {
		err = s.clear(ctx, id)
	}
	if err != nil {
		return err
	}
	_, err = s.parts.Shelf.Remove(ctx, id)
	return err
}

// clear removes a product, closing it first.
func (s *Stage) clear(ctx context.Context, id string) error {
	p, err := s.parts.Store.Product(ctx, id)
	if errors.Is(err, sale.ErrNotFound) || err == nil && !p.Exists() {
		return nil
	}
	if err == nil && !p.Terms.ClosedAt(s.parts.Now()) {
		err = closeProduct(ctx, s.parts.Merchant, id)
	}
	if err == nil {
		err = s.parts.Merchant.Delete(ctx, id)
	}
	if errors.Is(err, sale.ErrNotFound) {
		return nil
	}
	return err
}

// mayBe reports whether there may be a rehearsal with this id.
func mayBe(id string) bool { return sale.CheckID(id) && strings.HasPrefix(id, sale.RehearsalPrefix) }
