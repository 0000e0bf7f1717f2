package app

import (
	"context"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/opening"
)

const (
	watchEvery  = time.Second
	expireEvery = 250 * time.Millisecond
	expireChunk = 1000
	// openAtOnce bounds the gates that are opened side by side.
	openAtOnce = 32
)

// lookAfter keeps the gates open, the outboxes and returns moving, and the
// payment windows kept, until ctx is done.
func (e *Embedded) lookAfter(ctx context.Context, watch *opening.Watch) error {
	expire, look := time.NewTicker(expireEvery), time.NewTicker(watchEvery)
	defer expire.Stop()
	defer look.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-expire.C:
			_, err = e.settle.Expire(ctx, expireChunk)
		case <-look.C:
			err = e.look(ctx, watch)
		}
		if err != nil && ctx.Err() == nil {
			e.cfg.Log.Warn("will be tried again", "error", err)
		}
	}
}

func (e *Embedded) look(ctx context.Context, watch *opening.Watch) error {
	if err := e.openDue(ctx, watch); err != nil {
		return err
	}
	products, err := e.store.Products(ctx)
	if err != nil {
		return err
	}
	for _, p := range products {
		if !p.Exists() {
			continue
		}
		// A gate that is away or shut is the watch's business.
		if err := e.desk.Sweep(ctx, p.ID); err != nil && !away(err) {
			return err
		}
	}
	return e.projector.Sweep(ctx)
}

// openDue opens the gates that have to be opened now.
func (e *Embedded) openDue(ctx context.Context, watch *opening.Watch) error {
	due, err := watch.Look(ctx)
	if err != nil {
		return err
	}
	var g errgroup.Group
	g.SetLimit(openAtOnce)
	for _, a := range due {
		g.Go(func() error {
			if err := e.opener.Run(ctx, a); err != nil && ctx.Err() == nil {
				e.cfg.Log.Warn("gate not opened", "attempt", a.String(), "error", err)
			}
			return nil
		})
	}
	return g.Wait()
}

// pause waits for a moment of random length, so that those who collided do not
// collide again.
func pause(ctx context.Context) error {
	t := time.NewTimer(10*time.Millisecond + rand.N(40*time.Millisecond))
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
