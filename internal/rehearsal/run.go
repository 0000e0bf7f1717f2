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
	// beat is between two signs to the registry.
	beat = time.Second
	// lastWords is how long the end may take to be kept, and the product to be closed.
	lastWords = 10 * time.Second
	// overdue is how long after the payment window the last unit may come free.
	overdue = 15 * time.Second
)

// Why a rehearsal was stopped.
var (
	errCancelled = errors.New("cancelled")
	errEnded     = errors.New("the server ends")
	errGivenUp   = errors.New("another process took it for gone")
)

// A run is a rehearsal that runs here.
type run struct {
	parts Parts
	stop  context.CancelCauseFunc // set by the Runner

	mu     sync.Mutex
	is     Rehearsal // its ID and Plan never change
	report *rush.Report
}

func newRun(p Parts, r Rehearsal) *run {
	return &run{parts: p, is: r}
}

// look is the rehearsal as it is now.
func (r *run) look() Rehearsal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.is
}

func (r *run) reported() *rush.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.report
}

func (r *run) change(f func(*Rehearsal)) {
	r.mu.Lock()
	f(&r.is)
	r.mu.Unlock()
	r.parts.News(r.is.ID)
}

// execute is the rehearsal from the first buyer on, and returns what became of it.
func (r *run) execute(ctx context.Context) Rehearsal {
	var signs sync.WaitGroup
	signs.Go(func() { r.sign(ctx) })
	err := r.steps(ctx)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	r.stop(nil)
	signs.Wait()
	if !errors.Is(err, errEnded) { // the end of a server waits for nothing that can wait
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		_ = closeProduct(late, r.parts.Merchant, r.is.ID, "") // Remove would do it too, and the time
	}
	switch {
	case err == nil:
		return r.ended(Done)
	case errors.Is(err, errCancelled):
		return r.ended(Cancelled)
	case errors.Is(err, errEnded):
		return r.failed(EndedEarly, endedEarly)
	}
	if step, ok := errors.AsType[stepError](err); ok {
		return r.failed(step.failure, step.Error())
	}
	return r.failed(GivenUp, err.Error())
}

// steps are the rush, the wait for those who do not pay, and the audit.
func (r *run) steps(ctx context.Context) error {
	report, err := rush.Run(ctx, r.config(), r.tell)
	if err != nil {
		return stepError{NoRush, "The rush could not run", err}
	}
	r.mu.Lock()
	r.report = &report
	r.mu.Unlock()
	r.change(func(is *Rehearsal) { is.Reported = true })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.is.Plan.Quitters > 0 {
		r.waitForUnits(ctx)
	}
	r.change(func(is *Rehearsal) { is.State = Verifying })
	return r.audit(ctx)
}

func (r *run) config() rush.Config {
	plan := r.is.Plan
	seed := uint64(r.is.StartedAt.UnixNano())
	var credentials rush.Credentials
	if r.parts.Pass != nil {
		credentials = func(i int) (user, pass string) {
			user = rush.UserID(seed, i)
			return user, r.parts.Pass(user)
		}
	}
	return rush.Config{
		URL: r.parts.URL, TLS: r.parts.TLS, Product: r.is.ID, Buyers: plan.Buyers, Over: plan.Over,
		Seed: seed, Every: every, Connections: r.parts.Connections,
		RepeatClickers: plan.RepeatClickers, Pay: plan.Quitters > 0, Quitters: plan.Quitters,
		Token: r.parts.Pay(r.is.ID), Credentials: credentials,
	}
}

func (r *run) tell(s rush.Progress) {
	r.change(func(is *Rehearsal) { is.Rush, is.Placed = s, s.Answers[rush.Placed]+s.Repeats[rush.Placed] })
}

// waitForUnits waits until no order can expire any more. If that takes too
// long the audit has the word.
func (r *run) waitForUnits(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, r.is.Plan.PaymentWindow()+overdue)
	defer cancel()
	look := time.NewTicker(every)
	defer look.Stop()
	placed := r.look().Placed
	for ctx.Err() == nil {
		now, err := r.parts.Store.Product(ctx, r.is.ID)
		if err == nil {
			r.change(func(is *Rehearsal) { is.Expired = now.Expired })
			if now.Placed == 0 && orders(&now) >= placed {
				return
			}
		}
		select {
		case <-look.C:
		case <-ctx.Done():
		}
	}
}

func (r *run) audit(ctx context.Context) error {
	ruling, err := r.parts.Audit(ctx, r.is.ID)
	if err != nil {
		return stepError{NotJudged, "It could not be judged", err}
	}
	now, err := r.parts.Store.Product(ctx, r.is.ID)
	if err != nil {
		return stepError{ProductUnread, "Its product could not be read", err}
	}
	r.change(func(is *Rehearsal) {
		is.Audited, is.Audit = true, ruling
		is.Oversold = max(0, now.Held-now.Terms.Quantity)
		is.Placed = orders(&now) // those of a queued second click too, which nobody followed
	})
	return nil
}

// orders is how many of p's were placed, whatever came of them since.
func orders(p *sale.Product) int64 { return p.Placed + p.Paid + p.Cancelled + p.Expired }

func (r *run) failed(f Failure, reason string) Rehearsal {
	is := r.ended(Failed)
	is.Failure, is.Reason = f, reason
	return is
}

// ended is the rehearsal with its end. Nobody gets to see it before it is kept.
func (r *run) ended(s State) Rehearsal {
	is := r.look()
	is.State, is.EndedAt = s, r.parts.Now().UTC().Truncate(time.Millisecond)
	return is
}

// sign tells the registry that it still runs.
func (r *run) sign(ctx context.Context) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		switch stop, err := r.parts.Registry.Keep(ctx, r.is.ID, write(r.look()), nil, false); {
		case errors.Is(err, sale.ErrNotFound):
			r.stop(errGivenUp)
		case err == nil && stop:
			r.stop(errCancelled)
		}
	}
}

// keep keeps the end in the registry, and tries for a while.
func (r *run) keep(parent context.Context, end Rehearsal) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), lastWords)
	defer cancel()
	var report []byte
	if kept := r.reported(); kept != nil {
		report = write(kept)
	}
	for {
		_, err := r.parts.Registry.Keep(ctx, end.ID, write(end), report, true)
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
func closeProduct(ctx context.Context, m Merchant, id, by string) error {
	_, err := m.Put(ctx, id, by, func(now sale.Product) (sale.Terms, error) {
		if !now.Exists() {
			return now.Terms, sale.ErrNotFound
		}
		now.Terms.Closed = true
		return now.Terms, nil
	})
	return err
}
