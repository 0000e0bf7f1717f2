package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/gofrs/flock"

	"seckill/internal/backup"
	"seckill/internal/crash"
	"seckill/internal/orderlog/sqlitelog"
	"seckill/internal/orderstore/sqlitestore"
	"seckill/internal/sale"
)

// Backup keeps a sale in a new file, whether it runs or not, and tells of it. The file
// is there whole or not at all: until then all stands in a folder beside it, TO.part.
func Backup(ctx context.Context, cfg Config, to string) (made *backup.Backup, err error) {
	if err := cfg.checkServers(); err != nil {
		return nil, err
	}
	if to == "" || to == "-" {
		return nil, fmt.Errorf("FILE must be the name of a file, which is read again when it is written, not %q", to)
	}
	if _, err := os.Lstat(to); err == nil {
		return nil, fmt.Errorf("%s is there already", to)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	part := to + ".part"
	left, err := makePart(part)
	if err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(part, "lock"), flock.SetPermissions(0o600))
	if locked, err := lock.TryLock(); err != nil || !locked {
		return nil, errors.Join(err, fmt.Errorf("another backup is being written to %s", part))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(part), lock.Close()) }()
	for _, file := range left {
		if err := os.Remove(filepath.Join(part, file)); err != nil {
			return nil, err
		}
	}
	file := filepath.Join(part, "backup")
	if err := writeBackup(ctx, cfg, file); err != nil {
		return nil, err
	}
	crash.At("app: a backup is written")
	if made, err = backup.Open(file); err != nil { // what the disk has
		return nil, err
	}
	if err := errors.Join(made.Close(), os.Rename(file, to)); err != nil {
		return nil, err
	}
	crash.At("app: a backup is in its place")
	return made, syncFolder(filepath.Dir(to))
}

var ofBackup = regexp.MustCompile(`^(lock|(backup|orders\.log|store\.db)(-journal|-wal|-shm)?)$`)

// makePart makes the folder, or takes one of this user alone that a backup which was
// killed has left, and returns its files but for the lock.
func makePart(path string) (left []string, err error) {
	if err := os.Mkdir(path, 0o700); !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	is, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	inTheWay := ""
	switch {
	case !is.IsDir():
		inTheWay = "is no folder"
	case !isOurs(is):
		inTheWay = "is another user's"
	case is.Mode().Perm()&0o077 != 0:
		inTheWay = "is open to others"
	default:
		files, err := os.ReadDir(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			switch {
			case !file.Type().IsRegular() || !ofBackup.MatchString(file.Name()):
				inTheWay = "holds " + file.Name()
			case file.Name() != "lock":
				left = append(left, file.Name())
			}
		}
	}
	if inTheWay != "" {
		return nil, fmt.Errorf("%s, in which the backup is to be made, is there and %s: move it away, or name another file", path, inTheWay)
	}
	return left, nil
}

// writeBackup writes the file, and waits until the disk has it.
func writeBackup(ctx context.Context, cfg Config, file string) error {
	s, done, err := saleOf(ctx, cfg, filepath.Dir(file))
	if err != nil {
		return err
	}
	s.Secrets, s.Program, s.Now = []string{"secret", passSecret}, cfg.Build.Version, time.Now()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		if err = backup.Write(ctx, f, s); err == nil {
			err = f.Sync()
		}
		err = errors.Join(err, f.Close())
	}
	return errors.Join(err, done())
}

// saleOf opens a sale to be read, and done closes it. One in a data folder is copied
// first, as the process that sells from it has its files: the store, and then the log,
// which is not behind it.
func saleOf(ctx context.Context, cfg Config, copies string) (s backup.Sale, done func() error, err error) {
	if cfg.isCluster() {
		m := newCluster(cfg, true)
		if err := connectEach(ctx, m.connectPostgres, m.connectKafka); err != nil {
			return s, nil, errors.Join(err, m.close())
		}
		return backup.Sale{Log: m.log, Store: m.store}, m.close, nil
	}
	f, err := openFolder(cfg.Data, false)
	if errors.Is(err, ErrInUse) {
		f, err = &folder{path: cfg.Data}, nil
	} else if err == nil {
		defer func() { err = errors.Join(err, f.close()) }()
	}
	if err == nil {
		err = f.whole()
	}
	if err != nil {
		return s, nil, err
	}
	file, tables := filepath.Join(copies, "orders.log"), filepath.Join(copies, "store.db")
	if err := sqlitestore.Copy(f.file("store.db"), tables); err != nil {
		return s, nil, f.advise(nil, err)
	}
	crash.At("app: the tables are copied")
	if err := sqlitelog.Copy(ctx, f.file("orders.log"), file); err != nil {
		return s, nil, f.advise(err, nil)
	}
	log, err := sqlitelog.Open(ctx, file)
	if err != nil {
		return s, nil, f.advise(err, nil)
	}
	store, err := sqlitestore.Open(tables, time.Now)
	if err == nil {
		err = backup.Unfinished(ctx, store)
	}
	if err != nil {
		return s, nil, errors.Join(f.advise(nil, err), log.Close())
	}
	return backup.Sale{Log: log, Store: store}, func() error { return errors.Join(log.Close(), store.Close()) }, nil
}

// whole is an error if one of the two files is missing.
func (f *folder) whole() error {
	if f.lacks("store.db") {
		return fmt.Errorf("%w: %s is missing: the next serve makes it of the log", sale.ErrNotFound, f.file("store.db"))
	}
	return f.advise(f.checkFiles(), nil)
}
