package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"seckill/internal/backup"
	"seckill/internal/crash"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/recovery"
	"seckill/internal/sale"
)

// Agree is told what was found and what would be done, with the words for what becomes
// of the log of now, and says whether to do it.
type Agree func(plan *recovery.Plan, becomes string) bool

// ErrDeclined is the error of a recovery that nobody agreed to: nothing was changed.
var ErrDeclined = errors.New("nothing was changed")

// Recover puts log and tables of a stopped sale together again. done is false if
// nothing was wrong. An error may have left it half done: it may be run again.
func Recover(ctx context.Context, cfg Config, agree Agree) (done bool, err error) {
	if cfg.Redis+cfg.Kafka+cfg.Postgres != "" {
		return recoverCluster(ctx, cfg, agree)
	}
	f, err := openFolder(cfg.Data, false)
	if err != nil {
		return false, err
	}
	done, err = f.recover(ctx, agree)
	return done, errors.Join(err, f.close())
}

func (f *folder) recover(ctx context.Context, agree Agree) (done bool, err error) {
	if f.lacks("orders.log") && f.lacks("store.db") {
		return false, nil
	}
	var log *sqlitelog.Log
	gone := f.checkFiles()
	if gone == nil {
		if log, gone = sqlitelog.Open(ctx, f.file("orders.log")); gone != nil && !errors.Is(gone, sale.ErrDamaged) {
			return false, gone
		}
		if gone != nil {
			if log, err = sqlitelog.OpenBeginning(ctx, f.file("orders.log")); err != nil {
				log = nil // nothing of it can be read
			}
		}
	}
	closeLog := func() (err error) {
		if log != nil {
			err, log = log.Close(), nil
		}
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	if f.lacks("store.db") {
		return false, f.advise(gone, nil)
	}
	store, err := sqlitestore.Open(f.file("store.db"), time.Now)
	if err != nil {
		return false, f.advise(gone, err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if err := backup.Unfinished(ctx, store); err != nil {
		return false, err
	}
	plan, err := f.look(ctx, log, gone, store)
	if err != nil || plan.Act == recovery.Nothing {
		return false, err
	}
	aside := "orders.log." + time.Now().UTC().Format("20060102T150405Z")
	becomes := fmt.Sprintf("%s is kept as %s", f.file("orders.log"), f.file(aside))
	if f.lacks("orders.log") {
		becomes = "there is no log to keep"
	}
	if !agree(plan, becomes) {
		return false, ErrDeclined
	}
	if plan.Act == recovery.Refold {
		return true, plan.Renew(ctx, nil)
	}
	if err := errors.Join(plan.Settle(ctx), closeLog()); err != nil { // nobody may have open what is moved
		return false, err
	}
	return true, f.continueTables(ctx, plan, aside)
}

// look passes no log as one.
func (f *folder) look(ctx context.Context, log *sqlitelog.Log, gone error, store *sqlitestore.Store) (*recovery.Plan, error) {
	if log == nil {
		return recovery.Look(ctx, nil, gone, store)
	}
	return recovery.Look(ctx, log, gone, store)
}

// continueTables writes a log that does, puts it in the place of the one of now, which
// is kept under another name, and then tells the tables.
func (f *folder) continueTables(ctx context.Context, plan *recovery.Plan, aside string) error {
	const fresh = "orders.log.new"
	if err := removeDatabase(f.file(fresh)); err != nil {
		return err
	}
	log, err := sqlitelog.Open(ctx, f.file(fresh))
	if err != nil {
		return err
	}
	to, err := plan.Write(ctx, log, time.Now())
	if err := errors.Join(err, log.Close()); err != nil {
		return err
	}
	for _, move := range [][2]string{{"orders.log", aside}, {fresh, "orders.log"}} {
		if err := f.move(move[0], move[1]); err != nil {
			return err
		}
		crash.At("app: a log is moved")
	}
	return plan.Renew(ctx, to)
}

// besides are the ends of the names of files that SQLite keeps beside one.
var besides = []string{"", "-wal", "-shm"}

// removeDatabase removes a file, if there is one, and what SQLite left beside it.
func removeDatabase(path string) error {
	for _, beside := range besides {
		if err := os.Remove(path + beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// move renames a log, or tables, that nobody has open, and what SQLite left beside it.
func (f *folder) move(from, to string) error {
	for _, beside := range besides {
		if err := os.Rename(f.file(from+beside), f.file(to+beside)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return f.sync()
}
