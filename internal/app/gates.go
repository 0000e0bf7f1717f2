package app

import (
	"context"
	"time"

	"seckill/internal/crash"
	"seckill/internal/httpapi"
	"seckill/internal/opening"
	"seckill/internal/sale"
)

// openGates opens every gate as soon as that may be, and then, for as long as ctx
// is not done, those that have to be opened again.
func (p *Program) openGates(ctx context.Context) error {
	if err := p.mode.mayOpen(ctx, p); err != nil {
		return quiet(ctx, err)
	}
	opened := false // said once: at its end the program is ready no more
	return p.round(ctx, func(limited context.Context, product sale.Product) error {
		if a := p.monitor.Look(limited, product); a != nil {
			p.openings.Begin(ctx, a, product.Partition)
		}
		return nil
	}, func() {
		if opened {
			return
		}
		p.openings.Wait()
		crash.At("app: the gates are open")
		opened = true
		p.openings.Go(func() error {
			if err := p.runner.Tidy(ctx); err != nil && ctx.Err() == nil {
				p.cfg.Log.Warn("products that rehearsals have left are still there: the next start looks again", "error", err)
			}
			return nil
		})
		p.isReady()
		p.cfg.Log.Info("ready", "address", p.Addr().String())
	})()
}

// isReady says once that the process can do its work.
func (p *Program) isReady() {
	p.ready.Store(true)
	p.notify("READY=1")
}

func (p *Program) notify(state string) {
	if p.cfg.Notify != nil {
		p.cfg.Notify(state)
	}
}

// loading is the gates that are being opened, as httpapi tells of them.
func (p *Program) loading() (all []httpapi.Opening) {
	for _, l := range p.openings.Progress() {
		all = append(all, httpapi.Opening(l))
	}
	return all
}

// beside calls sign every opening.SignEvery until it is stopped.
func beside(sign func()) (stop func()) {
	over := make(chan struct{})
	go func() {
		tick := time.NewTicker(opening.SignEvery)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
				sign()
			}
		}
	}()
	return func() { close(over) }
}
