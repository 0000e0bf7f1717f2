package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/orderstore"
	"seckill/internal/sale"
)

// aliveEvery is how often a process says that it is alive: several times in
// orderstore.ProcessGone.
const aliveEvery = 5 * time.Second

// thisProcess is this process since this start, as others are told of it.
func thisProcess(cfg Config) orderstore.Process {
	host, _ := os.Hostname() // the random part would do
	host = cmp.Or(host, "process")
	return orderstore.Process{
		ID: host + "/" + strings.ToLower(rand.Text()[:6]), Place: fmt.Sprintf("%s:%d", host, os.Getpid()),
		Role: strings.Join(cfg.Roles, ","), Reads: sale.Version,
	}
}

// join has the others know of this process, and gets the secrets, as soon as log and
// tables have answered: one that was there a moment ago may be away now. While they
// hold what only a newer program reads, it waits for somebody to start that.
func (p *Program) join(ctx context.Context, k keepers, waiting func(server string, away error)) (s secrets, err error) {
	for {
		if err = k.store.Alive(ctx, p.process); err == nil {
			s, err = secretsOf(ctx, k.log, k.store)
		}
		if !errors.Is(err, sale.ErrUnavailable) && !errors.Is(err, sale.ErrNewer) {
			return s, err
		}
		waiting(postgres, err)
		if err := sleep(ctx, time.Second); err != nil {
			return s, err
		}
	}
}

// live goes on saying that this process is alive, and projects if that is its role,
// until it meets what a newer program wrote: then it does neither.
func (p *Program) live(ctx context.Context, g *errgroup.Group) {
	ctx, stop := context.WithCancel(ctx)
	unlessNewer := func(err error) error {
		if !errors.Is(err, sale.ErrNewer) {
			return err
		}
		stop()
		return p.mode.halt(err)
	}
	g.Go(p.repeat(ctx, aliveEvery, func() error { return unlessNewer(p.keepers.store.Alive(ctx, p.process)) }))
	if p.cfg.projects() {
		g.Go(func() error { return unlessNewer(p.keepers.log.Run(ctx, p.project)) })
	}
}

// leave has nobody wait for this process. If it fails, that is for orderstore.ProcessGone.
func (p *Program) leave() {
	if p.keepers.store == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	if err := p.keepers.store.Ended(ctx, p.process.ID); err != nil {
		p.cfg.Log.Warn("the other processes do not know yet that this one has ended", "error", err)
	}
}
