package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"seckill/internal/backup"
	"seckill/internal/gate"
	"seckill/internal/gate/redisgate"
	"seckill/internal/orderlog"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/pgstore"
	"seckill/internal/purchase"
	"seckill/internal/rehearsal"
	"seckill/internal/sale"
)

// The servers of a cluster, as people are told of them.
const (
	redis    = "Redis"
	kafka    = "Kafka"
	postgres = "Postgres"
)

const (
	// connectWithin is how long one try to connect may take.
	connectWithin = 10 * time.Second
	// askWithin is how long a server may take to show that it is there.
	askWithin = time.Second
	// leftMost bounds the entries of an outbox that are counted at the end.
	leftMost = 10_000
)

// cluster is one process of a sale on Redis, Kafka and Postgres.
type cluster struct {
	cfg      Config
	looks    bool // and makes nothing
	gate     *redisgate.Gate
	log      *kafkalog.Log
	store    *pgstore.Store
	logCheck *logCheck
	has      chan struct{} // closed when store is there, and no restore goes on
	hasOnce  sync.Once
}

func openCluster(cfg Config) (*Program, error) { return open(cfg, newCluster(cfg, false)) }

func newCluster(cfg Config, looks bool) *cluster {
	return &cluster{cfg: cfg, looks: looks, logCheck: newLogCheck(cfg.Log), has: make(chan struct{})}
}

