package rehearsal

import (
	"context"
	"errors"
	"sync"
	"time"

	"seckill/internal/rush"
	"seckill/internal/sale"
)

const (
	// every is between two looks at the rush.
	every = 100 * time.Millisecond
	// beat is between two signs to the shelf.
	beat = time.Second
	// lastWords is how long the end may take to be kept, and the product to be closed.
	lastWords = 10 * time.Second
)

// Why a rehearsal was stopped.
var (
	errCancelled = errors.New("cancelled")
	errEnded     = errors.New("the server ends")
	errGivenUp   = errors.New("another process took it for gone")
)

// A play is a rehearsal that runs here.
type play struct {
	parts Parts
	stop  context.CancelCauseFunc // set by the Stage

	mu     sync.Mutex
	is     Rehearsal // its ID and Plan never change
	report *rush.Report
}

func newPlay(p Parts, r Rehearsal) *play {
	return &play{parts: p, is: r}
}

// look is the rehearsal as it is now.
func (p *play) look() Rehearsal {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.is
}

func (p *play) reported() *rush.Report {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.report
}

func (p *play) change(f func(*Rehearsal)) {
	p.mu.Lock()
	f(&p.is)
	p.mu.Unlock()
	p.parts.News(p.is.ID)
}

// run is the rehearsal from the first buyer on, and returns what became of it.
func (p *play) run(ctx context.Context) Rehearsal {
	var signs sync.WaitGroup
	signs.Go(func() { p.sign(ctx) })
	err := p.acts(ctx)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	p.stop(nil)
	signs.Wait()
	if !errors.Is(err, errEnded) { // the end of a server waits for nothing that can wait
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		_ = closeProduct(late, p.parts.Merchant, p.is.ID) // Remove would do it too, and the time
	}
	switch {
	case err == nil:
		return p.ended(Done, "")
	case errors.Is(err, errCancelled):
		return p.ended(Cancelled, "")
	case errors.Is(err, errEnded):
		return p.failed(endedEarly)
	}
	return p.failed(err.Error())
}

func (p *play) failed(reason string) Rehearsal { return p.ended(Failed, reason) }

// ended is the rehearsal with its end. Nobody gets to see it before it is kept.
func (p *play) ended(s State, reason string) Rehearsal {
	r := p.look()
	r.State, r.Reason, r.EndedAt = s, reason, p.parts.Now().UTC().Truncate(time.Millisecond)
	return r
}

// sign tells the shelf that it still runs.
func (p *play) sign(ctx context.Context) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		switch stop, err := p.parts.Shelf.Keep(ctx, p.is.ID, write(p.look()), nil, false); {
		case errors.Is(err, sale.ErrNotFound):
			p.stop(errGivenUp)
		case err == nil && stop:
			p.stop(errCancelled)
		}
	}
}

// keep puts the end on the shelf, and tries for a while.
func (p *play) keep(stage context.Context, end Rehearsal) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(stage), lastWords)
	defer cancel()
	var report []byte
	if r := p.reported(); r != nil {
		report = write(r)
	}
	for {
		_, err := p.parts.Shelf.Keep(ctx, end.ID, write(end), report, true)
		if err == nil || errors.Is(err, sale.ErrNotFound) {
			return
		}
		select {
		case <-ctx.Done():
			return // it will be taken for failed
		case <-time.After(every):
		}
	}
}

// closeProduct closes a product that exists.
func closeProduct(ctx context.Context, m Merchant, id string) error {
	_, err := m.Put(ctx, id, func(now sale.Product) (sale.Terms, error) {
		if !now.Exists() {
			return now.Terms, sale.ErrNotFound
		}
		now.Terms.Closed = true
		return now.Terms, nil
	})
	return err
}
