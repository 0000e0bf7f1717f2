package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"seckill/internal/backup"
	"seckill/internal/orderlog"
	"seckill/internal/orderlog/kafkalog"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore"
	"seckill/internal/orderstore/pgstore"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/recovery"
	"seckill/internal/sale"
	"seckill/internal/verify"
)

// Restore makes a sale of a backup, in a folder or in servers that have none, and judges
// it. Where until is not empty it is the sale as it was there (backup.Backup.Point), if
// agree, which is told what the backup has beyond that, says so. An error may leave what
// nobody sells from, and no second restore takes.
func Restore(ctx context.Context, cfg Config, from, until string, agree func(lost []string) bool) (report verify.Report, err error) {
	if err := cfg.checkServers(); err != nil {
		return report, err
	}
	if from == "" {
		return report, errors.New("FILE must be the name of a backup")
	}
	b, err := backup.Open(from)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	write := b.Whole
	if until != "" {
		plan, done, err := past(ctx, b, until)
		if err != nil {
			return report, err
		}
		defer done()
		if !agree(plan.Lost) {
			return report, ErrDeclined
		}
		write = func(ctx context.Context, log recovery.Log) error {
			_, err := plan.Write(ctx, log, time.Now())
			return err
		}
	}
	place := restoreFolder
	if cfg.isCluster() {
		place = restoreCluster
	}
	log, store, done, err := place(ctx, cfg, b)
	if err != nil {
		return report, err
	}
	if err = b.Fill(ctx, log, store, write); err == nil {
		placed := sale.PlacedByLog
		if cfg.isCluster() {
			placed = sale.PlacedByStore
		}
		report, err = verify.Stopped(ctx, verify.Parts{Log: log, Store: store, Placed: placed})
	}
	return report, errors.Join(err, done())
}

// past folds the log of a backup up to a point, in a folder that done removes.
func past(ctx context.Context, b *backup.Backup, until string) (plan *recovery.Plan, done func(), err error) {
	ends, err := b.Point(until)
	if err != nil {
		return nil, nil, UsageError{"until", err.Error()}
	}
	dir, err := os.MkdirTemp("", "seckill-restore-")
	if err != nil {
		return nil, nil, err
	}
	store, err := sqlitestore.Open(filepath.Join(dir, "store.db"), time.Now)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	done = func() { _, _ = store.Close(), os.RemoveAll(dir) } // nobody needs it any more
	if plan, err = b.Past(ends).Fold(ctx, store); err != nil {
		done()
	}
	return plan, done, err
}

// restoreFolder makes a folder whose tables are marked (backup.Backup.Begin) from the
// moment that they are there.
func restoreFolder(ctx context.Context, cfg Config, b *backup.Backup) (_ orderlog.Keeper, _ orderstore.Keeper, done func() error, err error) {
	if len(b.Partitions) > 1 {
		return nil, nil, nil, fmt.Errorf("it is of a cluster, with %d partitions: restore it into one", len(b.Partitions))
	}
	f, err := openFolder(cfg.Data, true)
	if err != nil {
		return nil, nil, nil, err
	}
	var log *sqlitelog.Log
	var store *sqlitestore.Store
	done = func() error {
		var errs []error
		if log != nil {
			errs = append(errs, log.Close())
		}
		if store != nil {
			errs = append(errs, store.Close())
		}
		return errors.Join(append(errs, f.sync(), f.close())...)
	}
	if !f.lacks("orders.log") || !f.lacks("store.db") {
		return nil, nil, nil, errors.Join(fmt.Errorf("there is a sale, or a part of one, in %s already: name a new folder by --data", cfg.Data), done())
	}
	if store, err = f.begin(ctx, b); err == nil {
		log, err = sqlitelog.Open(ctx, f.file("orders.log"))
	}
	if err != nil {
		return nil, nil, nil, errors.Join(err, done())
	}
	return log, store, done, nil
}

func (f *folder) begin(ctx context.Context, b *backup.Backup) (*sqlitestore.Store, error) {
	const fresh = "store.db.new"
	if err := removeDatabase(f.file(fresh)); err != nil {
		return nil, err
	}
	store, err := sqlitestore.Open(f.file(fresh), time.Now)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(b.Begin(ctx, store), store.Close()); err != nil {
		return nil, err
	}
	if err := f.move(fresh, "store.db"); err != nil {
		return nil, err
	}
	return sqlitestore.Open(f.file("store.db"), time.Now)
}

// restoreCluster marks the tables before it makes the topic.
func restoreCluster(ctx context.Context, cfg Config, b *backup.Backup) (_ orderlog.Keeper, _ orderstore.Keeper, done func() error, err error) {
	brokers, err := kafkalog.ParseBrokers(cfg.Kafka)
	if err != nil {
		return nil, nil, nil, err
	}
	m := newCluster(cfg, true)
	try, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	var release func()
	done = func() error {
		if release != nil {
			release()
		}
		return m.close()
	}
	err = m.connectKafka(try)
	switch {
	case err == nil:
		err = fmt.Errorf("there is a topic %s already: restore into a new Kafka, or delete it", kafkalog.Topic)
	case errors.Is(err, sale.ErrNotFound):
		m.log = nil
		if m.store, err = pgstore.Open(try, cfg.Postgres); err == nil {
			_, release, err = m.store.LockRecovery(ctx) // once the tables are marked, that keeps others away
		}
	}
	if err == nil {
		err = b.Begin(ctx, m.store)
	}
	if err == nil {
		m.log, err = kafkalog.Open(ctx, kafkalog.Options{Brokers: brokers, Topic: kafkalog.Topic, Least: int32(len(b.Partitions)), Log: cfg.Log})
	}
	if err != nil {
		return nil, nil, nil, errors.Join(err, done())
	}
	return m.log, m.store, done, nil
}
