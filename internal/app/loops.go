package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/live"
	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// recoverIt is what to do if the log is not the one of the tables.
const recoverIt = "end all processes, and then: seckill recover"

const (
	watchEvery  = time.Second
	expireEvery = 250 * time.Millisecond
	lateEvery   = time.Second
	lateWithin  = 10 * time.Second
)

// loops starts what goes on beside the answering, by the roles of this process.
func (p *Program) loops(ctx context.Context, g *errgroup.Group) {
	g.Go(func() error { return p.mode.failed(ctx) })
	p.live(ctx, g)
	g.Go(p.repeat(ctx, live.Spacing, func() error { return p.wakeStreams(ctx) }))
	if p.cfg.isCluster() { // others may project as well
		g.Go(p.followAll(ctx, g))
	}
	if p.cfg.projects() {
		g.Go(p.round(ctx, p.projector.Sweep, nil))
	}
	p.openings.Go = g.Go
	if !p.cfg.sells() {
		g.Go(func() error { return quiet(ctx, p.mode.mayOpen(ctx, p)) })
		p.isReady()
		return
	}
	g.Go(func() error { return p.openGates(ctx) })
	g.Go(p.round(ctx, p.desk.Sweep, nil))
	g.Go(p.repeat(ctx, timelinesEvery, func() error { return p.keepTimelines(ctx) }))
}

// followAll follows every partition, those included that are added.
func (p *Program) followAll(ctx context.Context, g *errgroup.Group) (loop func() error) {
	followed := int32(0)
	return p.repeat(ctx, watchEvery, func() error {
		n, err := p.keepers.log.Partitions(ctx)
		for ; err == nil && followed < n; followed++ {
			partition := followed
			g.Go(p.repeat(ctx, live.Spacing, p.follow(ctx, partition)))
		}
		return err
	})
}

// project folds one partition, expires its orders, and looks after its late payments.
func (p *Program) project(ctx context.Context, partition int32) error {
	p.cfg.Log.Info("projecting", "partition", partition)
	defer p.cfg.Log.Info("projecting no more", "partition", partition)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		err := p.projector.Run(ctx, partition, func(ctx context.Context, why error) error {
			p.again.say(p.cfg.Log, why)
			return pause(ctx)
		})
		if errors.Is(err, sale.ErrDamaged) && errors.Is(p.projector.Check(p.work, partition), sale.ErrDamaged) {
			err = fmt.Errorf("%w; %s", err, recoverIt)
		}
		return err
	})
	g.Go(p.repeat(ctx, expireEvery, func() error { _, err := p.settle.Expire(ctx, partition); return err }))
	g.Go(p.repeat(ctx, lateEvery, func() error {
		ctx, cancel := context.WithTimeout(ctx, lateWithin)
		defer cancel()
		return p.payments.Look(ctx, partition)
	}))
	return g.Wait()
}

// follow has the event streams woken each time that the store has moved.
func (p *Program) follow(ctx context.Context, partition int32) (step func() error) {
	told := int64(-1)
	return func() error {
		if err := p.keepers.store.Passed(ctx, sale.Position{Partition: partition, Offset: told}); err != nil {
			return err
		}
		mark, err := p.keepers.store.Mark(ctx, partition)
		if err == nil {
			told = mark.Next
			p.storeMoved()
		}
		return err
	}
}

// storeMoved has the event streams woken. It never blocks.
func (p *Program) storeMoved() {
	select {
	case p.moved <- struct{}{}:
	default:
	}
}

// wakeStreams waits until the store has moved, and wakes the event streams.
func (p *Program) wakeStreams(ctx context.Context) error {
	select {
	case <-p.moved:
	case <-ctx.Done():
		return nil
	}
	err := p.api.Moved(ctx)
	if err != nil {
		p.storeMoved()
	}
	return err
}

// round is a loop that looks after all products in turn. It calls done, if there is
// one, after each time. A gate that is away or shut is the monitor's business.
func (p *Program) round(ctx context.Context, look func(context.Context, sale.Product) error, done func()) (loop func() error) {
	rounds := orderstore.NewRounds(p.keepers.store)
	return p.repeat(ctx, watchEvery, func() error {
		err := rounds.Step(ctx, look, func(err error) {
			if !away(err) {
				p.again.say(p.cfg.Log, err)
			}
		})
		if err == nil && done != nil {
			done()
		}
		return err
	})
}

// repeat is a loop that takes a step, waits, and so on until ctx is done. What
// fails is told and tried again, but damage, which ends the program.
func (p *Program) repeat(ctx context.Context, apart time.Duration, step func() error) (loop func() error) {
	return func() error {
		tick := time.NewTicker(apart)
		defer tick.Stop()
		for {
			if err := step(); err != nil && ctx.Err() == nil {
				if errors.Is(err, sale.ErrDamaged) {
					return err
				}
				p.again.say(p.cfg.Log, err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

// again tells of what is tried again, at most once a second: if a server is
// away, everything is.
type again struct {
	mu   sync.Mutex
	told time.Time
}

func (a *again) say(log *slog.Logger, why error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := time.Now(); now.Sub(a.told) >= time.Second {
		a.told = now
		log.Warn("will be tried again", "error", why)
	}
}

// pause waits for a moment of random length, so that those who collided do not
// collide again.
func pause(ctx context.Context) error {
	return sleep(ctx, 10*time.Millisecond+rand.N(40*time.Millisecond))
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// quiet is nil for an error that only says that ctx is done.
func quiet(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
