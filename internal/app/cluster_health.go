package app

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"seckill/internal/httpapi"
	"seckill/internal/sale"
)

// An asked server, and what it said.
type asked struct {
	server string
	err    error
}

// away reports whether it does not answer: by the error, not by the context, as one that
// is slow has used up the time of all.
func (a asked) away() bool {
	return errors.Is(a.err, sale.ErrUnavailable) || errors.Is(a.err, sale.ErrUnknownOutcome) || errors.Is(a.err, context.DeadlineExceeded)
}

// ask asks each server whether it is there, and Redis for its nodes that are not: what
// they hold cannot be sold.
func (m *cluster) ask(ctx context.Context, k keepers) (all [3]asked, nodes []string) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	all = [...]asked{{server: redis}, {server: kafka}, {server: postgres}}
	var g errgroup.Group
	for i, ask := range [...]func() error{
		func() (err error) { nodes, err = m.gate.Away(ctx); return err },
		func() error { _, _, err := k.log.Bounds(ctx, 0); return err },
		func() error { _, err := k.store.Mark(ctx, 0); return err },
	} {
		g.Go(func() error { all[i].err = ask(); return nil })
	}
	_ = g.Wait() // the errors are in all
	return all, nodes
}

func (m *cluster) servers(ctx context.Context, k keepers) map[string]bool {
	up := map[string]bool{}
	all, _ := m.ask(ctx, k)
	for _, a := range all {
		up[a.server] = !a.away()
	}
	return up
}

// condition takes a process that sells for ready without Kafka and Postgres: what a
// gate admits is in the outbox, and its buyer is told that it is queued.
func (m *cluster) condition(ctx context.Context, k keepers) (c httpapi.Condition) {
	all, nodes := m.ask(ctx, k)
	for _, a := range all {
		switch {
		case !a.away():
		case a.server == redis || !m.cfg.sells():
			c.Missing = append(c.Missing, a.server)
		default:
			c.Degraded = append(c.Degraded, a.server)
		}
	}
	if all[0].err == nil {
		for _, node := range nodes {
			c.Degraded = append(c.Degraded, redis+" at "+node)
		}
	}
	return c
}