func (m *cluster) connect(ctx context.Context, waiting func(server string, away error)) (keepers, error) {
	g, ctx := errgroup.WithContext(ctx)
	for server, connect := range map[string]func(context.Context) error{
		redis: m.connectRedis, kafka: m.connectKafka, postgres: m.connectPostgres,
	} {
		g.Go(func() error {
			err := patiently(ctx, connect, func(away error) { waiting(server, away) })
			if err != nil {
				return fmt.Errorf("%s: %w", server, err)
			}
			waiting(server, nil)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return keepers{}, err
	}
	log := orderlog.NewVersioned(m.log, m.store.Allow)
	return keepers{log: checkedLog{log, m.logCheck}, store: checkedStore{m.store, m.logCheck}}, nil
}

// gates are called before anything is asked of one.
func (m *cluster) gates(secret []byte) gate.Keeper {
	m.gate = m.gate.Of(storeName(secret))
	m.cfg.Log.Info("gates are kept in Redis", "keys", m.gate.Pattern())
	return checkedGate{m.gate, m.logCheck}
}

// patiently tries to connect until that has worked, or never will.
func patiently(ctx context.Context, connect func(context.Context) error, waiting func(error)) error {
	for {
		err := connectOnce(ctx, connect)
		if err == nil || !errors.Is(err, sale.ErrUnavailable) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		waiting(err)
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

// connectEach connects to each server in a time of its own: one that does not answer is not taken for all.
func connectEach(ctx context.Context, connects ...func(context.Context) error) error {
	var errs []error
	for _, connect := range connects {
		errs = append(errs, connectOnce(ctx, connect))
	}
	return errors.Join(errs...)
}

func connectOnce(ctx context.Context, connect func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	return connect(ctx)
}

// connectRedis and the next two may be called again, if the settings could not
// be asked for: what was opened stays open.
func (m *cluster) connectRedis(ctx context.Context) (err error) {
	if m.gate == nil {
		if m.gate, err = redisgate.New(redisgate.Options{URL: m.cfg.Redis, MaxUnrelayed: m.cfg.MaxUnrelayed}); err != nil {
			return err
		}
	}
	warnings, err := m.gate.Check(ctx)
	m.warn(redis, warnings)
	return err
}

func (m *cluster) connectKafka(ctx context.Context) error {
	if m.log == nil {
		brokers, err := kafkalog.ParseBrokers(m.cfg.Kafka)
		if err != nil {
			return err
		}
		existing, err := m.filled(ctx)
		if err != nil {
			return err
		}
		m.log, err = kafkalog.Open(ctx, kafkalog.Options{Brokers: brokers, Topic: kafkalog.Topic, Existing: existing || m.looks, Log: m.cfg.Log})
		if existing && errors.Is(err, sale.ErrNotFound) {
			return fmt.Errorf("%w: %v, from which the tables were filled: none is made in its place; %s", sale.ErrUnavailable, err, recoverIt)
		}
		if err != nil {
			return err
		}
	}
	warnings, err := m.log.Check(ctx)
	m.warn(kafka, warnings)
	return err
}

// filled reports whether there is a log from which the tables were filled.
func (m *cluster) filled(ctx context.Context) (is bool, err error) {
	if m.looks {
		return false, nil
	}
	if await(ctx, m.has) != nil {
		return false, fmt.Errorf("%w: Postgres is asked first, whether there was a log before", sale.ErrUnavailable)
	}
	err = m.store.Audit(ctx, func(s orderstore.Snapshot) error {
		marks, err := s.Marks()
		is = len(marks) > 0
		return err
	})
	return is, err
}

func (m *cluster) connectPostgres(ctx context.Context) (err error) {
	if m.store == nil {
		open := pgstore.Open
		if m.looks {
			open = pgstore.OpenExisting
		}
		if m.store, err = open(ctx, m.cfg.Postgres); err != nil {
			return err
		}
	}
	if err := backup.Unfinished(ctx, m.store); err != nil {
		return err
	}
	m.hasOnce.Do(func() { close(m.has) })
	warnings, err := m.store.Check(ctx)
	m.warn(postgres, warnings)
	return err
}

func (m *cluster) warn(server string, warnings []string) {
	for _, w := range warnings {
		m.cfg.Log.Warn("setting endangers the sale", "server", server, "setting", w)
	}
}

func (m *cluster) confirm(ctx context.Context, store orderstore.Keeper) purchase.Confirmer {
	return purchase.NewAfterStore(ctx, purchase.AfterStoreParts{
		Store: store, Spawn: spawn, Await: await,
		Again: func(ctx context.Context) error { return sleep(ctx, purchase.LookAgain) },
	})
}

// mayOpen waits until the log is known to be that of the tables, and for nothing
// more: an opening passes over what others have on the way.
func (m *cluster) mayOpen(ctx context.Context, p *Program) error {
	return m.logCheck.check(ctx, p.keepers.log, p.projector)
}

func (m *cluster) barred() error { return m.logCheck.barred() }

// halt has the process stay, to say why.
func (m *cluster) halt(newer error) error {
	m.logCheck.bar(newer)
	return nil
}

func (m *cluster) failed(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

func (m *cluster) registry() rehearsal.Registry { return m.store.Rehearsals(rehearsal.Patience) }

func (m *cluster) placedBy() sale.PlacedBy { return sale.PlacedByStore }

func (m *cluster) close() error {
	var errs []error
	if m.log != nil {
		errs = append(errs, m.closeLog())
	}
	if m.gate != nil {
		m.gate.Close()
	}
	if m.store != nil {
		errs = append(errs, m.store.Close())
	}
	return errors.Join(errs...)
}

// closeLog takes it for no failure that the log has not taken all: nobody was told
// that it is placed, and what a gate has admitted is in the outbox, from where
// whoever sells next appends it. It tells how much that is.
func (m *cluster) closeLog() error {
	err := m.log.Close()
	orders, uncounted := m.left()
	if orders > 0 || uncounted != nil {
		m.cfg.Log.Warn("orders are left in the outbox: whoever sells appends them", "orders", orders, "uncounted", uncounted, "log", err)
	}
	if errors.Is(err, sale.ErrUnknownOutcome) {
		err = nil
	}
	return err
}

// left is how many orders are in the outbox, at most leftMost of a product.
func (m *cluster) left() (orders int, err error) {
	if m.gate == nil || m.store == nil || !m.cfg.sells() {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	products, err := m.store.Products(ctx, false)
	if err != nil {
		return 0, err
	}
	for _, p := range products {
		entries, err := m.gate.Pending(ctx, p.ID, 0, leftMost)
		if err != nil && !away(err) {
			return orders, err
		}
		for _, e := range entries {
			orders += len(e.Orders)
		}
	}
	return orders, nil
}
