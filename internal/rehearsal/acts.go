package rehearsal

import (
	"context"
	"fmt"
	"time"

	"seckill/internal/rush"
	"seckill/internal/sale"
)

// overdue is how long after the payment window the last unit may come free.
const overdue = 15 * time.Second

// acts are the rush, the wait for those who do not pay, and the judge.
func (p *play) acts(ctx context.Context) error {
	report, err := rush.Run(ctx, p.config(), p.tell)
	if err != nil {
		return fmt.Errorf("the rush could not run: %w", err)
	}
	p.mu.Lock()
	p.report = &report
	p.mu.Unlock()
	p.change(func(r *Rehearsal) { r.Reported = true })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if p.is.Plan.Quitters > 0 {
		p.waitForUnits(ctx)
	}
	p.change(func(r *Rehearsal) { r.State = Verifying })
	return p.judge(ctx)
}

func (p *play) config() rush.Config {
	plan := p.is.Plan
	return rush.Config{
		URL: p.parts.URL, Product: p.is.ID, Buyers: plan.Buyers, Over: plan.Over,
		Seed: uint64(p.is.StartedAt.UnixNano()), Every: every, Connections: p.parts.Connections,
		RepeatClickers: plan.RepeatClickers, Pay: plan.Quitters > 0, Quitters: plan.Quitters,
		Token: p.parts.Pass(p.is.ID),
	}
}

func (p *play) tell(s rush.Snapshot) {
	p.change(func(r *Rehearsal) { r.Rush, r.Placed = s, s.Answers[rush.Placed]+s.Repeats[rush.Placed] })
}

// waitForUnits waits until no order can expire any more. Where that takes too
// long the judge has the word.
func (p *play) waitForUnits(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, p.is.Plan.PaymentWindow()+overdue)
	defer cancel()
	look := time.NewTicker(every)
	defer look.Stop()
	placed := p.look().Placed
	for ctx.Err() == nil {
		now, err := p.parts.Store.Product(ctx, p.is.ID)
		if err == nil {
			p.change(func(r *Rehearsal) { r.Expired = now.Expired })
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

func (p *play) judge(ctx context.Context) error {
	ruling, err := p.parts.Judge(ctx, p.is.ID)
	if err != nil {
		return fmt.Errorf("the judge could not tell: %w", err)
	}
	now, err := p.parts.Store.Product(ctx, p.is.ID)
	if err != nil {
		return fmt.Errorf("its product could not be read: %w", err)
	}
	p.change(func(r *Rehearsal) {
		r.Judged, r.Ruling = true, ruling
		r.Oversold = max(0, now.Held-now.Terms.Quantity)
		r.Placed = orders(&now) // those of a queued second click too, which nobody followed
	})
	return nil
}

// orders is how many of p's were placed, whatever came of them since.
func orders(p *sale.Product) int64 { return p.Placed + p.Paid + p.Cancelled + p.Expired }
