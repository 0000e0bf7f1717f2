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
// patience of the registry.
const putWithin = 8 * time.Second

// Busy is the error of a Begin while a rehearsal runs.
type Busy struct{ ID string }

func (b Busy) Error() string { return "a rehearsal is under way: " + b.ID }

// A Runner is where one process runs its rehearsals.
type Runner struct {
	parts Parts
	ctx   context.Context
	end   context.CancelCauseFunc
	runs  sync.WaitGroup

	mu  sync.Mutex
	now *run // what runs here; nil: nothing
}

// New makes a Runner.
func New(p Parts) *Runner {
	r := &Runner{parts: p}
	r.ctx, r.end = context.WithCancelCause(context.Background())
	return r
}

// Close ends what runs, which is then kept as failed, and waits for that.
func (r *Runner) Close() {
	r.mu.Lock()
	r.end(errEnded)
	r.mu.Unlock()
	r.runs.Wait()
}

// Begin puts a product on sale and lets the buyers of the plan at it. It returns
// when they are about to come. by is the operator who wants it. Errors: sale.Invalid, Busy, those of the Merchant
// and of the Registry.
func (r *Runner) Begin(ctx context.Context, by string, plan Plan) (Rehearsal, error) {
	if err := plan.Check(); err != nil {
		return Rehearsal{}, err
	}
	now := r.parts.Now().UTC().Truncate(time.Millisecond)
	this := newRun(r.parts, Rehearsal{
		ID:   sale.RehearsalPrefix + now.Format("20060102-150405-") + r.parts.NewID(),
		Plan: plan, State: Running, StartedAt: now,
	})
	other, err := r.parts.Registry.Begin(ctx, this.is.ID, write(this.is))
	if err != nil {
		return Rehearsal{}, err
	}
	if other != "" {
		return Rehearsal{}, Busy{other}
	}
	limited, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	_, err = r.parts.Merchant.Put(limited, this.is.ID, by, func(sale.Product) (sale.Terms, error) { return plan.terms(now), nil })
	if err != nil {
		this.keep(r.ctx, this.failed(NotOnSale, "Its product could not be put on sale: "+err.Error()))
		return Rehearsal{}, err
	}
	return this.look(), r.start(this)
}

func (r *Runner) start(this *run) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return sale.ErrUnavailable // the registry finds out by itself
	}
	var ctx context.Context
	ctx, this.stop = context.WithCancelCause(r.ctx)
	r.now = this
	r.runs.Go(func() {
		end := this.execute(ctx)
		this.keep(r.ctx, end)
		r.mu.Lock()
		r.now = nil // the registry has it now
		r.mu.Unlock()
		r.parts.News(end.ID)
	})
	return nil
}

// here is the rehearsal with this id if it runs here, or nil.
func (r *Runner) here(id string) *run {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == nil || r.now.is.ID != id {
		return nil
	}
	return r.now
}

// All returns every rehearsal, the newest first.
func (r *Runner) All(ctx context.Context) (all []Rehearsal, err error) {
	err = r.parts.Registry.All(ctx, func(id string, summary []byte, running bool) {
		kept := read(id, summary, running)
		if this := r.here(id); this != nil {
			kept = this.look()
		}
		all = append(all, kept)
	})
	return all, err
}

// Find returns one rehearsal, with the report of its rush once that is over.
func (r *Runner) Find(ctx context.Context, id string) (Rehearsal, *rush.Report, error) {
	if !mayBe(id) {
		return Rehearsal{}, nil, sale.ErrNotFound
	}
	if this := r.here(id); this != nil {
		return this.look(), this.reported(), nil
	}
	summary, report, running, err := r.parts.Registry.Get(ctx, id)
	if err != nil {
		return Rehearsal{}, nil, err
	}
	return read(id, summary, running), readReport(report), nil
}

// Remove stops a rehearsal that has not ended, wherever it runs: it is then
// cancelled within seconds. One that has ended goes, and its product with it. by is the
// operator who wants it.
func (r *Runner) Remove(ctx context.Context, id, by string) error {
	if !mayBe(id) {
		return sale.ErrNotFound
	}
	if this := r.here(id); this != nil {
		this.stop(errCancelled)
		return nil
	}
	_, _, running, err := r.parts.Registry.Get(ctx, id)
	if err == nil && !running {
		err = r.clear(ctx, id, by)
	}
	if err != nil {
		return err
	}
	_, err = r.parts.Registry.Remove(ctx, id)
	return err
}

// Tidy removes the products of rehearsals that nobody keeps: a backup has none, and what
// was restored of it has their products.
func (r *Runner) Tidy(ctx context.Context) error {
	products, err := r.parts.Store.Products(ctx, false) // before the registry, which has one before its product is put
	for _, p := range products {
		if err == nil && p.Terms.Rehearsal {
			if _, _, _, err = r.parts.Registry.Get(ctx, p.ID); errors.Is(err, sale.ErrNotFound) {
				err = r.clear(ctx, p.ID, "")
			}
		}
	}
	return err
}

// clear removes a product, closing it first.
func (r *Runner) clear(ctx context.Context, id, by string) error {
	p, err := r.parts.Store.Product(ctx, id)
	if errors.Is(err, sale.ErrNotFound) || err == nil && !p.Exists() {
		return nil
	}
	if err == nil && !p.Terms.ClosedAt(r.parts.Now()) {
		err = closeProduct(ctx, r.parts.Merchant, id, by)
	}
	if err == nil {
		err = r.parts.Merchant.Delete(ctx, id, by)
	}
	if errors.Is(err, sale.ErrNotFound) {
		return nil
	}
	return err
}

// mayBe reports whether there may be a rehearsal with this id.
func mayBe(id string) bool { return sale.CheckID(id) && strings.HasPrefix(id, sale.RehearsalPrefix) }
