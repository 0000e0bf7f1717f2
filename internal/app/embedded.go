package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/gate/memgate"
	"seckill/internal/httpapi"
	"seckill/internal/opening"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/projector"
	"seckill/internal/purchase"
	"seckill/internal/settle"
)

// grace is how long those who wait for an answer may take when the program ends.
const grace = 10 * time.Second

// Embedded is a sale in one process and one data folder.
type Embedded struct {
	cfg      Config
	listener net.Listener
	folder   *folder
	beacon   beacon
	log      *sqlitelog.Log
	store    *sqlitestore.Store
	gate     *memgate.Gate

	desk      *purchase.Desk
	settle    *settle.Desk
	opener    *opening.Opener
	projector *projector.Projector
	api       *httpapi.API

	ready     atomic.Bool
	work      context.Context // of lanes and loops: it outlasts the last answer
	stopLanes context.CancelFunc
}

// OpenEmbedded takes the address and the data folder. Errors: UsageError,
// ErrInUse, ErrDamaged, or what the system said.
func OpenEmbedded(cfg Config) (*Embedded, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	e := &Embedded{cfg: cfg}
	e.work, e.stopLanes = context.WithCancel(context.Background())
	if err := e.open(); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

func (e *Embedded) open() (err error) {
	if e.listener, err = net.Listen("tcp", e.cfg.Listen); err != nil {
		return fmt.Errorf("--listen %s: %w", e.cfg.Listen, err)
	}
	if e.folder, err = openFolder(e.cfg.Data, true); err != nil {
		return err
	}
	if err = e.folder.checkFiles(); err != nil {
		return err
	}
	if e.log, err = sqlitelog.Open(e.work, e.folder.file("orders.log")); err != nil {
		return err
	}
	if e.store, err = sqlitestore.Open(e.folder.file("store.db"), time.Now); err != nil {
		return err
	}
	e.gate = memgate.New(memgate.Options{Now: time.Now, MaxUnrelayed: e.cfg.MaxUnrelayed})
	if e.beacon, err = e.folder.light(e.Addr().String()); err != nil {
		return fmt.Errorf("writing serve.json: %w", err)
	}
	if err = e.wire(); err != nil {
		return err
	}
	if err = e.projector.Check(e.work, 0); err != nil {
		return fmt.Errorf("%s does not fit %s: %w", e.folder.file("store.db"), e.folder.file("orders.log"), err)
	}
	return nil
}

// Addr is where the program listens.
func (e *Embedded) Addr() net.Addr { return e.listener.Addr() }

// Run serves until ctx is done, and then answers whoever waits. It returns nil
// after that, and the cause where it had to stop by itself.
func (e *Embedded) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	loops, work := errgroup.WithContext(e.work)
	loops.Go(func() error {
		return e.log.Run(work, func(ctx context.Context, partition int32) error {
			return e.projector.Run(ctx, partition, pause)
		})
	})
	loops.Go(func() error { return e.begin(work) })
	loops.Go(func() error {
		select {
		case <-e.log.Failed():
			return e.log.Err()
		case <-work.Done():
			return nil
		}
	})
	go func() { // a loop that fails ends the program
		<-work.Done()
		stop(errors.New("a part of the program stopped"))
	}()
	served := make(chan error, 1)
	go func() { served <- e.api.Serve(e.listener) }()
	select {
	case <-ctx.Done():
	case err := <-served:
		e.stopLanes()
		return errors.Join(err, loops.Wait())
	}
	e.ready.Store(false)
	late, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	err := e.api.Shutdown(late)
	e.stopLanes()
	return errors.Join(loops.Wait(), err)
}

// begin opens every gate once the store has met the whole log, and then looks
// after them.
func (e *Embedded) begin(ctx context.Context) error {
	if err := e.settle.CatchUp(ctx); err != nil {
		return quiet(ctx, err)
	}
	watch := opening.NewWatch(e.opener, time.Now)
	if err := e.openDue(ctx, watch); err != nil {
		return quiet(ctx, err)
	}
	e.ready.Store(true)
	e.cfg.Log.Info("ready", "address", e.Addr().String())
	return e.lookAfter(ctx, watch)
}

// Close gives back the folder and the address. It may follow Run, or an Open that failed.
func (e *Embedded) Close() error {
	e.stopLanes()
	var errs []error
	if e.listener != nil {
		if err := e.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	if e.log != nil {
		errs = append(errs, e.log.Close())
	}
	if e.store != nil {
		errs = append(errs, e.store.Close())
	}
	if e.folder != nil {
		errs = append(errs, e.folder.dark(), e.folder.close())
	}
	return errors.Join(errs...)
}
